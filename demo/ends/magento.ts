import { decimal4, decimal8, magnitude, subtract } from '../../src/events/decimal.ts'
import type { EndShipment, ShopEnd, ShopLine, ShopOrder } from './end.ts'

/** The simulator's state, as far as it is compared. */
export interface MagentoState {
  readonly orders: readonly MagentoOrder[]
  readonly products: readonly { readonly sku: string; readonly name: string }[]
  readonly sourceItems: readonly { readonly sku: string; readonly source_code: string; readonly quantity: number }[]
  readonly shipments?: readonly MagentoShipment[]
}

export interface MagentoOrder {
  readonly entity_id?: number
  readonly increment_id: string
  readonly state: string
  readonly shipping_amount?: number
  readonly shipping_tax_amount?: number
  readonly items: readonly MagentoLine[]
}

interface MagentoLine {
  readonly item_id?: number
  readonly sku: string
  readonly parent_item_id?: number
  readonly price: number
  readonly qty_ordered: number
  readonly qty_canceled?: number
  readonly discount_amount?: number
  readonly tax_amount?: number
}

interface MagentoShipment {
  readonly order_id: number
  readonly items: readonly { readonly order_item_id: number; readonly qty: number }[]
  readonly tracks?: readonly { readonly track_number: string }[]
}

/** Of these states the ERP is to have nothing, or the order with every line closed. */
const ENDED: readonly string[] = ['canceled', 'closed', 'holded']

export function magentoEnd(system: string, state: MagentoState): ShopEnd {
  const stock = new Map<string, Map<string, ReturnType<typeof decimal8>>>()
  for (const { sku, source_code, quantity } of state.sourceItems) {
    const places = stock.get(sku) ?? new Map()
    stock.set(sku, places.set(source_code, decimal8(quantity, 'quantity')))
  }
  return {
    system,
    orders: magentoOrders(state.orders, state.shipments ?? []),
    products: new Map(state.products.map(({ sku, name }) => [sku, name])),
    stock,
  }
}

/** A shipped order is complete in the shop, and delivered all the same. */
export function magentoOrders(
  orders: readonly MagentoOrder[],
  shipments: readonly MagentoShipment[] = [],
): readonly ShopOrder[] {
  return orders.map((order) => ({
    number: order.increment_id,
    state: order.state === 'processing' ? 'open' : ENDED.includes(order.state) ? 'ended' : 'other',
    lines: order.items.filter((item) => item.parent_item_id === undefined).map(toLine),
    totals: null,
    shipping: amount(order.shipping_amount),
    shippingTax: amount(order.shipping_tax_amount),
    shipments: shipments.filter(({ order_id }) => order_id === order.entity_id).map((one) => toShipment(one, order)),
  }))
}

function toLine(line: MagentoLine): ShopLine {
  return {
    sku: line.sku,
    quantity: subtract(decimal8(line.qty_ordered, 'qty_ordered'), decimal8(line.qty_canceled ?? 0, 'qty_canceled')),
    price: decimal8(line.price, 'price'),
    amounts:
      (line.qty_canceled ?? 0) === 0
        ? { discount: magnitude(amount(line.discount_amount)), tax: amount(line.tax_amount) }
        : null,
  }
}

function toShipment({ items, tracks = [] }: MagentoShipment, order: MagentoOrder): EndShipment {
  const skuOf = (id: number) => order.items.find(({ item_id }) => item_id === id)?.sku ?? `line ${id}`
  return {
    tracks: tracks.map(({ track_number }) => track_number).toSorted(),
    pieces: new Map(items.map(({ order_item_id, qty }) => [skuOf(order_item_id), decimal8(qty, 'qty')])),
  }
}

const amount = (value: number | undefined) => decimal4(value ?? 0, 'amount')
