import type { StaleStock } from '../configuration/model.ts'
import { type Decimal8, decimal8, least, subtract, text8, ZERO8 } from '../events/decimal.ts'
import { isFields } from '../events/fields.ts'
import type { FeedRow } from '../projections/feed-row.ts'

type Data = FeedRow['data']

/**
 * Applies a connection's policy to the data of a stock row whose source was not read for too long. Throws
 * `value_undecodable` for quantities that are not decimals.
 */
export function staleData(data: Data, { policy, buffer }: StaleStock): Data {
  switch (policy) {
    case 'keep':
      return data
    case 'hold':
      return { ...data, in_stock: false }
    case 'buffer':
      return atMost(data, decimal8(buffer ?? 0, 'buffer'))
    case 'zero':
      return atMost(data, ZERO8)
  }
}

/** Limits the total to `most`, taken from the locations in their order. */
function atMost(data: Data, most: Decimal8): Data {
  const { total, locations } = data
  const left = least(decimal8(String(total), 'total'), most)
  let rest = most
  const lowered = (Array.isArray(locations) ? locations : []).map((location: unknown) => {
    if (!isFields(location)) return location
    const available = least(decimal8(String(location['available']), 'available'), rest)
    if (available > ZERO8) rest = subtract(rest, available)
    return { ...location, available: text8(available) }
  })
  return { ...data, total: text8(left), in_stock: data['in_stock'] === true && left > ZERO8, locations: lowered }
}
