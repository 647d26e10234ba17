import type { Decimal8 } from '../../events/decimal.ts'
import { priceOf, textOf } from '../kit/wire.ts'
import { chunks, IN_LIMIT, type SuiteQl } from './suiteql.ts'

/** Whether an item costs so much at a price level; by internal ids. */
export type Costs = (item: string, level: string, price: Decimal8) => boolean

/** Asks for the prices of the items at these levels; nothing is asked for where there is no level. */
export async function levelPrices(
  client: Pick<SuiteQl, 'suiteqlAll'>,
  items: readonly string[],
  levels: readonly string[],
  signal?: AbortSignal,
): Promise<Costs> {
  const known = new Set<string>()
  const priceKey = (item: string, level: string, price: Decimal8) => `${item} ${level} ${price}`
  for (const part of levels.length === 0 ? [] : chunks(items, IN_LIMIT)) {
    const marks = (values: readonly string[]) => values.map(() => '?').join(', ')
    const query =
      'SELECT itemprice.item, itemprice.pricelevel, itemprice.price FROM itemprice ' +
      `WHERE itemprice.item IN (${marks(part)}) AND itemprice.pricelevel IN (${marks(levels)}) ` +
      'ORDER BY itemprice.item, itemprice.pricelevel, itemprice.price'
    for (const row of await client.suiteqlAll(query, [...part, ...levels], signal)) {
      const price = priceOf(row, 'price', 'itemprice.')
      if (price !== null) known.add(priceKey(textOf(row['item']) ?? '', textOf(row['pricelevel']) ?? '', price))
    }
  }
  return (item, level, price) => known.has(priceKey(item, level, price))
}
