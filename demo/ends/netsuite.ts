import { decimal4, decimal8, magnitude, subtract, ZERO8 } from '../../src/events/decimal.ts'
import type { ErpLine, ErpOrder, VendorEnd } from './end.ts'

/** The simulator's state, as far as it is compared. */
export interface NetSuiteState {
  readonly items: readonly {
    readonly itemId: string
    readonly displayName: string
    readonly locations: {
      readonly items: readonly { readonly location_display: string; readonly quantityAvailable: number }[]
    }
  }[]
  readonly salesOrders: readonly NetSuiteOrder[]
}

export interface NetSuiteOrder {
  readonly id?: string
  readonly externalId: string
  /** Negative: what is taken off. */
  readonly discountTotal?: number
  readonly taxTotal?: number
  readonly shippingCost?: number
  readonly item: { readonly items: readonly NetSuiteLine[] }
}

interface NetSuiteLine {
  readonly line?: number
  readonly item: { readonly refName: string }
  readonly quantity: number
  readonly amount: number
  readonly isClosed?: boolean
  readonly quantityFulfilled?: number
  readonly custcol_waldstream_line?: string
}

export function netsuiteEnd(system: string, { items, salesOrders }: NetSuiteState): VendorEnd {
  return {
    system,
    orders: netsuiteOrders(salesOrders),
    items: new Map(items.map(({ itemId, displayName }) => [itemId, displayName])),
    stock: new Map(
      items.map(({ itemId, locations }) => [
        itemId,
        new Map(
          locations.items.map(({ location_display, quantityAvailable }) => [
            location_display,
            decimal8(quantityAvailable, 'quantityAvailable'),
          ]),
        ),
      ]),
    ),
  }
}

export function netsuiteOrders(orders: readonly NetSuiteOrder[]): readonly ErpOrder[] {
  const amount = (value: number | undefined) => decimal4(value ?? 0, 'amount')
  return orders.map((order) => ({
    id: order.id ?? '',
    reference: order.externalId,
    open: order.item.items.some(({ isClosed }) => isClosed !== true),
    lines: order.item.items.map(toLine),
    discount: magnitude(amount(order.discountTotal)),
    tax: amount(order.taxTotal),
    shipping: amount(order.shippingCost),
  }))
}

function toLine({ line = 0, item, quantity: count, amount, isClosed, ...more }: NetSuiteLine): ErpLine {
  const quantity = decimal8(count, 'quantity')
  const shipped = decimal8(more.quantityFulfilled ?? 0, 'quantityFulfilled')
  return {
    sku: item.refName,
    quantity,
    amount: decimal4(amount, 'amount'),
    number: line,
    lineId: more.custcol_waldstream_line ?? '',
    shipped,
    toShip: isClosed === true ? ZERO8 : subtract(quantity, shipped),
  }
}
