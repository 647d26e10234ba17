import type { Connection } from '../configuration/model.ts'
import { StreamError } from '../errors.ts'
import type { Order, OrderChanged } from '../events/generated/events.ts'
import {
  componentQuantities,
  isBundle,
  isVirtual,
  type LineQuantities,
  openQuantity,
  vendorQuantity,
  withdrawnQuantity,
} from './quantities.ts'
import { type SplitOrder, topLevelLines, withoutLines } from './split-order.ts'

/** States of an order that may continue or not: its payment is under review, or somebody stopped it. */
const HOLD_STATES: readonly string[] = ['holded', 'payment_review', 'manual_verification_required', 'disputed']

const HOUR_MS = 3_600_000
const MINUTE_MS = 60_000

/** What a vendor gets of a shop's order, or why it gets nothing. */
export type OrderVerdict =
  | {
      readonly status: 'sent'
      readonly order: Order
      readonly canceled: boolean
      /** Epoch milliseconds: the vendor must not get it before. Null: at once. */
      readonly sendAfter: number | null
      /** The vendor is informed that the order waits in the shop. */
      readonly held: boolean
      /** Reason to ignore it if it equals what the vendor was sent before. */
      readonly unlessNew?: Ignored
    }
  | ({ readonly status: 'ignored' } & Ignored)
  | { readonly status: 'failed'; readonly error: StreamError }

interface Ignored {
  readonly code: string
  readonly message: string
}

/** What was decided for earlier versions of the order. */
export interface OrderHistory {
  /** The vendor had the order before. */
  readonly wasSent: boolean
  /** Since when the shop has the order on hold, epoch milliseconds; null: not on hold. */
  readonly heldSince: number | null
}

/** Whether the shop has the order on hold, and the connection does not accept orders in that state. */
export function isOnHold({ state }: Pick<Order, 'state'>, { orderStates }: Pick<Connection, 'orderStates'>): boolean {
  return HOLD_STATES.includes(state) && orderStates?.includes(state) !== true
}

/**
 * Pure. The connection's order states decide whether an order begins at the vendor; once it has begun, the order's
 * content decides what the vendor gets, whatever the state. A vendor that should have nothing of the order any more
 * gets it canceled, without lines; what was shipped is never withdrawn. An order on hold is not sent; if the vendor has
 * it already, it is withdrawn until it is released, at once or after the connection's hours, or the vendor is told to
 * wait. A line that several connections claim fails each of them, with its reason (Guarantee 7).
 */
export function judgeOrder(
  event: Pick<OrderChanged, 'data' | 'deleted'>,
  connection: Connection,
  split: SplitOrder,
  { wasSent, heldSince }: OrderHistory,
): OrderVerdict {
  const { id, hold, holdMinutes } = connection
  const { state } = event.data
  const part = split.parts.find((one) => one.connection === id)
  const progress = progressOf(part?.order)
  const nothing = (code: string, message: string, sendAfter: number | null = null): OrderVerdict =>
    wasSent
      ? { status: 'sent', order: withoutLines(event.data), canceled: true, sendAfter, held: false }
      : { status: 'ignored', code, message }
  // What was shipped is never withdrawn, whatever happens to the order.
  const isDone = wasSent && progress.isDelivered
  if (isDone && !progress.isReduced) return { status: 'ignored', ...delivered(state) }
  const ends = isDone ? undefined : endOf(event, { wasSent, isBegun: progress.isBegun })
  if (ends !== undefined) return nothing(ends.code, ends.message)
  const isHeld = !isDone && isOnHold(event.data, connection)
  const isTold = isHeld && wasSent && hold?.tell === true
  if (isHeld && !isTold) {
    const atMost = hold?.atMost
    const until = atMost === undefined || heldSince === null ? null : heldSince + atMost * HOUR_MS
    return nothing('on_hold', `the order is on hold (${state}) until the shop releases it`, until)
  }
  const late = wasSent ? undefined : notBegun(event.data, connection, progress)
  if (late !== undefined) return late
  // First seen after the shop has shipped it: it was delivered without us.
  if (!wasSent && progress.isDelivered) return { status: 'ignored', ...delivered(state) }
  const disputed = [...split.claimedTwice].find(([, claimants]) => claimants.includes(id))
  if (disputed !== undefined) return { status: 'failed', error: claimedTwice(...disputed) }
  const refused = split.refused.get(id)
  if (refused !== undefined) return { status: 'failed', error: refused }
  if (part === undefined) return nothing('no_vendor_lines', 'the order has no line of this vendor')
  if (progress.isWithdrawn) return nothing('nothing_left', "all of the vendor's lines were canceled or refunded")
  // Guarantee 7: an order whose amounts don't add up is not sent on a guess.
  if (split.differing !== null) return { status: 'failed', error: split.differing }
  const sendAfter = holdMinutes === null ? null : event.data.placedAt + holdMinutes * MINUTE_MS
  const known = isDone ? { unlessNew: delivered(state) } : {}
  return { status: 'sent', order: part.order, canceled: false, sendAfter, held: isTold, ...known }
}

