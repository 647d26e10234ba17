import { StreamError } from '../../errors.ts'
import type { VendorOrderRequested } from '../../events/generated/events.ts'
import { ExactNumber } from '../../platform/json.ts'
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

/** Throws `target_conflict` for an order that the vendor has begun or ended: nothing of that is undone. */
export function assertOpen(order: Wire, { key }: Pick<VendorOrderRequested, 'key'>): void {
  const what = whatHappened(order)
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
  if (isCancelled(order) || lines.some((line) => line['isClosed'] === true && isOpen(line))) return null
  const wanted = linesOf(body).map((line) => ({ line, now: lines.find((one) => one[LINE_FIELD] === line[LINE_FIELD]) }))
  const isLess = wanted.some(({ line, now }) => now !== undefined && quantityOf(line) < quantityOf(now))
  const fits = wanted.every(({ line, now }) => now !== undefined && isKept(line, now))
  if (!isLess || !fits || wanted.length !== lines.length) return null
  const items = wanted.map(({ line, now }) => ({ ...line, line: now?.['line'] }))
  return { ...body, item: { items } }
}

const quantityOf = (line: Wire): number => numberIn(line, 'quantity')

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

function whatHappened(order: Wire): string | undefined {
  const lines = linesOf(order)
  if (isBegun(order)) return 'fulfilled or billed a part of it'
  if (isCancelled(order)) return 'cancelled it'
  // What we closed for the shop opens again with it; a line that the shop took back has nothing open.
  if (closedByTheShop(order) || !lines.some((line) => line['isClosed'] === true && isOpen(line))) return undefined
  return 'closed a part of it'
}
