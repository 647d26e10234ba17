import { MagentoError } from './magento-error.ts'
import { fromCents } from './money.ts'
import type { Order, OrderItem } from './wire-types.ts'

/** Pieces by row id. */
export type Pieces = ReadonlyMap<number, number>

/**
 * The rows that invoices, cancellations and refunds count on. Components of a dynamic bundle count, any other child
 * follows its parent.
 */
export function countedRows({ items }: Pick<Order, 'items'>): OrderItem[] {
  return items.filter((item) => {
    if (isDynamicBundle(item, items)) return false
    const parent = items.find(({ item_id: id }) => id === item.parent_item_id)
    return parent === undefined || isDynamicBundle(parent, items)
  })
}

/** A bundle whose components have the prices. */
export function isDynamicBundle({ product_type: type, item_id: id }: OrderItem, items: readonly OrderItem[]): boolean {
  return type === 'bundle' && items.some((item) => item.parent_item_id === id && item.row_total > 0)
}

/** As Magento 2.4 counts: pieces returned after their shipment leave the rest of the row to be shipped. */
export function piecesToShip(item: OrderItem): number {
  if (item['is_virtual'] === 1) return 0
  return item.qty_ordered - of(item, 'qty_canceled') - Math.max(item.qty_shipped, of(item, 'qty_refunded'))
}

const piecesToInvoice = (item: OrderItem) => item.qty_ordered - of(item, 'qty_invoiced') - of(item, 'qty_canceled')

const piecesToRefund = (item: OrderItem) => of(item, 'qty_invoiced') - of(item, 'qty_refunded')

/** Paid pieces stay: only pieces that are neither invoiced nor shipped can be canceled. */
function piecesToCancel(item: OrderItem): number {
  const toInvoice = piecesToInvoice(item)
  return Math.max(0, item['is_virtual'] === 1 ? toInvoice : Math.min(toInvoice, piecesToShip(item)))
}

/** Invoices these pieces, or all, and marks them as paid. @throws MagentoError 400 for more than is left, or on hold */
export function invoiceOrder(order: Order, pieces: Pieces | null, now: string): Order {
  if (['holded', 'payment_review', 'canceled', 'complete', 'closed'].includes(order.state ?? '')) {
    throw refused(`The order is ${order.state} and can't be invoiced.`)
  }
  const invoiced = changed(order, 'qty_invoiced', pieces, piecesToInvoice, now)
  const isWhole = countedRows(invoiced).every((item) => piecesToInvoice(item) === 0)
  const paid = isWhole ? order.grand_total : cents(amountOfPieces(invoiced, 'qty_invoiced') + shippingOf(order))
  const total = { total_paid: paid, base_total_paid: paid, total_invoiced: paid, base_total_invoiced: paid }
  const due = cents(order.grand_total - paid)
  return checkState({ ...invoiced, ...total, total_due: due, base_total_due: due }, true)
}

/**
 * Cancels what is neither invoiced nor shipped. An order with a payment continues or is complete: its other pieces can
 * only be returned by a credit memo.
 */
export function cancelOrder(order: Order, now: string): Order {
  const rows = countedRows(order)
  const isDone = ['canceled', 'complete', 'closed', 'holded', 'payment_review'].includes(order.state ?? '')
  if (isDone || rows.every((item) => piecesToInvoice(item) === 0)) {
    throw refused("We can't cancel the order: all of it is invoiced, or it has ended.")
  }
  const paid = rows.filter((item) => piecesToRefund(item) > 0)
  const goesOn = paid.some((item) => piecesToShip(item) > piecesToCancel(item))
  const state = paid.length === 0 ? 'canceled' : goesOn ? 'processing' : 'complete'
  const canceled = changed(order, 'qty_canceled', null, piecesToCancel, now)
  const amount = cents(order.grand_total - Number(order['total_paid'] ?? 0))
  return { ...canceled, state, status: state, total_canceled: amount, base_total_canceled: amount }
}

