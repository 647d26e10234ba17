import { type Decimal8, decimal8 } from '../../events/decimal.ts'
import type { PriceTier } from '../../events/generated/events.ts'

/** The quantity that a level's own price is for. */
export const ONE_PIECE = decimal8('1', 'quantity')

/** The prices of more than one piece, by the quantity from which they hold. */
export function tiersOf(byQuantity: ReadonlyMap<Decimal8, Decimal8>): PriceTier[] {
  return [...byQuantity]
    .filter(([from]) => from > ONE_PIECE)
    .map(([from, price]) => ({ from, price }))
    .toSorted((a, b) => (a.from < b.from ? -1 : 1))
}
