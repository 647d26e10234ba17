import type { Connection } from '../configuration/model.ts'
import { StreamError } from '../errors.ts'
import type { Order, OrderChanged } from '../events/generated/events.ts'
import { type SplitOrder, withoutLines } from './split-order.ts'

/** States in which nothing of an order is to be delivered, also when it was sent to the vendor before. */
const CANCELING_STATES = ['canceled', 'closed', 'holded']

/** What a vendor is to have of a shop's order, or why it hears nothing of it. */
export type OrderVerdict =
  | { readonly status: 'sent'; readonly order: Order; readonly canceled: boolean }
  | { readonly status: 'ignored'; readonly code: string; readonly message: string }
  | { readonly status: 'failed'; readonly error: StreamError }

/**
 * Pure. A vendor that had the order before (`wasSent`) and is to have nothing of it now gets it canceled, without lines.
 * A line that several connections claim fails each of them, with its reason (Guarantee 7).
 */
export function judgeOrder(
  event: Pick<OrderChanged, 'data' | 'deleted'>,
  { id, orderStates, ordersFrom }: Connection,
  split: SplitOrder,
  wasSent: boolean,
): OrderVerdict {
  const { state } = event.data
  const nothing = (code: string, message: string): OrderVerdict =>
    wasSent ? { status: 'sent', order: withoutLines(event.data), canceled: true } : { status: 'ignored', code, message }
  if (event.deleted) return nothing('deleted', 'the order is deleted')
  if (CANCELING_STATES.includes(state)) return nothing('order_state', `the order is ${state}`)
  if (orderStates !== null && !orderStates.includes(state)) {
    const message = `the order's state is ${state}; ${id} takes ${orderStates.join(', ')}`
    return { status: 'ignored', code: 'order_state', message }
  }
  if (!wasSent && ordersFrom !== null && event.data.placedAt < Date.parse(ordersFrom)) {
    const message = `the order was placed before ${ordersFrom}, from which on ${id} takes orders`
    return { status: 'ignored', code: 'before_orders_from', message }
  }
  const disputed = [...split.claimedTwice].find(([, claimants]) => claimants.includes(id))
  if (disputed !== undefined) return { status: 'failed', error: claimedTwice(...disputed) }
  const part = split.parts.find((one) => one.connection === id)
  if (part !== undefined) return { status: 'sent', order: part.order, canceled: false }
  return nothing('no_vendor_lines', "no line is the vendor's")
}

function claimedTwice(lineId: string, claimants: readonly string[]): StreamError {
  return new StreamError(
    'line_claimed_twice',
    `line ${lineId} is unroutable: ${claimants.join(' and ')} claim it; correct the ownership of one and retry`,
    { field: `lines.${lineId}`, details: { lineId } },
  )
}
