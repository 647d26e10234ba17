import type { Random } from '../harness/random.ts'
import {
  type AskedRefund,
  newRefund,
  newShipment,
  piecesToShip,
  quoteRefund,
  refundOrder,
  shipPieces,
  wholeRefund,
} from './order-life.ts'
import { toV3Time } from './times.ts'
import type { Order, OrderProduct, Shipment } from './wire-types.ts'

/** An order with its shipments and refunds. */
export interface LivedOrder {
  order: Order
  shipments: Shipment[]
}

interface Living {
  /** Whether a row belongs to a vendor; the seller ships all others. */
  isVendors(row: OrderProduct): boolean
  /** The next id of a refund, its payments or a shipment. */
  nextId(kind: string): number
  random: Random
}

const [CANCELLED, AWAITING_FULFILLMENT, MANUAL_VERIFICATION, DISPUTED] = [5, 11, 12, 13]

/**
 * The life of an order since it was paid: refunds of pieces and of money, before and after a shipment, with the status
 * that the store sets or people set back; a hold, a cancellation, a shipment of the seller's own rows.
 */
export function drawLife(placed: Order, living: Living): LivedOrder {
  const { random } = living
  const alone = (order: Order): LivedOrder => ({ order, shipments: [] })
  const drawn = random.next()
  if (placed.status_id !== AWAITING_FULFILLMENT || drawn < 0.25) return alone(placed)
  if (drawn < 0.5) return alone(putBack(refund(placed, somePieces(placed, random), living), random))
  if (drawn < 0.6) return alone(putBack(refund(placed, someMoney(placed), living), random))
  if (drawn < 0.68) return alone(refund(placed, wholeRefund(placed), living))
  if (drawn < 0.78) return alone({ ...placed, status_id: random.pick([MANUAL_VERIFICATION, DISPUTED]) })
  if (drawn < 0.84) return alone({ ...placed, status_id: CANCELLED })
  return shippedByTheSeller(placed, living)
}

/** People set a partly refunded order back to its previous status, or leave it. */
function putBack(order: Order, random: Random): Order {
  return random.chance(0.6) ? { ...order, status_id: AWAITING_FULFILLMENT } : order
}

/** From one or two rows: one piece, or all. */
function somePieces({ products }: Order, random: Random): AskedRefund[] {
  const rows = products.filter(({ parent_order_product_id: parent }) => parent === null)
  return random.sample(rows, random.int(1, 2)).map(({ id, quantity }) => {
    return { item_type: 'PRODUCT', item_id: id, quantity: random.int(1, quantity) }
  })
}

function someMoney({ id }: Order): AskedRefund[] {
  return [{ item_type: 'ORDER', item_id: id, amount: 0.5 }]
}

function refund(order: Order, items: readonly AskedRefund[], { nextId }: Living): Order {
  if (items.length === 0) return order
  const amounts = quoteRefund(order, items)
  const payment = { provider_id: 'custom', amount: amounts.total / 100, offline: true }
  const accepted = { is_declined: false, declined_message: '' }
  const made = newRefund(order, amounts, {
    id: nextId('refund'),
    created: toV3Time(order.date_modified),
    reason: '',
    payments: [{ id: nextId('refund payment'), ...payment, ...accepted }],
  })
  return refundOrder(order, made, order.date_modified)
}

/** The seller ships before its vendors: all or one piece of what goes to one address; some of it comes back. */
function shippedByTheSeller(order: Order, living: Living): LivedOrder {
  const { random, isVendors, nextId } = living
  const own = order.products.filter((row) => row.parent_order_product_id === null && !isVendors(row))
  const [first] = own
  if (first === undefined) return { order, shipments: [] }
  const isWhole = random.chance(0.7)
  const items = own
    .filter((row) => row.order_address_id === first.order_address_id)
    .map((row) => ({ order_product_id: row.id, quantity: isWhole ? piecesToShip(row) : 1 }))
  const now = order.date_modified
  const shipped = shipPieces(order, first.order_address_id, items, now)
  const shipment = newShipment(order, first.order_address_id, items, { id: nextId('shipment'), date_created: now })
  const returned: AskedRefund[] = [{ item_type: 'PRODUCT', item_id: first.id, quantity: 1 }]
  const after = random.chance(0.4) ? { ...refund(shipped, returned, living), status_id: shipped.status_id } : shipped
  return { order: after, shipments: [shipment] }
}
