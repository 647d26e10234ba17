import { StreamError } from '../../errors.ts'
import { text8 } from '../../events/decimal.ts'
import type { OrderLine, VendorOrderRequested } from '../../events/generated/events.ts'
import { ExactNumber } from '../../platform/json.ts'
import { vendorQuantity } from '../../rules/quantities.ts'
import { topLevelLines } from '../../rules/split-order.ts'
import type { BegunOrder } from '../kit/begun-order.ts'
import { textOf, type Wire, wireOf, wiresOf } from '../kit/wire.ts'
import {
  closedByTheShop,
  DIGEST_FIELD,
  isSettled,
  isTakenBack,
  isWithdrawn,
  LINE_FIELD,
  settledMark,
  TAX_LINE,
  withdrawnMark,
} from './custom-fields.ts'
import { closedLine } from './order-body.ts'

const linesOf = (order: Wire): readonly Wire[] => wiresOf(wireOf(order['item'])['items'])
const numberIn = (line: Wire, name: string): number => {
  const value = line[name]
  return Number((value instanceof ExactNumber ? value.text : textOf(value)) ?? 0)
}
const isOpen = (line: Wire): boolean => numberIn(line, 'quantity') > numberIn(line, 'quantityFulfilled')
/** Whether the vendor would still ship pieces of it. */
const hasOpen = (line: Wire): boolean => line['isClosed'] !== true && isOpen(line)
const isShipped = (line: Wire): boolean => line[LINE_FIELD] !== TAX_LINE && numberIn(line, 'quantityFulfilled') > 0

export const isCancelled = (order: Wire): boolean => textOf(wireOf(order['status'])['id']) === 'C'

/** The vendor cancelled it, or closed every line: there is nothing left to cancel. */
export function isEnded(order: Wire): boolean {
  const lines = linesOf(order)
  return isCancelled(order) || (lines.length > 0 && lines.every((line) => line['isClosed'] === true))
}

/**
 * Throws `target_conflict` for an order that the vendor has begun or ended, since that is never undone. An ended order
 * is not a conflict if the shop only takes pieces back: that reopens nothing.
 */
export function assertOpen(order: Wire, event: Pick<VendorOrderRequested, 'key' | 'canceled' | 'data'>): void {
  const what = whatHappened(order, event.canceled || takesBack(order, event))
  if (what === undefined) return
  throw new StreamError(
    'target_conflict',
    `order ${event.key} changed in the shop, but NetSuite has ${what}; settle it there by hand`,
    {
      details: { salesOrder: textOf(order['id']) },
    },
  )
}

/** Whether the shop takes pieces back, and wants no more of any line than NetSuite has. */
export function takesBack(order: Wire, { data }: Pick<VendorOrderRequested, 'data'>): boolean {
  const lines = linesOf(order)
  const wanted = lines.flatMap((now) => {
    const line = data.lines.find(({ lineId }) => lineId === now[LINE_FIELD])
    return line === undefined ? [] : [{ pieces: Number(text8(vendorQuantity(line))), now: quantityOf(now) }]
  })
  // NetSuite may have a bundle as its components.
  const isThere = (id: string) => lines.some((now) => now[LINE_FIELD] === id)
  const isNew = ({ lineId }: OrderLine) =>
    !isThere(lineId) && !data.lines.some((part) => part.parentLineId === lineId && isThere(part.lineId))
  if (topLevelLines(data).some(isNew)) return false
  return wanted.every(({ pieces, now }) => pieces <= now) && wanted.some(({ pieces, now }) => pieces < now)
}

/** A change that takes pieces back from a begun order. */
export interface Reduction {
  /** Null: NetSuite has this state already. */
  readonly body: Wire | null
  /** For people: pieces that the shop takes back, but that were shipped and stay. Null: there are none. */
  readonly shipped: string | null
  /** Whether the shop still wants open pieces; only of an order with `shipped` pieces. */
  readonly staysOpen: boolean
}