/** Why nothing of the order may be delivered any more; undefined: something may be. */
function endOf(
  { deleted, data: { state } }: Pick<OrderChanged, 'data' | 'deleted'>,
  { wasSent, isBegun }: { readonly wasSent: boolean; readonly isBegun: boolean },
): Ignored | undefined {
  if (deleted) return { code: 'deleted', message: 'the order is deleted' }
  // If the vendor has begun a closed order, what was not shipped is withdrawn.
  const isEnded = state === 'canceled' || (state === 'closed' && !(wasSent && isBegun))
  return isEnded ? { code: 'order_state', message: `the order is ${state}` } : undefined
}

interface Progress {
  /** Something of the part was shipped. */
  readonly isBegun: boolean
  /** Something of it is still to be shipped. */
  readonly isOpen: boolean
  /** Everything that was left of it was shipped: anything that comes back now is a return. */
  readonly isDelivered: boolean
  /** Something of it was canceled, or refunded before it was shipped. */
  readonly isReduced: boolean
  /** Nothing of it is left for the vendor to deliver. */
  readonly isWithdrawn: boolean
}

function progressOf(part: Order | undefined): Progress {
  const lines = part === undefined ? [] : topLevelLines(part)
  const isBegun = lines.some(({ quantityShipped }) => quantityShipped > 0n)
  const isOpen = lines.some((line) => openQuantity(line) > 0n)
  return {
    isBegun,
    isOpen,
    isDelivered: isBegun && !isOpen,
    // When everything else is delivered, a refund of a virtual row is also a return.
    isReduced: [...lines, ...componentsOf(part)].some((line) => !isVirtual(line) && withdrawnQuantity(line) > 0n),
    isWithdrawn: lines.length > 0 && lines.every((line) => vendorQuantity(line) === 0n),
  }
}

/** Components of bundles: one may be withdrawn alone, which leaves its bundle whole. */
function componentsOf(part: Order | undefined): LineQuantities[] {
  const lines = part?.lines ?? []
  const bundles = new Map(lines.filter(isBundle).map((line) => [line.lineId, line]))
  return lines.flatMap((line) => {
    const bundle = bundles.get(line.parentLineId ?? '')
    return bundle === undefined ? [] : componentQuantities(bundle, line)
  })
}

function delivered(state: string): Ignored {
  return state === 'closed'
    ? { code: 'returned', message: 'the vendor delivered all of it; a refund now is a return' }
    : { code: 'delivered', message: 'the vendor delivered all of it' }
}

/** Why an order does not begin at the vendor; undefined: it does. */
function notBegun(
  order: Order,
  { id, orderStates, ordersFrom }: Connection,
  { isOpen }: Progress,
): OrderVerdict | undefined {
  // An order with shipped lines has begun in the shop: the seller shipped its own lines first.
  const hasBegun = isOpen && order.lines.some(({ quantityShipped }) => quantityShipped > 0n)
  if (orderStates !== null && !orderStates.includes(order.state) && !hasBegun) {
    const message = `the order's state is ${order.state}; ${id} accepts ${orderStates.join(', ')}`
    return { status: 'ignored', code: 'order_state', message }
  }
  if (ordersFrom !== null && order.placedAt < Date.parse(ordersFrom)) {
    const message = `the order was placed before ${ordersFrom}, the first date that ${id} accepts`
    return { status: 'ignored', code: 'before_orders_from', message }
  }
  return undefined
}

function claimedTwice(lineId: string, claimants: readonly string[]): StreamError {
  return new StreamError(
    'line_claimed_twice',
    `line ${lineId} is unroutable: ${claimants.join(' and ')} claim it; correct the ownership of one and retry`,
    { field: `lines.${lineId}`, details: { lineId } },
  )
}
