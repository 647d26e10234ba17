import { decimal8 } from '../events/decimal.ts'
import { isFields } from '../events/fields.ts'
import type { LocationLevel } from '../rules/sellable-stock.ts'
import type { FeedRow } from './feed-row.ts'

/** The levels in the data of a stock row. Throws `decimal_invalid` for quantities that are not decimals. */
export function stockLevels({ locations }: FeedRow['data']): readonly LocationLevel[] {
  return (Array.isArray(locations) ? locations : []).filter(isFields).map((level) => ({
    location: String(level['location']),
    onHand: decimal8(String(level['on_hand']), 'on_hand'),
    available: decimal8(String(level['available']), 'available'),
  }))
}
