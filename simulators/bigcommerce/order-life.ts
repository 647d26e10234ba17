import { centsIn } from './cents.ts'
import { BigCommerceError } from './problems.ts'
import type { Order, OrderProduct, Refund, RefundItem, Shipment } from './wire-types.ts'

/** Pieces of a row, as in a shipment. */
export interface ShippedItem {
  order_product_id: number
  quantity: number
}

/** A requested refund: `quantity` for products and their wrapping, `amount` for everything else. */
export interface AskedRefund {
  item_type: RefundItem['item_type']
  item_id: number
  quantity?: number
  amount?: number
  reason?: string
}

const [SHIPPED, PARTIALLY_SHIPPED, REFUNDED, PARTIALLY_REFUNDED] = [2, 3, 4, 14]
/** Incomplete, Pending, Declined, Awaiting Payment: there is no payment to refund. */
const UNPAID = [0, 1, 6, 7]

/** Refunded pieces are no longer shipped; pieces shipped before their refund are returns. */
export function piecesToShip(row: OrderProduct): number {
  return row.quantity - Math.max(row.quantity_shipped, row.quantity_refunded)
}

/** Ships pieces to one address. @throws BigCommerceError 400 for pieces of another address, or more than is open */
export function shipPieces(order: Order, addressId: number, items: readonly ShippedItem[], now: string): Order {
  if (items.length === 0) throw invalid('items')
  for (const { order_product_id: id, quantity } of items) {
    const row = order.products.find((one) => one.id === id)
    const isOpen = Number.isInteger(quantity) && quantity > 0 && row !== undefined && quantity <= piecesToShip(row)
    if (!isOpen || row.order_address_id !== addressId) throw invalid('items')
  }
  const products = order.products.map((row) => {
    const quantity = items.find((item) => item.order_product_id === row.id)?.quantity ?? 0
    return { ...row, quantity_shipped: row.quantity_shipped + quantity }
  })
  const isWhole = products.every((row) => row.parent_order_product_id !== null || piecesToShip(row) <= 0)
  return { ...order, products, status_id: isWhole ? SHIPPED : PARTIALLY_SHIPPED, date_shipped: now, date_modified: now }
}

/** A shipment without tracking numbers. */
export function newShipment(
  order: Order,
  addressId: number,
  items: readonly ShippedItem[],
  own: Pick<Shipment, 'id' | 'date_created'>,
): Shipment {
  const productOf = (id: number) => order.products.find((row) => row.id === id)?.product_id ?? 0
  return {
    order_id: order.id,
    customer_id: order.customer_id,
    order_address_id: addressId,
    items: items.map((item) => ({ ...item, product_id: productOf(item.order_product_id) })),
    tracking_number: '',
    shipping_method: 'Flat Rate',
    shipping_provider: '',
    tracking_carrier: '',
    tracking_link: '',
    comments: '',
    ...own,
  }
}

/** Amounts of a refund, in cents. */
export interface RefundAmounts {
  items: RefundItem[]
  total: number
  tax: number
}

/**
 * What may be refunded (docs/store-operations/orders/refunds.mdx, reference/orders.v3.yml): pieces of a product that
 * were not refunded yet, its wrapping as often, and for shipping, handling, fees and the order itself what was paid.
 * @throws BigCommerceError 422 for more than that, or for what was never paid
 */
export function quoteRefund(order: Order, asked: readonly AskedRefund[]): RefundAmounts {
  if (UNPAID.includes(order.status_id)) throw refused('The order has no payment that can be refunded.')
  if (asked.length === 0) throw refused('items must not be empty')
  const amounts = asked.map((one, index) => amountOf(order, one, asked.slice(0, index)))
  const total = amounts.reduce((sum, { cents }) => sum + cents, 0)
  if (total > centsIn(order.columns['total_inc_tax']) - refundedCents(order)) {
    throw refused('The refund is more than what is left of the order.')
  }
  const items = amounts.map(({ cents }, index) => refundItem(asked[index], cents))
  return { items: items.flat(), total, tax: amounts.reduce((sum, { tax }) => sum + tax, 0) }
}

function refundItem(asked: AskedRefund | undefined, cents: number): RefundItem[] {
  if (asked === undefined) return []
  const { item_type, item_id, quantity, reason = '' } = asked
  const pieces = quantity === undefined ? {} : { quantity }
  return [{ item_type, item_id, reason, ...pieces, requested_amount: cents / 100 }]
}

/** @param more Fields that are not computed */
export function newRefund(
  order: Order,
  { items, total, tax }: RefundAmounts,
  more: Pick<Refund, 'id' | 'created' | 'reason' | 'payments'>,
): Refund {
  const amounts = { total_amount: total / 100, total_tax: tax / 100, uses_merchant_override_values: false }
  return { order_id: order.id, user_id: 0, ...amounts, items, ...more }
}

/**
 * The order after the refund: Refunded if everything paid came back, otherwise Partially Refunded. Amounts of v2 stay
 * the same.
 */
