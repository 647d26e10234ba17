import { decimal4, decimal8 } from '../../src/events/decimal.ts'
import type { EndShipment, ShopEnd, ShopOrder } from './end.ts'
import { type MagentoLine, magentoLines, shippedRows } from './magento-lines.ts'

/** The simulator's state, as far as it is compared. */
export interface MagentoState {
  readonly orders: readonly MagentoOrder[]
  readonly products: readonly MagentoProduct[]
  readonly sourceItems: readonly { readonly sku: string; readonly source_code: string; readonly quantity: number }[]
  readonly shipments?: readonly MagentoShipment[]
}

export interface MagentoProduct {
  readonly id?: number
  readonly sku: string
  readonly name: string
}

export interface MagentoOrder {
  readonly entity_id?: number
  readonly increment_id: string
  readonly state: string
  readonly shipping_amount?: number
  readonly shipping_tax_amount?: number
  readonly items: readonly MagentoLine[]
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
    orders: magentoOrders(state.orders, state.products, state.shipments ?? []),
    products: new Map(state.products.map(({ sku, name }) => [sku, name])),
    stock,
  }
}

/** A shipped order is complete in the shop, and delivered all the same. */
export function magentoOrders(
  orders: readonly MagentoOrder[],
  products: readonly MagentoProduct[] = [],
  shipments: readonly MagentoShipment[] = [],
): readonly ShopOrder[] {
  const skus = new Map(products.map(({ id, sku }) => [id, sku]))
  return orders.map((order) => ({
    number: order.increment_id,
    ...(order.entity_id === undefined ? {} : { alias: `${order.increment_id}~${order.entity_id}` }),
    state: order.state === 'processing' ? 'open' : ENDED.includes(order.state) ? 'ended' : 'other',
    rows: shippedRows(order.items),
    lines: magentoLines(order.items, skus),
    totals: null,
    shipping: amount(order.shipping_amount),
    shippingTax: amount(order.shipping_tax_amount),
    shipments: shipments.filter(({ order_id }) => order_id === order.entity_id).map(toShipment),
  }))
}

function toShipment({ items, tracks = [] }: MagentoShipment): EndShipment {
  return {
    tracks: tracks.map(({ track_number }) => track_number).toSorted(),
    pieces: new Map(items.map(({ order_item_id, qty }) => [String(order_item_id), decimal8(qty, 'qty')])),
  }
}

const amount = (value: number | undefined) => decimal4(value ?? 0, 'amount')
