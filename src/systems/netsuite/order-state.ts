import { StreamError } from '../../errors.ts'
import type { VendorOrderRequested } from '../../events/generated/events.ts'
import { textOf, type Wire, wireOf, wiresOf } from '../kit/wire.ts'
import { closedByTheShop } from './custom-fields.ts'

const linesOf = (order: Wire): readonly Wire[] => wiresOf(wireOf(order['item'])['items'])
const numberIn = (line: Wire, name: string): number => Number(textOf(line[name]) ?? 0)
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

function whatHappened(order: Wire): string | undefined {
  const lines = linesOf(order)
  const begun = lines.some((line) => ['quantityFulfilled', 'quantityBilled'].some((name) => numberIn(line, name) > 0))
  if (begun) return 'fulfilled or billed a part of it'
  if (isCancelled(order)) return 'cancelled it'
  // What we closed for the shop opens again with it; a line that the shop took back has nothing open.
  if (closedByTheShop(order) || !lines.some((line) => line['isClosed'] === true && isOpen(line))) return undefined
  return 'closed a part of it'
}