/** Makes a credit memo for these pieces, or for everything paid. @throws MagentoError 400 for more than was invoiced */
export function refundOrder(order: Order, pieces: Pieces | null, now: string, shipping = pieces === null): Order {
  if (['holded', 'payment_review'].includes(order.state ?? '')) throw refused(`The order is ${order.state}.`)
  const refunded = changed(order, 'qty_refunded', pieces, piecesToRefund, now)
  const isWhole = countedRows(refunded).every((item) => of(item, 'qty_refunded') === item.qty_ordered)
  const amount =
    isWhole && shipping
      ? Number(order['total_paid'] ?? 0)
      : cents(amountOfPieces(refunded, 'qty_refunded') + (shipping ? shippingOf(order) : 0))
  return checkState({ ...refunded, total_refunded: amount, base_total_refunded: amount }, false)
}

/** A credit memo for an amount only, without pieces. */
export function refundMoney(order: Order, amount: number, now: string): Order {
  const total = cents(Number(order['total_refunded'] ?? 0) + amount)
  if (total > Number(order['total_paid'] ?? 0)) throw refused('The most money available to refund is less.')
  const negative = { adjustment_positive: amount, base_adjustment_positive: amount }
  return checkState(
    { ...order, ...negative, total_refunded: total, base_total_refunded: total, updated_at: now },
    false,
  )
}

/** Ships pieces of top-level rows: components of a bundle are shipped with it, variants with their parent. */
export function shipPieces(order: Order, pieces: Pieces, now: string): Order {
  const items = order.items.map((item) => {
    const parent = order.items.find(({ item_id: id }) => id === item.parent_item_id)
    if (item.ships_apart) {
      // Magento counts shipments there, regardless of the pieces of the components.
      const isShipped = order.items.some((part) => part.parent_item_id === item.item_id && pieces.has(part.item_id))
      return isShipped ? { ...item, qty_shipped: item.qty_shipped + 1, updated_at: now } : item
    }
    const shipped = pieces.get((parent === undefined || parent.ships_apart ? item : parent).item_id) ?? 0
    if (parent?.ships_apart)
      return shipped === 0 ? item : { ...item, qty_shipped: item.qty_shipped + shipped, updated_at: now }
    const qty = parent?.product_type === 'bundle' ? (shipped * item.qty_ordered) / parent.qty_ordered : shipped
    return qty === 0 ? item : { ...item, qty_shipped: item.qty_shipped + qty, updated_at: now }
  })
  return checkState({ ...order, items, updated_at: now }, true)
}

/** Stops an order until it is released; no other action is possible meanwhile. */
export function holdOrder(order: Order, now: string): Order {
  const { state, status } = order
  if (['canceled', 'complete', 'closed', 'holded', 'payment_review'].includes(state ?? '')) {
    throw refused('A hold action is not available.')
  }
  const before = { hold_before_state: state, hold_before_status: status }
  return { ...order, ...before, state: 'holded', status: 'holded', updated_at: now }
}

export function releaseOrder(order: Order, now: string): Order {
  if (order.state !== 'holded') throw refused("You can't remove the hold: the order is not on hold.")
  const { hold_before_state, hold_before_status, ...rest } = order
  return { ...rest, state: String(hold_before_state), status: String(hold_before_status), updated_at: now }
}

/**
 * An edit in the admin makes two orders: the old one is canceled and names the new one, which names the old.
 * @throws MagentoError 400 when the old one can't be canceled
 */
export function replaceOrder(old: Order, next: Order, now: string): { old: Order; next: Order } {
  const original = String(old['original_increment_id'] ?? old.increment_id)
  const edit = Number(old['edit_increment'] ?? 0) + 1
  const number = `${original}-${edit}`
  const parent = { relation_parent_id: String(old.entity_id), relation_parent_real_id: old.increment_id }
  const child = { relation_child_id: String(next.entity_id), relation_child_real_id: number }
  return {
    old: { ...cancelOrder(old, now), ...child },
    next: { ...next, ...parent, increment_id: number, original_increment_id: original, edit_increment: edit },
  }
}

