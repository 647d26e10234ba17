import { type Decimal8, greatest, ZERO8 } from './decimal.ts'

/**
 * What can be sold of a level: a location that owes more than it has takes nothing from what another one can ship, so less
 * than none counts as none, in totals and at every shop alike.
 */
export function sellable(available: Decimal8): Decimal8 {
  return greatest(available, ZERO8)
}
