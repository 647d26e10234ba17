import { decimal8, subtract, ZERO4 } from '../../src/events/decimal.ts'
import type { ErpOrder, VendorEnd } from './end.ts'

/** The simulator's state, as far as it is compared. */
export interface AcmeState {
  readonly items: readonly {
    readonly sku: string
    readonly name: string
    readonly price: string
    /** What its stock file says, as a number. */
    readonly offered: number
  }[]
  readonly orders: readonly {
    readonly id: number
    readonly reference: string
    readonly lines: readonly {
      readonly line: number
      readonly sku: string
      readonly quantity: number
      readonly shipped: number
      readonly lineId: string
    }[]
  }[]
  readonly rejected: readonly { readonly file: string; readonly reason: string }[]
}

/** The location of files that name none. */
const LOCATION = 'default'

/** A vendor that has nothing but files. Its orders are purchase orders without prices: it has its own. */
export function acmeEnd(system: string, { items, orders }: AcmeState): VendorEnd {
  return {
    system,
    orders: orders.map(toOrder),
    items: new Map(items.map(({ sku, name }) => [sku, name])),
    stock: new Map(items.map(({ sku, offered }) => [sku, new Map([[LOCATION, decimal8(offered, 'offered')]])])),
  }
}

function toOrder({ id, reference, lines }: AcmeState['orders'][number]): ErpOrder {
  const own = lines.map((line) => {
    const [quantity, shipped] = [decimal8(line.quantity, 'quantity'), decimal8(line.shipped, 'shipped')]
    return {
      sku: line.sku,
      quantity,
      amount: ZERO4,
      number: line.line,
      lineId: line.lineId,
      shipped,
      toShip: subtract(quantity, shipped),
    }
  })
  return {
    id: String(id),
    reference,
    open: own.some(({ toShip }) => toShip > 0n),
    amounts: 'unknown',
    lines: own,
    discount: ZERO4,
    tax: ZERO4,
    shipping: ZERO4,
  }
}