/**
 * A change that takes pieces back from a partly fulfilled order: lines keep their numbers, and none gets fewer pieces
 * than were fulfilled or billed; if the shop wants fewer, the line's open rest is closed. Reopens lines that were
 * closed because the shop had taken them back (an order on hold), but not those that the vendor closed. Null: the
 * change is of another kind.
 */
export function reduction(order: Wire, body: Wire, event: VendorOrderRequested): Reduction | null {
  const lines = linesOf(order)
  if (isCancelled(order)) return null
  const wanted = linesOf(body).map((line) => ({ line, now: lines.find((one) => one[LINE_FIELD] === line[LINE_FIELD]) }))
  const isLess = wanted.some(({ line, now }) => now !== undefined && quantityOf(line) < quantityOf(now))
  const fits = wanted.every(({ line, now }) => now !== undefined && isSame(line, now))
  const reopens = isWithdrawn(order)
  if (!(isLess || reopens) || !fits || wanted.length !== lines.length) return null
  const refused = wanted.filter(({ line, now }) => now !== undefined && quantityOf(line) < doneOf(now))
  const items = wanted.flatMap((one) => {
    const { line, now = {} } = one
    const open = isTakenBack(order, now) && quantityOf(line) > 0 ? { isClosed: false } : {}
    if (!refused.includes(one)) return [{ ...line, ...open, line: now['line'] }]
    return hasOpen(now) ? [closedLine(now)] : []
  })
  if (refused.length === 0) {
    const isLast = wanted.every(
      ({ line, now = {} }) => line[LINE_FIELD] === TAX_LINE || quantityOf(line) === doneOf(now),
    )
    const mark = isLast ? { [DIGEST_FIELD]: settledMark(event) } : {}
    return { body: { ...body, ...mark, item: { items } }, shipped: null, staysOpen: false }
  }
  // No amounts of the order are sent: they stay those of what was shipped.
  const closed = refused.flatMap(({ now = {} }) => (isOpen(now) ? [now] : []))
  const mark = withdrawnMark(
    event,
    closed.map((line) => textOf(line['line']) ?? ''),
  )
  return {
    body: withdrawnBody(order, mark, items),
    staysOpen: wanted.some((one) => {
      const { line, now = {} } = one
      const isClosed = now['isClosed'] === true && !isTakenBack(order, now)
      return !refused.includes(one) && line[LINE_FIELD] !== TAX_LINE && !isClosed && quantityOf(line) > doneOf(now)
    }),
    shipped: refused.map(({ line, now = {} }) => piecesOf(now, doneOf(now) - quantityOf(line))).join(', '),
  }
}

/**
 * The change of a begun order whose lines and prices stay the same: addresses and texts. A settled order stays marked
 * as settled. Null: lines or prices differ.
 */
export function headerChange(order: Wire, body: Wire, event: Pick<VendorOrderRequested, 'contentDigest'>): Wire | null {
  const lines = linesOf(order)
  const wanted = linesOf(body)
  const isKept = (line: Wire) => {
    const now = lines.find((one) => one[LINE_FIELD] === line[LINE_FIELD])
    return now !== undefined && isSame(line, now) && quantityOf(line) === quantityOf(now)
  }
  if (isCancelled(order) || wanted.length !== lines.length || !wanted.every(isKept)) return null
  const header = Object.fromEntries(Object.entries(body).filter(([name]) => HEADER_FIELDS.includes(name)))
  return isSettled(order) ? { ...header, [DIGEST_FIELD]: settledMark(event) } : header
}

const HEADER_FIELDS: readonly string[] = [
  ...['shippingAddress', 'billingAddress', 'email', 'memo', 'otherRefNum', 'shipMethod'],
  DIGEST_FIELD,
]

/** Whether pieces of it are still to be shipped. */
export function isUnfinished(order: Wire): boolean {
  return linesOf(order).some((line) => line[LINE_FIELD] !== TAX_LINE && hasOpen(line))
}

/** Whether the vendor is done with it: each line is fulfilled, billed (if it is never shipped) or closed. */
export function isDone(order: Wire): boolean {
  return linesOf(order).every(
    (line) => line[LINE_FIELD] === TAX_LINE || line['isClosed'] === true || quantityOf(line) <= doneOf(line),
  )
}

