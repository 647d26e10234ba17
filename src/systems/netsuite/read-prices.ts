import type { Read } from '../../configuration/model.ts'
import type { Clock } from '../../platform/clock.ts'
import { stringifyExact } from '../../platform/json.ts'
import { type ConfiguredSystem, filterOf } from '../kit/configured-system.ts'
import { readRows } from '../kit/read-rows.ts'
import { skuKey } from '../kit/sku.ts'
import type { EntityWarning, ReadEntity, SourceReader } from '../kit/source.ts'
import { requireText, textOf, type Wire } from '../kit/wire.ts'
import type { NetSuiteClient } from './client.ts'
import { itemPrices, knownCurrencies } from './item-prices.ts'
import { toPrices } from './prices.ts'
import { type NetSuiteValues, priceFilter } from './settings.ts'
import { SUITEQL_LIMIT } from './suiteql.ts'
import { type Clause, idPages, inList } from './window.ts'

/**
 * The prices of every item, by item id: `itemprice` has no change times, and not every price change touches the item
 * (a changed price level, a cost computed from purchases). So the window is ignored, each run reads everything, and
 * unchanged prices are not published again. `read.filter.itemTypes` names the types.
 */
export function readNetSuitePrices(
  client: NetSuiteClient,
  read: Read,
  { settings }: Pick<ConfiguredSystem<NetSuiteValues>, 'settings'>,
  clock: Clock,
): SourceReader<'prices'> {
  const types = inList('item.itemtype', filterOf(priceFilter, read).itemTypes)
  const { costColumn, currency } = settings
  const columns = ['item.id', 'item.itemid', ...(costColumn === null ? [] : [`item.${costColumn} AS cost`])]
  const pages = (pageSize: number, after: string | null, signal: AbortSignal) => {
    const query = (last: string | null) => itemQuery(columns, types, last)
    return idPages({ client, query, pageSize, now: () => clock.now() }, after, signal)
  }
  return {
    name: 'netsuite.prices',
    entity: 'prices',
    async *read(_window, after, signal) {
      const pricesOf = itemPrices(client, settings, { quantities: true })
      const newest = await newestBySku(client, types, signal)
      for await (const { rows, id, requestedAt } of pages(read.pageSize, after?.id ?? null, signal)) {
        const items = rows.filter((row) => isNewest(row, newest))
        const prices = await pricesOf(
          items.map((row) => requireText(row, 'id')),
          signal,
        )
        const toEntity = (row: Wire): ReadEntity<'prices'> => {
          const all = prices.get(requireText(row, 'id')) ?? []
          const { known, unknown } = knownCurrencies(all)
          const data = toPrices(row, known, currency)
          const raw = stringifyExact({ item: row, prices: all })
          const entity = { key: itemKey(row), occurredAt: null, deleted: false, data, raw }
          return unknown.length === 0 ? entity : { ...entity, warning: currencyWarning(unknown) }
        }
        yield { ...readRows(items, itemKey, toEntity), rows: [], reached: { changedAt: '', id }, requestedAt }
      }
    },
    async *keys(signal) {
      for await (const { rows } of pages(SUITEQL_LIMIT, null, signal)) yield rows.map((row) => ({ key: itemKey(row) }))
    },
  }
}

function itemQuery(columns: readonly string[], types: Clause, last: string | null): Clause {
  const beyond = last === null ? '' : ` AND item.id > ${last}`
  return {
    sql: `SELECT ${columns.join(', ')} FROM item WHERE ${types.sql}${beyond} ORDER BY item.id`,
    params: types.params,
  }
}

/**
 * SKUs that several items have, with the id of the newest of them: only its prices count. Otherwise the items would
 * replace each other's prices in each run.
 */
async function newestBySku(
  client: NetSuiteClient,
  types: Clause,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, string>> {
  const sql =
    `SELECT item.itemid, MAX(item.id) AS id FROM item WHERE ${types.sql} ` +
    'GROUP BY item.itemid HAVING COUNT(item.id) > 1 ORDER BY item.itemid'
  const rows = await client.suiteqlAll(sql, types.params, signal)
  return new Map(rows.map((row) => [itemKey(row), requireText(row, 'id')]))
}

function isNewest(row: Wire, newest: ReadonlyMap<string, string>): boolean {
  const id = newest.get(itemKey(row))
  return id === undefined || id === textOf(row['id'])
}

function itemKey(row: Wire): string {
  return skuKey(row['itemid']) ?? `id ${textOf(row['id'])}`
}

function currencyWarning(ids: readonly string[]): EntityWarning {
  const message =
    `prices in the currencies with the internal ids ${ids.join(', ')} are left out: the role cannot see which they are. ` +
    'Give it Lists > Currency (View), or add the ids to settings.currencies'
  return { code: 'permission_missing', message }
}