export function refundOrder(order: Order, refund: Refund, now: string): Order {
  const products = order.products.map((row) => {
    const pieces = refund.items
      .filter((item) => item.item_type === 'PRODUCT' && item.item_id === row.id)
      .reduce((sum, { quantity = 0 }) => sum + quantity, 0)
    const quantity_refunded = row.quantity_refunded + pieces
    return { ...row, quantity_refunded, is_refunded: quantity_refunded >= row.quantity }
  })
  const refunded = { ...order, products, date_modified: now, refunds: [...(order.refunds ?? []), refund] }
  const isWhole = refundedCents(refunded) === centsIn(order.columns['total_inc_tax'])
  return { ...refunded, status_id: isWhole ? REFUNDED : PARTIALLY_REFUNDED }
}

function refundedCents({ refunds = [] }: Order): number {
  return refunds.reduce((sum, { total_amount: amount }) => sum + centsIn(amount), 0)
}

/** Everything refundable of an order, rows first. */
export function wholeRefund(order: Order): AskedRefund[] {
  const rows = order.products.flatMap((row) => {
    const quantity = row.quantity - row.quantity_refunded
    return row.parent_order_product_id === null && quantity > 0
      ? [{ item_type: 'PRODUCT' as const, item_id: row.id, quantity }]
      : []
  })
  const ofRows = rows.length === 0 ? 0 : quoteRefund(order, rows).total
  const left = centsIn(order.columns['total_inc_tax']) - refundedCents(order) - ofRows
  return left === 0 ? rows : [...rows, { item_type: 'ORDER', item_id: order.id, amount: left / 100 }]
}

interface Amount {
  cents: number
  tax: number
}

function amountOf(order: Order, asked: AskedRefund, before: readonly AskedRefund[]): Amount {
  const earlier = [...(order.refunds ?? []).flatMap(({ items }) => items), ...before]
  const same = earlier.filter((item) => item.item_type === asked.item_type && item.item_id === asked.item_id)
  if (asked.item_type === 'PRODUCT' || asked.item_type === 'GIFT_WRAPPING') {
    const row = order.products.find(({ id }) => id === asked.item_id)
    if (row === undefined) throw refused(`The order has no product ${asked.item_id}.`)
    const gone = same.reduce((sum, { quantity = 0 }) => sum + quantity, 0)
    return ofPieces(paidFor(order, row, asked.item_type), row, { quantity: asked.quantity ?? 0, gone })
  }
  const cents = centsIn(asked.amount)
  const isMoney = cents > 0 && Math.abs(Number(asked.amount) * 100 - cents) < 1e-6
  if (!isMoney) throw refused('amount must be more than 0, with two decimals at most')
  const gone = same.reduce(
    (sum, item) => sum + centsIn('requested_amount' in item ? item.requested_amount : item.amount),
    0,
  )
  if (cents > paidApart(order, asked) - gone) throw refused(`amount is more than what was paid for ${asked.item_type}`)
  return { cents, tax: 0 }
}

/** The amount for so many pieces after those refunded already: all together they equal what was paid, to the cent. */
function ofPieces(paid: Amount, row: OrderProduct, { quantity, gone }: { quantity: number; gone: number }): Amount {
  if (!Number.isInteger(quantity) || quantity < 1 || gone + quantity > row.quantity) {
    throw refused(`quantity is more than what can be refunded of product ${row.id}`)
  }
  const share = (amount: number) =>
    Math.round((amount * (gone + quantity)) / row.quantity) - Math.round((amount * gone) / row.quantity)
  return { cents: share(paid.cents), tax: share(paid.tax) }
}

/** What was paid for a row, less its share of the order's discount. */
function paidFor(order: Order, row: OrderProduct, type: AskedRefund['item_type']): Amount {
  if (type === 'GIFT_WRAPPING') {
    return { cents: centsIn(row['wrapping_cost_inc_tax']), tax: centsIn(row['wrapping_cost_tax']) }
  }
  const of = (name: string) => centsIn(order.columns[name])
  const fees = order.fees.reduce((sum, fee) => sum + centsIn(fee.cost_inc_tax), 0)
  const apart = of('shipping_cost_inc_tax') + of('handling_cost_inc_tax') + of('wrapping_cost_inc_tax') + fees
  const goods = Math.max(0, of('total_inc_tax') - apart)
  const subtotal = of('subtotal_inc_tax')
  const cents = subtotal === 0 ? 0 : Math.floor((goods * centsIn(row['total_inc_tax'])) / subtotal)
  const gross = centsIn(row['total_inc_tax'])
  return { cents, tax: gross === 0 ? 0 : Math.floor((cents * centsIn(row['total_tax'])) / gross) }
}

function paidApart(order: Order, { item_type, item_id }: AskedRefund): number {
  const address = order.addresses.find(({ id }) => id === item_id)
  if (item_type === 'ORDER' && item_id === order.id) return centsIn(order.columns['total_inc_tax'])
  if (item_type === 'SHIPPING' && address !== undefined) return centsIn(address.cost_inc_tax)
  if (item_type === 'HANDLING' && address !== undefined) return centsIn(order.columns['handling_cost_inc_tax'])
  const fee = order.fees.find(({ id }) => id === item_id)
  if (item_type === 'FEE' && fee !== undefined) return centsIn(fee.cost_inc_tax)
  throw refused(`The order has no ${item_type} ${item_id}.`)
}

const refused = (title: string) => new BigCommerceError(422, title)

function invalid(field: string): BigCommerceError {
  return new BigCommerceError(400, `The field '${field}' is invalid.`)
}