/** Pieces of an item that were fulfilled or billed (`done`), and the rest (`left`). */
export function deliveredOf(order: Wire, item: string): { readonly done: number; readonly left: number } {
  const own = linesOf(order).filter((line) => textOf(wireOf(line['item'])['id']) === item)
  return {
    done: own.reduce((pieces, line) => pieces + doneOf(line), 0),
    left: own.reduce((pieces, line) => pieces + quantityOf(line) - doneOf(line), 0),
  }
}

/** What was shipped of an order, for people. */
function shippedPieces(order: Wire): string {
  const shipped = linesOf(order).filter(isShipped)
  const pieces = shipped.map((line) => piecesOf(line, numberIn(line, 'quantityFulfilled')))
  return pieces.length === 0 ? 'the billed pieces' : pieces.join(', ')
}

/** Closes the open rest of a begun order that the shop cancels; shipped pieces stay. */
export function closedRest(order: Wire, event: VendorOrderRequested): Reduction & { readonly shipped: string } {
  const lines = linesOf(order)
  const open = lines.filter(hasOpen)
  return {
    body: withdrawnBody(order, withdrawnMark(event), open.map(closedLine)),
    shipped: shippedPieces(order),
    staysOpen: false,
  }
}

function withdrawnBody(order: Wire, mark: string, items: readonly Wire[]): Wire | null {
  if (order[DIGEST_FIELD] === mark) return null
  return { [DIGEST_FIELD]: mark, ...(items.length === 0 ? {} : { item: { items } }) }
}

/** The body with the lines that the vendor closed still closed. */
export function withClosedLines(body: Wire, order: Wire): Wire {
  if (closedByTheShop(order)) return body
  // A line without pieces was closed by Waldstream, for the shop.
  const byVendor = linesOf(order).filter((line) => isOpen(line) && !hasOpen(line))
  const closed = new Set(byVendor.map((line) => line[LINE_FIELD]))
  if (closed.size === 0) return body
  const items = linesOf(body).map((line) => (closed.has(line[LINE_FIELD]) ? { ...line, isClosed: true } : line))
  return { ...body, item: { items } }
}

/** What was shipped of an order; `pieces`: only these. */
export function begunOf(order: Wire, pieces = shippedPieces(order)): BegunOrder {
  return { done: `NetSuite has shipped ${pieces}`, details: { salesOrder: textOf(order['id']) } }
}

const quantityOf = (line: Wire): number => numberIn(line, 'quantity')

const doneOf = (line: Wire): number => Math.max(numberIn(line, 'quantityFulfilled'), numberIn(line, 'quantityBilled'))

function piecesOf(line: Wire, pieces: number): string {
  const { refName, id } = wireOf(line['item'])
  return `${pieces} × ${textOf(refName) ?? `item ${textOf(id)}`}`
}

/** Whether the line has the same item at the same price, and no more pieces. */
function isSame(line: Wire, now: Wire): boolean {
  const itemOf = (one: Wire) => textOf(wireOf(one['item'])['id'])
  const isTax = line[LINE_FIELD] === TAX_LINE
  const keepsRate = isTax || line['rate'] === undefined || numberIn(line, 'rate') === numberIn(now, 'rate')
  return itemOf(line) === itemOf(now) && keepsRate && quantityOf(line) <= quantityOf(now)
}

/** Whether a part of it was fulfilled or billed. */
export function isBegun(order: Wire): boolean {
  return linesOf(order).some((line) => ['quantityFulfilled', 'quantityBilled'].some((name) => numberIn(line, name) > 0))
}

function whatHappened(order: Wire, isAgreed: boolean): string | undefined {
  if (isBegun(order)) return 'fulfilled or billed a part of it'
  if (isAgreed) return undefined
  if (isCancelled(order)) return 'cancelled it'
  // Lines that Waldstream closed for the shop can be reopened; a line that the shop took back has no open pieces.
  if (closedByTheShop(order)) return undefined
  return linesOf(order).some((line) => isOpen(line) && !hasOpen(line)) ? 'closed a part of it' : undefined
}
