import type { Read, System } from '../core/model.ts'
import type { Clock } from '../platform/clock.ts'
import { stringifyExact } from '../platform/json.ts'
import { fromLocalTime, LOCAL_FORMAT } from '../systems/local-time.ts'
import { chunks, IN_LIMIT, type NetSuiteClient } from '../systems/netsuite/client.ts'
import { STOCK_COLUMNS, toInventory } from '../systems/netsuite/inventory.ts'
import { requireText, textOf, type Wire } from '../systems/wire.ts'
import { afterKey, type Clause, idList, inWindow, netsuitePages } from './netsuite-window.ts'
import { readRows } from './read-rows.ts'
import type { Keyset, ReadEntity, ReadWindow, SourceReader, WindowRow } from './source.ts'

const CHANGED = 'stock.lastquantityavailablechange'
/** Stock that never moved has no change time; a read from the beginning takes it all the same. */
const CHANGED_OR_NEVER = `NVL(${CHANGED}, TO_DATE('1970-01-01 00:00:00', '${LOCAL_FORMAT}'))`

/**
 * Items of which a location's available quantity changed, by the latest such change in the window, each with ALL of its
 * locations: a level is absolute, so one read in between is enough. `read.filter.locations` may name location ids.
 */
export function netsuiteInventory(
  client: NetSuiteClient,
  read: Read,
  system: Pick<System, 'id' | 'zone'>,
  clock: Clock,
): SourceReader<'inventory'> {
  const filter = read.filter['locations']
  const locations =
    filter === undefined ? '' : ` AND stock.location IN (${idList(filter.split(',').map((id) => id.trim()))})`
  const paging = (window: ReadWindow) => ({
    client,
    query: (last: Keyset | null) => changedItems(window, system.zone, locations, last),
    pageSize: read.pageSize,
    now: () => clock.now(),
  })
  return {
    name: 'netsuite.inventory',
    entity: 'inventory',
    async *read(window, after, signal) {
      for await (const { rows, reached, requestedAt } of netsuitePages(paging(window), after, signal)) {
        const stock = await stockOf(client, rows, locations, signal)
        const toEntity = (row: Wire): ReadEntity<'inventory'> => {
          const own = stock.get(requireText(row, 'id')) ?? []
          const changes = own.map((location) => textOf(location['changedat'])).filter((change) => change !== null)
          const latest = changes.toSorted().at(-1)
          const occurredAt = latest === undefined ? null : fromLocalTime(latest, system.zone, clock.now())
          const key = itemKey(row)
          const raw = stringifyExact({ item: row, locations: own })
          return { key, occurredAt, deleted: false, data: toInventory(key, own), raw }
        }
        yield { ...readRows(rows, itemKey, toEntity), rows: rows.map(windowRow), reached, requestedAt }
      }
    },
    async *list(window: ReadWindow, signal: AbortSignal) {
      const all = { ...paging(window), pageSize: 1000 }
      for await (const { rows } of netsuitePages(all, null, signal)) yield rows.map(windowRow)
    },
  }
}

function changedItems(window: ReadWindow, zone: string, locations: string, last: Keyset | null): Clause {
  const column = window.from === null ? CHANGED_OR_NEVER : CHANGED
  const latest = `MAX(${column})`
  const range = inWindow(column, window, zone)
  const after = last === null ? { sql: '', params: [] } : afterKey(latest, last)
  const sql =
    `SELECT item.id, item.itemid, TO_CHAR(${latest}, '${LOCAL_FORMAT}') AS changedat ` +
    'FROM aggregateItemLocation stock JOIN item ON item.id = stock.item ' +
    `WHERE ${range.sql}${locations} GROUP BY item.id, item.itemid ` +
    `${after.sql === '' ? '' : `HAVING ${after.sql} `}ORDER BY ${latest}, item.id`
  return { sql, params: [...range.params, ...after.params] }
}

/** All locations of the items, by item id. */
async function stockOf(
  client: NetSuiteClient,
  items: readonly Wire[],
  locations: string,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Wire[]>> {
  const rows: Wire[] = []
  for (const ids of chunks(
    items.map((item) => requireText(item, 'id')),
    IN_LIMIT,
  )) {
    const query =
      `SELECT ${STOCK_COLUMNS.join(', ')}, TO_CHAR(${CHANGED}, '${LOCAL_FORMAT}') AS changedat ` +
      `FROM aggregateItemLocation stock WHERE stock.item IN (${idList(ids)})${locations} ORDER BY stock.item, stock.location`
    rows.push(...(await client.suiteqlAll(query, [], signal)))
  }
  return Map.groupBy(rows, (row) => textOf(row['item']) ?? '')
}

function itemKey(row: Wire): string {
  return textOf(row['itemid']) ?? `id ${textOf(row['id'])}`
}

function windowRow(row: Wire): WindowRow {
  return { key: itemKey(row), changedAt: textOf(row['changedat']) ?? '' }
}