/** Like Magento's `Order\Handler\State`: after every invoice, shipment and credit memo. */
function checkState(order: Order, isInProcess: boolean): Order {
  const rows = countedRows(order)
  const current = order.state === 'new' && isInProcess ? 'processing' : order.state
  const canInvoice = rows.some((item) => piecesToInvoice(item) > 0)
  const goesOn = current === 'processing' || current === 'complete'
  if (!goesOn || canInvoice) return withState(order, current)
  const canRefund = Number(order['total_paid'] ?? 0) - Number(order['total_refunded'] ?? 0) > 0.001
  const canShip = order.items.some((item) => isShippedItself(item, order.items) && isOpen(item, order.items))
  if (!canRefund && !canShip) return withState(order, 'closed')
  return withState(order, current === 'processing' && !canShip ? 'complete' : current)
}

/**
 * Whether a shipment lists the row: variants are not listed; of a bundle the row itself or its components, depending on
 * how it is shipped.
 */
export function isShippedItself(item: OrderItem, items: readonly OrderItem[]): boolean {
  if (item.parent_item_id === undefined) return item.ships_apart !== true
  return items.some(({ item_id: id, ships_apart: apart }) => id === item.parent_item_id && apart === true)
}

/** A dynamic bundle is open while pieces of a component are: refunds and cancellations are counted there. */
function isOpen(item: OrderItem, items: readonly OrderItem[]): boolean {
  if (!isDynamicBundle(item, items)) return piecesToShip(item) > 0
  return items.filter(({ parent_item_id: parent }) => parent === item.item_id).some((part) => piecesToShip(part) > 0)
}

function withState(order: Order, state: string | null): Order {
  return state === order.state ? order : { ...order, state, status: state }
}

/** Adds pieces to a count of the rows, each of which has a limit; children follow their parent. */
function changed(
  order: Order,
  count: 'qty_invoiced' | 'qty_canceled' | 'qty_refunded',
  pieces: Pieces | null,
  left: (item: OrderItem) => number,
  now: string,
): Order {
  const rows = countedRows(order)
  const unknown = [...(pieces?.keys() ?? [])].find((id) => !rows.some(({ item_id }) => item_id === id))
  if (unknown !== undefined) throw refused(`Pieces of row ${unknown} are not counted.`)
  const added = new Map(rows.map((row) => [row.item_id, pieces === null ? left(row) : (pieces.get(row.item_id) ?? 0)]))
  const tooMany = rows.find((row) => (added.get(row.item_id) ?? 0) > left(row))
  if (tooMany !== undefined) throw refused(`Row ${tooMany.item_id} has only ${left(tooMany)} pieces left.`)
  const items = order.items.map((item) => {
    const parent = order.items.find(({ item_id: id }) => id === item.parent_item_id)
    const follows = parent !== undefined && parent.product_type !== 'bundle'
    const qty = added.get(follows ? parent.item_id : item.item_id) ?? 0
    return qty === 0 ? item : { ...item, [count]: of(item, count) + qty, updated_at: now }
  })
  return { ...order, items, updated_at: now }
}

function of(item: OrderItem, count: 'qty_invoiced' | 'qty_canceled' | 'qty_refunded'): number {
  return Number(item[count] ?? 0)
}

/** Price of these pieces, with their taxes. */
function amountOfPieces(order: Order, count: 'qty_invoiced' | 'qty_refunded'): number {
  return countedRows(order).reduce((total, item) => {
    const weee = Number(item['weee_tax_applied_row_amount'] ?? 0)
    const row = item.row_total - item.discount_amount + item.tax_amount + weee
    return total + (row * of(item, count)) / item.qty_ordered
  }, 0)
}

const shippingOf = (order: Order): number => order.shipping_amount + order.shipping_tax_amount

const cents = (amount: number): number => fromCents(Math.round(amount * 100))

const refused = (message: string): MagentoError => new MagentoError(400, message)
