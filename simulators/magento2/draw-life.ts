import type { Random } from '../harness/random.ts'
import {
  cancelOrder,
  countedRows,
  holdOrder,
  invoiceOrder,
  piecesToShip,
  refundMoney,
  refundOrder,
  shipPieces,
} from './order-life.ts'
import type { Order, OrderItem } from './wire-types.ts'

/**
 * The life of an order since it was placed, besides its states: credit memos before and after a shipment, a partial
 * cancellation, a shipment of the seller's own rows, a hold. `order`: placed, not invoiced.
 */
export function drawLife(placed: Order, isVendors: (item: OrderItem) => boolean, random: Random): Order {
  const now = placed.updated_at
  const drawn = random.next()
  const rows = countedRows(placed).filter((item) => piecesToShip(item) > 0)
  const row = rows[random.int(0, Math.max(0, rows.length - 1))]
  if (row === undefined || drawn < 0.4) return invoiceOrder(placed, null, now)
  const some = new Map([[row.item_id, random.int(1, row.qty_ordered)]])
  if (drawn < 0.55) return canceledInPart(placed, some, now)
  const paid = invoiceOrder(placed, null, now)
  if (drawn < 0.75) return refundOrder(paid, some, now)
  if (drawn < 0.8) return refundMoney(paid, 0.5, now)
  if (drawn < 0.9) return shippedByTheSeller(paid, { isVendors, isReturned: random.chance(0.5), now })
  return holdOrder(paid, now)
}

/** Paid pieces stay, all others are canceled. */
function canceledInPart(order: Order, paid: ReadonlyMap<number, number>, now: string): Order {
  const invoiced = invoiceOrder(order, paid, now)
  const isWhole = countedRows(invoiced).every((item) => item['qty_invoiced'] === item.qty_ordered)
  return isWhole ? invoiced : cancelOrder(invoiced, now)
}

interface Shipping {
  isVendors(item: OrderItem): boolean
  isReturned: boolean
  now: string
}

/** The seller ships before its vendors, and takes a piece back. */
function shippedByTheSeller(order: Order, { isVendors, isReturned, now }: Shipping): Order {
  const own = order.items.filter(
    (item) =>
      item.parent_item_id === undefined &&
      piecesToShip(item) > 0 &&
      !order.items.some((one) => isVendors(one) && (one === item || one.parent_item_id === item.item_id)),
  )
  if (own.length === 0) return order
  const shipped = shipPieces(order, new Map(own.map((item) => [item.item_id, piecesToShip(item)])), now)
  const [first] = countedRows(shipped).filter((item) => own.some(({ item_id: id }) => id === item.item_id))
  return isReturned && first !== undefined ? refundOrder(shipped, new Map([[first.item_id, 1]]), now) : shipped
}
