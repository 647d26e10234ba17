import { add, type Decimal4, decimal4, decimal8, multiply, subtract, sum, ZERO4 } from '../../src/events/decimal.ts'
import {
  type EndShipment,
  exactly,
  type Range,
  type ShippedRow,
  type ShopEnd,
  type ShopLine,
  type ShopOrder,
} from './end.ts'

/** The simulator's state, as far as it is compared. */
export interface BigCommerceState {
  readonly orders: readonly BigCommerceOrder[]
  readonly shipments: readonly BigCommerceShipment[]
  readonly products: readonly {
    readonly sku: string
    readonly name: string
    readonly variants: readonly { readonly sku: string }[]
  }[]
  readonly inventory: readonly {
    readonly identity: { readonly sku: string }
    readonly locations: readonly { readonly location_id: number; readonly available_to_sell: number }[]
  }[]
}

interface BigCommerceOrder {
  readonly id: number
  readonly status_id: number
  readonly subtotal_ex_tax: string
  readonly total_ex_tax: string
  readonly total_inc_tax: string
  readonly shipping_cost_ex_tax: string
  readonly shipping_cost_inc_tax: string
  readonly handling_cost_ex_tax: string
  readonly handling_cost_inc_tax: string
  readonly wrapping_cost_ex_tax?: string
  readonly wrapping_cost_inc_tax?: string
  readonly gift_certificate_amount: string
  readonly fees?: readonly { readonly cost_ex_tax?: string; readonly cost_inc_tax?: string }[]
  readonly products: readonly BigCommerceLine[]
}

interface BigCommerceLine {
  readonly id: number
  readonly order_address_id: number
  readonly sku: string
  readonly quantity: number
  readonly quantity_shipped: number
  readonly quantity_refunded: number
  readonly price_ex_tax: string
  readonly parent_order_product_id: number | null
}

interface BigCommerceShipment {
  readonly order_id: number
  readonly tracking_number: string
  readonly items: readonly { readonly order_product_id: number; readonly quantity: number }[]
}

/** Statuses that config/demo-all has delivered, and those in which nothing is to be: holds are no cancellation, but wait. */
const OPEN: readonly number[] = [9, 11]
const ENDED: readonly number[] = [4, 5, 6, 12, 13]

export function bigcommerceEnd(system: string, state: BigCommerceState): ShopEnd {
  return {
    system,
    orders: state.orders.flatMap((order) => toOrders(order, state.shipments)),
    products: new Map(
      state.products.flatMap(({ sku, name, variants }) => [
        ...variants.map((variant) => [variant.sku, name] as const),
        [sku, name] as const,
      ]),
    ),
    stock: new Map(
      state.inventory.map(({ identity, locations }) => [
        identity.sku,
        new Map(
          locations.map((one) => [String(one.location_id), decimal8(one.available_to_sell, 'available_to_sell')]),
        ),
      ]),
    ),
  }
}

/**
 * An order that goes to several addresses is one for each: the first keeps the number, and the totals are no one's alone.
 * One that was shipped, whole or in part, was delivered all the same; where the seller was the first, the rest goes on.
 */
function toOrders(order: BigCommerceOrder, shipments: readonly BigCommerceShipment[]): readonly ShopOrder[] {
  const top = order.products.filter(({ parent_order_product_id: parent }) => parent === null)
  const addresses = [...new Set(top.map(({ order_address_id: id }) => id))].toSorted((a, b) => a - b)
  const amounts = addresses.length > 1 ? { totals: null, shipping: ZERO4, shippingTax: ZERO4 } : amountsOf(order)
  return addresses.map((address, index) => {
    const lines = top.filter(({ order_address_id: id }) => id === address)
    const hasBegun = lines.some((line) => line.quantity_shipped > 0)
    const isOfPart = ({ items }: BigCommerceShipment) =>
      items.some((item) => lines.some(({ id }) => id === item.order_product_id))
    return {
      number: index === 0 ? String(order.id) : `${order.id}-${address}`,
      state: stateOf(order.status_id, hasBegun),
      rows: new Map(lines.map((line) => [String(line.id), rowOf(line)])),
      lines: lines.map(toLine),
      ...amounts,
      shipments: shipments.filter((one) => one.order_id === order.id && isOfPart(one)).map(toShipment),
    }
  })
}

function stateOf(status: number, hasBegun: boolean): ShopOrder['state'] {
  if (ENDED.includes(status)) return 'ended'
  return OPEN.includes(status) || hasBegun ? 'open' : 'other'
}

/** The store's totals are those of the whole order, after its gift certificate; its fees and wrapping are the seller's. */
function amountsOf(order: BigCommerceOrder): Pick<ShopOrder, 'totals' | 'shipping' | 'shippingTax'> {
  const of = (text: string | undefined): Decimal4 => decimal4(text ?? '0', 'amount')
  const fees = order.fees ?? []
  const fee = sum([of(order.wrapping_cost_ex_tax), ...fees.map(({ cost_ex_tax }) => of(cost_ex_tax))])
  const feeWithTax = sum([of(order.wrapping_cost_inc_tax), ...fees.map(({ cost_inc_tax }) => of(cost_inc_tax))])
  const feeTax = subtract(feeWithTax, fee)
  const shipping = add(of(order.shipping_cost_ex_tax), of(order.handling_cost_ex_tax))
  const withTax = add(of(order.shipping_cost_inc_tax), of(order.handling_cost_inc_tax))
  const shippingTax = subtract(withTax, shipping)
  const total = add(of(order.total_ex_tax), of(order.gift_certificate_amount))
  const tax = subtract(of(order.total_inc_tax), of(order.total_ex_tax))
  // With pieces that were taken back goes what belongs to them.
  const isWhole = order.products.every((line) => line.quantity_refunded <= line.quantity_shipped)
  const rangeOf = (most: Decimal4): Range => (isWhole ? exactly(most) : { least: ZERO4, most })
  return {
    shipping,
    shippingTax,
    totals: {
      discount: rangeOf(subtract(sum([of(order.subtotal_ex_tax), shipping, fee]), total)),
      tax: rangeOf(subtract(tax, add(shippingTax, feeTax))),
    },
  }
}

function rowOf({ id, quantity }: BigCommerceLine): ShippedRow {
  const ordered = decimal8(quantity, 'quantity')
  return { row: String(id), ordered, ofLine: ordered, together: [String(id)] }
}

/** Pieces that were refunded before they were shipped are not the vendor's any more. */
function toLine(line: BigCommerceLine): ShopLine {
  const pieces = line.quantity - Math.max(0, line.quantity_refunded - line.quantity_shipped)
  const quantity = decimal8(pieces, 'quantity')
  const price = multiply(quantity, decimal8(line.price_ex_tax, 'price_ex_tax'))
  return {
    sku: line.sku,
    bundle: null,
    quantity,
    shipped: decimal8(line.quantity_shipped, 'quantity_shipped'),
    refunded: decimal8(line.quantity_refunded, 'quantity_refunded'),
    amount: exactly(price),
    amounts: null,
  }
}

function toShipment({ tracking_number, items }: BigCommerceShipment): EndShipment {
  return {
    tracks: [tracking_number],
    pieces: new Map(items.map((item) => [String(item.order_product_id), decimal8(item.quantity, 'quantity')])),
  }
}
