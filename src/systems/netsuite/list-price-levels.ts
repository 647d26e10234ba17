import type { PriceLevel } from '../kit/price-level.ts'
import { requireText } from '../kit/wire.ts'
import type { SuiteQl } from './suiteql.ts'

const LEVELS =
  'SELECT itemprice.pricelevel, itemprice.pricelevelname FROM itemprice ' +
  'GROUP BY itemprice.pricelevel, itemprice.pricelevelname ORDER BY itemprice.pricelevel, itemprice.pricelevelname'

/** The price levels that some item has a price at. */
export async function listPriceLevels(
  client: Pick<SuiteQl, 'suiteqlAll'>,
  signal: AbortSignal,
): Promise<readonly PriceLevel[]> {
  const rows = await client.suiteqlAll(LEVELS, [], signal)
  return rows.map((row) => ({ id: requireText(row, 'pricelevel'), name: requireText(row, 'pricelevelname') }))
}
