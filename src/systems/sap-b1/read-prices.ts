import type { Read } from '../../configuration/model.ts'
import { StreamError } from '../../errors.ts'
import type { Clock } from '../../platform/clock.ts'
import { stringifyExact } from '../../platform/json.ts'
import { type ConfiguredSystem, filterOf } from '../kit/configured-system.ts'
import { readRows } from '../kit/read-rows.ts'
import type { ReadEntity, SourceReader } from '../kit/source.ts'
import { requireText, type Wire } from '../kit/wire.ts'
import type { SapB1Client } from './client.ts'
import { quoted, withoutAnnotations } from './odata.ts'
import { activePriceLists } from './price-lists.ts'
import { toPrices } from './prices.ts'
import { itemCode, itemFilter, itemKey, itemKeys, itemPages } from './read-items.ts'
import { itemSettings, priceFilter, type SapB1Values } from './settings.ts'

const SPECIALS_PAGE = 500
/** Owners of the special prices of price lists: `*1`, `*2`. */
const OF_LISTS = "startswith(CardCode,'*')"

/**
 * The prices of every item that is sold, by code, with the special prices of price lists: SAP documents no change time
 * of prices, and special prices are records of their own. So the window is ignored, each run reads everything, and
 * unchanged prices are not published again. `read.filter` may name `itemGroups`, and `customers` whose special prices
 * are read.
 */
export function readSapB1Prices(
  client: SapB1Client,
  read: Read,
  { zone, settings }: Pick<ConfiguredSystem<SapB1Values>, 'zone' | 'settings'>,
  clock: Clock,
): SourceReader<'prices'> {
  const { itemGroups, customers } = filterOf(priceFilter, read)
  const filter = itemFilter('SalesItem', itemGroups)
  const cost = settings.costProperty === 'none' ? null : settings.costProperty
  const select = ['ItemCode', 'ItemPrices', ...(cost === null ? [] : [cost])]
  const owners = `(${[OF_LISTS, ...(customers ?? []).map((code) => `CardCode eq ${quoted(code)}`)].join(' or ')})`
  return {
    name: 'sap-b1.prices',
    entity: 'prices',
    async *read(_window, after, signal) {
      const lists = await activePriceLists(client, zone, signal)
      const own = { ...itemSettings(settings), currency: settings.currency, cost, lists, zone }
      const paging = { filter, select, pageSize: read.pageSize }
      for await (const { rows, id, requestedAt } of itemPages(client, paging, clock, after?.id ?? null, signal)) {
        const specials = await specialPrices(client, rows, owners, signal)
        const toEntity = (row: Wire): ReadEntity<'prices'> => {
          const item = withoutAnnotations(row)
          const special = specials.get(itemCode(item)) ?? []
          const data = toPrices(item, special, own)
          return { key: itemKey(item), occurredAt: null, deleted: false, data, raw: stringifyExact({ item, special }) }
        }
        yield { ...readRows(rows, itemKey, toEntity), rows: [], reached: { changedAt: '', id }, requestedAt }
      }
    },
    keys: (signal) => itemKeys(client, filter, clock, signal),
  }
}

/** Special prices of consecutive items, by item; by (item, owner), never by `$skip`. */
async function specialPrices(
  client: SapB1Client,
  items: readonly Wire[],
  owners: string,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, readonly Wire[]>> {
  const [first, last] = [items[0], items.at(-1)].map((item) => quoted(itemCode(item ?? {})))
  const range = `ItemCode ge ${first} and ItemCode le ${last} and ${owners}`
  const found: Wire[] = []
  for (let beyond = ''; ; ) {
    const query = { filter: range + beyond, orderBy: ['ItemCode', 'CardCode'], pageSize: SPECIALS_PAGE }
    const { rows, more } = await client.find('SpecialPrices', query, signal)
    found.push(...rows.map(withoutAnnotations))
    const end = rows.at(-1)
    if (end === undefined || !(more || rows.length >= SPECIALS_PAGE)) break
    const [item, owner] = [quoted(itemCode(end)), quoted(requireText(end, 'CardCode'))]
    const next = ` and (ItemCode gt ${item} or (ItemCode eq ${item} and CardCode gt ${owner}))`
    if (next === beyond) throw new StreamError('source_data_invalid', `SAP returned the special price of ${item} twice`)
    beyond = next
  }
  return Map.groupBy(found, itemCode)
}
