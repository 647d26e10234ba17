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
/** Pieces of it that the vendor would still ship. */
const hasOpen = (line: Wire): boolean => line['isClosed'] !== true && isOpen(line)
const isShipped = (line: Wire): boolean => line[LINE_FIELD] !== TAX_LINE && numberIn(line, 'quantityFulfilled') > 0

export const isCancelled = (order: Wire): boolean => textOf(wireOf(order['status'])['id']) === 'C'

/** The vendor cancelled it, or closed every line: there is nothing left to cancel. */
export function isEnded(order: Wire): boolean {
  const lines = linesOf(order)
  return isCancelled(order) || (lines.length > 0 && lines.every((line) => line['isClosed'] === true))
}

/**
 * Throws `target_conflict` for an order that the vendor has begun or ended: nothing of that is undone. What the vendor ended is
 * no conflict where the shop only takes pieces back: nothing of it is begun again.
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

/** The shop takes pieces back, and wants no more of any line than NetSuite has. */
export function takesBack(order: Wire, { data }: Pick<VendorOrderRequested, 'data'>): boolean {
  const lines = linesOf(order)
  const wanted = lines.flatMap((now) => {
    const line = data.lines.find(({ lineId }) => lineId === now[LINE_FIELD])
    return line === undefined ? [] : [{ pieces: Number(text8(vendorQuantity(line))), now: quantityOf(now) }]
  })
  // Of a bundle NetSuite may have the components.
  const isThere = (id: string) => lines.some((now) => now[LINE_FIELD] === id)
  const isNew = ({ lineId }: OrderLine) =>
    !isThere(lineId) && !data.lines.some((part) => part.parentLineId === lineId && isThere(part.lineId))
  if (topLevelLines(data).some(isNew)) return false
  return wanted.every(({ pieces, now }) => pieces <= now) && wanted.some(({ pieces, now }) => pieces < now)
}

/** What of a begun order is changed; null: it is so already. And which pieces stay although the shop takes them back: they were shipped. */
export interface Reduction {
  readonly body: Wire | null
  /** Null: all that the shop takes back is taken back. */
  readonly shipped: string | null
  /** Of an order of which pieces stay so: the shop still wants something that is open. */
  readonly staysOpen: boolean
}

/**
 * A change that takes pieces back of an order of which a part is fulfilled: lines keep their numbers, and none has fewer
 * pieces than were fulfilled or billed; of one that is to have fewer, what is open is closed. What was closed because the shop
 * had taken it back (an order on hold) is open again, what the vendor closed is not. Null: it changes something else, or more.
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
  // The order's amounts are those of what was shipped.
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
 * What of a begun order is changed where its lines and prices are the same: addresses, and what people read. One of which the
 * shop wants no more stays marked so. Null: they are not.
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

/** Something of it is still to be shipped. */
export function isUnfinished(order: Wire): boolean {
  return linesOf(order).some((line) => line[LINE_FIELD] !== TAX_LINE && hasOpen(line))
}

/** The vendor does nothing more of it: each line is fulfilled, billed (what is never shipped) or closed. */
export function isDone(order: Wire): boolean {
  return linesOf(order).every(
    (line) => line[LINE_FIELD] === TAX_LINE || line['isClosed'] === true || quantityOf(line) <= doneOf(line),
  )
}

/** Pieces of an item that were fulfilled or billed, and that were not. */
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
  return pieces.length === 0 ? 'what it has billed' : pieces.join(', ')
}

/** What is open of a begun order that the shop cancels is closed; what was shipped of it stays. */
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

/** The body, where the lines that the vendor closed stay closed. */
export function withClosedLines(body: Wire, order: Wire): Wire {
  if (closedByTheShop(order)) return body
  // A line without pieces is one that we closed for the shop.
  const byVendor = linesOf(order).filter((line) => isOpen(line) && !hasOpen(line))
  const closed = new Set(byVendor.map((line) => line[LINE_FIELD]))
  if (closed.size === 0) return body
  const items = linesOf(body).map((line) => (closed.has(line[LINE_FIELD]) ? { ...line, isClosed: true } : line))
  return { ...body, item: { items } }
}

/** What was shipped of an order; `pieces`: these alone. */
export function begunOf(order: Wire, pieces = shippedPieces(order)): BegunOrder {
  return { done: `NetSuite has shipped ${pieces}`, details: { salesOrder: textOf(order['id']) } }
}

const quantityOf = (line: Wire): number => numberIn(line, 'quantity')

const doneOf = (line: Wire): number => Math.max(numberIn(line, 'quantityFulfilled'), numberIn(line, 'quantityBilled'))

function piecesOf(line: Wire, pieces: number): string {
  const { refName, id } = wireOf(line['item'])
  return `${pieces} × ${textOf(refName) ?? `item ${textOf(id)}`}`
}

/** The same item at the same price, and no more pieces. */
function isSame(line: Wire, now: Wire): boolean {
  const itemOf = (one: Wire) => textOf(wireOf(one['item'])['id'])
  const isTax = line[LINE_FIELD] === TAX_LINE
  const keepsRate = isTax || line['rate'] === undefined || numberIn(line, 'rate') === numberIn(now, 'rate')
  return itemOf(line) === itemOf(now) && keepsRate && quantityOf(line) <= quantityOf(now)
}

/** A part of it was fulfilled or billed. */
export function isBegun(order: Wire): boolean {
  return linesOf(order).some((line) => ['quantityFulfilled', 'quantityBilled'].some((name) => numberIn(line, name) > 0))
}

function whatHappened(order: Wire, isAgreed: boolean): string | undefined {
  if (isBegun(order)) return 'fulfilled or billed a part of it'
  if (isAgreed) return undefined
  if (isCancelled(order)) return 'cancelled it'
  // What we closed for the shop opens again with it; a line that the shop took back has nothing open.
  if (closedByTheShop(order)) return undefined
  return linesOf(order).some((line) => isOpen(line) && !hasOpen(line)) ? 'closed a part of it' : undefined
}
