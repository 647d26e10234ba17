import { add, type Decimal4, multiply, sum, text4, text8, ZERO4 } from '../src/events/decimal.ts'
import { orderOf, orderReference } from '../src/rules/order-reference.ts'
import type { ErpOrder, ShopLine, ShopOrder } from './ends/end.ts'

export interface Orders {
  readonly shop: readonly ShopOrder[]
  readonly erp: readonly ErpOrder[]
  readonly connection: string
  /** SKUs of the vendor. */
  readonly vendor: RegExp
  /** Name of the ERP, for people. */
  readonly erpName: string
}

/** Every order of the vendor is in the ERP exactly once, with the shop's lines and amounts of that vendor, and no other is. */
export function compareOrders({ shop, erp, connection, vendor, erpName }: Orders): readonly string[] {
  const own = erp.filter(({ reference }) => orderOf(reference, [{ id: connection }]) !== null)
  const inErp = Map.groupBy(own, ({ reference }) => reference)
  const known = new Set(shop.map(({ number }) => orderReference(connection, number)))
  const unknown = [...inErp.keys()].filter((id) => !known.has(id))
  return [
    ...unknown.map((id) => `${erpName} has an order that the shop has not: ${id}`),
    ...shop.flatMap((order) => {
      const found = inErp.get(orderReference(connection, order.number)) ?? []
      return compareOrder(order, found, { vendor, erpName, connection })
    }),
  ]
}

type Ends = Pick<Orders, 'vendor' | 'erpName' | 'connection'>

function compareOrder(order: ShopOrder, found: readonly ErpOrder[], ends: Ends): readonly string[] {
  const { erpName } = ends
  const lines = order.lines.filter(({ sku }) => ends.vendor.test(sku))
  const name = `order ${order.number} of ${ends.connection}`
  const [inErp] = found
  if (order.state !== 'open' || lines.length === 0) {
    const open = found.some((one) => one.open)
    return order.state === 'ended' && open ? [`${name} has ended in the shop and is open in ${erpName}`] : []
  }
  if (inErp === undefined || found.length > 1) return [`${name} is ${found.length} times in ${erpName}`]
  const want = lines.map(({ sku, quantity, price }) => text(sku, quantity, multiply(quantity, price)))
  const have = inErp.lines.map(({ sku, quantity, amount }) => text(sku, quantity, amount))
  const [wanted, had] = [want.toSorted().join(', '), have.toSorted().join(', ')]
  const differences = wanted === had ? [] : [`${name}: the shop has ${wanted}; ${erpName} has ${had}`]
  const all = lines.length === order.lines.length
  return [...differences, ...compareAmounts({ name, order, lines, all }, inErp, erpName)]
}

function text(sku: string, quantity: ShopLine['quantity'], amount: Decimal4): string {
  return `${sku} × ${text8(quantity)} = ${text4(amount)}`
}

interface Asked {
  readonly name: string
  readonly order: ShopOrder
  readonly lines: readonly ShopLine[]
  /** Every line of the order is the vendor's. */
  readonly all: boolean
}

/**
 * Discount and tax that the shop tells line by line are exact, and so is everything where all lines are the vendor's; of
 * what it tells for the whole order, the vendor has a part.
 */
function compareAmounts({ name, order, lines, all }: Asked, erp: ErpOrder, erpName: string): readonly string[] {
  const { shipping, shippingTax, totals } = order
  const own = lines.map(({ amounts }) => amounts).filter((amounts) => amounts !== null)
  if (totals === null && own.length < lines.length) return []
  const [discount, tax] = [
    totals?.discount ?? sum(own.map((amounts) => amounts.discount)),
    totals?.tax ?? sum(own.map((amounts) => amounts.tax)),
  ]
  const exact = all || totals === null
  const outside = (what: string, have: Decimal4, least: Decimal4, most: Decimal4): readonly string[] => {
    if (have >= least && have <= most) return []
    const want = least === most ? text4(least) : `${text4(least)} to ${text4(most)}`
    return [`${what} of ${name} is ${text4(have)} in ${erpName}, ${want} in the shop`]
  }
  const leastTax = all ? add(tax, shippingTax) : exact ? tax : ZERO4
  return [
    ...outside('discount', erp.discount, exact ? discount : ZERO4, discount),
    ...outside('tax', erp.tax, leastTax, add(tax, shippingTax)),
    ...outside('shipping', erp.shipping, all ? shipping : ZERO4, shipping),
  ]
}
