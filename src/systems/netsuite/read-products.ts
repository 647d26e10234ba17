import type { Read } from '../../configuration/model.ts'
import type { Clock } from '../../platform/clock.ts'
import { stringifyExact } from '../../platform/json.ts'
import { type ConfiguredSystem, filterOf } from '../kit/configured-system.ts'
import { fromLocalTime, LOCAL_FORMAT } from '../kit/local-time.ts'
import { newestChange } from '../kit/newest-change.ts'
import { readRows } from '../kit/read-rows.ts'
import { skuKey } from '../kit/sku.ts'
import type { Keyset, ReadEntity, ReadWindow, SourceReader, WindowRow } from '../kit/source.ts'
import { requireText, textOf, type Wire } from '../kit/wire.ts'
import type { NetSuiteClient } from './client.ts'
import { itemPrices } from './item-prices.ts'
import { itemColumns, itemSettings, itemTable, toProduct } from './items.ts'
import { type NetSuiteValues, productFilter } from './settings.ts'
import { afterKey, type Clause, inList, inWindow, netsuitePages } from './window.ts'

const CHANGED = 'item.lastmodifieddate'

/**
 * Items by `lastmodifieddate`, oldest first, with their prices. `read.filter.itemTypes` names the types (NetSuite's
 * codes).
 */
export function readNetSuiteProducts(
  client: NetSuiteClient,
  read: Read,
  system: Pick<ConfiguredSystem<NetSuiteValues>, 'zone' | 'settings'>,
  clock: Clock,
): SourceReader<'products'> {
  const settings = itemSettings(system.settings)
  const { itemTypes } = filterOf(productFilter, read)
  const paging = (columns: readonly string[], window: ReadWindow) => ({
    client,
    query: (last: Keyset | null) => itemQuery(columns, inWindow(CHANGED, window, system.zone), itemTypes, last),
    pageSize: read.pageSize,
    now: () => clock.now(),
  })
  return {
    name: 'netsuite.products',
    entity: 'products',
    async *read(window, after, signal) {
      const pricesOf = itemPrices(client, system.settings)
      for await (const page of netsuitePages(paging(itemColumns(settings), window), after, signal)) {
        const prices = await pricesOf(
          page.rows.map((row) => requireText(row, 'id')),
          signal,
        )
        const toEntity = (row: Wire): ReadEntity<'products'> => {
          const own = prices.get(requireText(row, 'id')) ?? []
          const occurredAt = fromLocalTime(requireText(row, 'changedat'), system.zone, page.requestedAt)
          const raw = stringifyExact({ item: row, prices: own })
          return { key: itemKey(row), occurredAt, deleted: false, data: toProduct(row, own, settings), raw }
        }
        const { rows, reached, requestedAt } = page
        const taken = readRows(rows, itemKey, toEntity)
        const reachedAt = newestChange(taken.entities)
        yield { ...taken, rows: rows.map(windowRow), reached, reachedAt, requestedAt }
      }
    },
    async *list(window: ReadWindow, signal: AbortSignal) {
      const all = { ...paging(['item.id', 'item.itemid'], window), pageSize: 1000 }
      for await (const { rows } of netsuitePages(all, null, signal)) yield rows.map(windowRow)
    },
  }
}

function itemQuery(columns: readonly string[], window: Clause, types: readonly string[], last: Keyset | null): Clause {
  const conditions = [window, inList('item.itemtype', types), ...(last === null ? [] : [afterKey(CHANGED, last)])]
  const sql =
    `SELECT ${columns.join(', ')}, TO_CHAR(${CHANGED}, '${LOCAL_FORMAT}') AS changedat FROM ${itemTable(columns)} ` +
    `WHERE ${conditions.map((condition) => condition.sql).join(' AND ')} ORDER BY ${CHANGED}, item.id`
  return { sql, params: conditions.flatMap(({ params }) => params) }
}

function itemKey(row: Wire): string {
  return skuKey(row['itemid']) ?? `id ${textOf(row['id'])}`
}

function windowRow(row: Wire): WindowRow {
  return { key: itemKey(row), changedAt: textOf(row['changedat']) ?? '' }
}
