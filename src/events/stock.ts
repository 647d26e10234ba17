import { type Decimal8, greatest, ZERO8 } from './decimal.ts'

/**
 * The sellable quantity of a stock level: negative stock counts as zero, in totals and at every shop, because a
 * location with a shortage does not reduce what another one can ship.
 */
export function sellable(available: Decimal8): Decimal8 {
  return greatest(available, ZERO8)
}
