import { StreamError } from '../../errors.ts'
import { text8 } from '../../events/decimal.ts'
import type { VendorOrderRequested } from '../../events/generated/events.ts'
import { ExactNumber } from '../../platform/json.ts'
import { vendorQuantity } from '../../rules/quantities.ts'
import { textOf, type Wire, wireOf, wiresOf } from '../kit/wire.ts'
import { closedByTheShop, LINE_FIELD, TAX_LINE } from './custom-fields.ts'

const linesOf = (order: Wire): readonly Wire[] => wiresOf(wireOf(order['item'])['items'])
const numberIn = (line: Wire, name: string): number => {
  const value = line[name]
  return Number((value instanceof ExactNumber ? value.text : textOf(value)) ?? 0)
}
const isOpen = (line: Wire): boolean => numberIn(line, 'quantity') > numberIn(line, 'quantityFulfilled')
const isCancelled = (order: Wire): boolean => textOf(wireOf(order['status'])['id']) === 'C'

/** The vendor cancelled it, or closed every line: there is nothing left to cancel. */
export function isEnded(order: Wire): boolean {
  const lines = linesOf(order)
  return isCancelled(order) || (lines.length > 0 && lines.every((line) => line['isClosed'] === true))
}

/**
 * Throws `target_conflict` for an order that the vendor has begun or ended: nothing of that is undone. What the vendor closed
 * and the shop takes back too is none: both are of one mind.
 */
export function assertOpen(order: Wire, event: Pick<VendorOrderRequested, 'key' | 'canceled' | 'data'>): void {
  const { key } = event
  const what = whatHappened(order, (line) => isTakenBack(line, event))
  if (what === undefined) return
  throw new StreamError(
    'target_conflict',
    `order ${key} changed in the shop, but NetSuite has ${what}; settle it there by hand`,
    {
      details: { salesOrder: textOf(order['id']) },
    },
  )
}

/**
 * The body of a change that takes pieces back of an order of which a part is fulfilled: lines keep their numbers, and none has
 * fewer pieces than were fulfilled or billed. Null: it changes something else, or more.
 */
export function reducedBody(order: Wire, body: Wire): Wire | null {
  const lines = linesOf(order)
  if (isCancelled(order)) return null
  const wanted = linesOf(body).map((line) => ({ line, now: lines.find((one) => one[LINE_FIELD] === line[LINE_FIELD]) }))
  const isLess = wanted.some(({ line, now }) => now !== undefined && quantityOf(line) < quantityOf(now))
  const fits = wanted.every(({ line, now }) => now !== undefined && isKept(line, now) && closesAlike(line, now))
  if (!isLess || !fits || wanted.length !== lines.length) return null
  const items = wanted.map(({ line, now }) => ({ ...line, line: now?.['line'] }))
  return { ...body, item: { items } }
}

const quantityOf = (line: Wire): number => numberIn(line, 'quantity')

/** What the vendor closed of a line, the shop has taken back; nothing of it is opened again. */
function closesAlike(line: Wire, now: Wire): boolean {
  return now['isClosed'] !== true || !isOpen(now) || quantityOf(line) === numberIn(now, 'quantityFulfilled')
}

/** The shop wants no more of a line than was fulfilled. */
function isTakenBack(line: Wire, { canceled, data }: Pick<VendorOrderRequested, 'canceled' | 'data'>): boolean {
  if (canceled) return true
  const wanted = data.lines.find(({ lineId }) => lineId === line[LINE_FIELD])
  return wanted !== undefined && Number(text8(vendorQuantity(wanted))) === numberIn(line, 'quantityFulfilled')
}

/** The same item at the same price, and all that was fulfilled or billed of it. */
function isKept(line: Wire, now: Wire): boolean {
  const itemOf = (one: Wire) => textOf(wireOf(one['item'])['id'])
  const done = Math.max(numberIn(now, 'quantityFulfilled'), numberIn(now, 'quantityBilled'))
  const quantity = quantityOf(line)
  const isTax = line[LINE_FIELD] === TAX_LINE
  const keepsRate = isTax || line['rate'] === undefined || numberIn(line, 'rate') === numberIn(now, 'rate')
  const isSame = itemOf(line) === itemOf(now) && keepsRate
  return isSame && quantity >= done && quantity <= quantityOf(now)
}

/** A part of it was fulfilled or billed. */
export function isBegun(order: Wire): boolean {
  return linesOf(order).some((line) => ['quantityFulfilled', 'quantityBilled'].some((name) => numberIn(line, name) > 0))
}

function whatHappened(order: Wire, isAgreed: (line: Wire) => boolean): string | undefined {
  const lines = linesOf(order)
  if (isBegun(order)) return 'fulfilled or billed a part of it'
  if (isCancelled(order)) return 'cancelled it'
  // What we closed for the shop opens again with it; a line that the shop took back has nothing open.
  if (closedByTheShop(order)) return undefined
  const isClosed = lines.some((line) => line['isClosed'] === true && isOpen(line) && !isAgreed(line))
  return isClosed ? 'closed a part of it' : undefined
}
