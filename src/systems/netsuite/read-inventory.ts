import type { Read } from '../../configuration/model.ts'
import type { Clock } from '../../platform/clock.ts'
import { type ConfiguredSystem, filterOf } from '../kit/configured-system.ts'
import { LOCAL_FORMAT } from '../kit/local-time.ts'
import type { Keyset, ReadWindow, SourceReader, WindowRow } from '../kit/source.ts'
import { textOf, type Wire } from '../kit/wire.ts'
import type { NetSuiteClient } from './client.ts'
import { closedLocations } from './locations.ts'
import { hasKits, KIT, kitsWith } from './read-kits.ts'
import { idOf, itemKey, STOCK_CHANGED, stockLevels } from './read-stock.ts'
import { type NetSuiteValues, stockFilter } from './settings.ts'
import { afterKey, type Clause, idList, inWindow, type Phase, phasePages } from './window.ts'

/** Stock that never moved has no change time; a read from the beginning includes it. */
const CHANGED_OR_NEVER = `NVL(${STOCK_CHANGED}, TO_DATE('1970-01-01 00:00:00', '${LOCAL_FORMAT}'))`
const KIT_CHANGED = 'item.lastmodifieddate'
const KITS = 'kit '

/**
 * Items whose available quantity changed at a location, by the latest such change in the window, each with ALL of its
 * locations: levels are absolute, so changes in between need not be read. A kit has no stock of its own: it is read
 * with each change of a member's stock, and with each change of the kit itself. `read.filter.locations` may name
 * location ids.
 */
export function readNetSuiteInventory(
  client: NetSuiteClient,
  read: Read,
  system: Pick<ConfiguredSystem<NetSuiteValues>, 'zone' | 'settings'>,
  clock: Clock,
): SourceReader<'inventory'> {
  const table = system.settings.kitMembers
  const { locations: ids } = filterOf(stockFilter, read)
  const locations = ids === null || ids.length === 0 ? '' : ` AND stock.location IN (${idList(ids)})`
  const levels = stockLevels(client, system, locations, clock)
  const phases = (window: ReadWindow, pageSize: number, kits: boolean): Phase<string>[] => {
    const phase = (name: string, query: (last: Keyset | null) => Clause) => {
      return { name, paging: { client, query, pageSize, now: () => clock.now() } }
    }
    const items = phase('', (last) => changedItems(window, system.zone, locations, last))
    return kits ? [items, phase(KITS, (last) => changedKits(window, system.zone, last))] : [items]
  }
  return {
    name: 'netsuite.inventory',
    entity: 'inventory',
    async *read(window, after, signal) {
      const kitsIn = table !== null && (await hasKits(client, signal)) ? table : null
      const closed = await closedLocations(client, system.settings, signal)
      const all = phases(window, read.pageSize, kitsIn !== null)
      for await (const { phase, rows, reached, requestedAt } of phasePages(all, after, signal)) {
        const ids = rows.map(idOf)
        const parts = phase === KITS ? [] : [await levels.ofItems(rows, closed, signal)]
        if (kitsIn !== null) {
          const kits = phase === KITS ? ids : await kitsWith(client, ids, kitsIn, signal)
          parts.push(await levels.ofKits([...kits], kitsIn, closed, signal))
        }
        const entities = parts.flatMap((part) => part.entities)
        const unreadable = parts.flatMap((part) => part.unreadable)
        yield { entities, unreadable, rows: rows.map(windowRow), reached, requestedAt }
      }
    },
    async *list(window: ReadWindow, signal: AbortSignal) {
      const all = phases(window, 1000, table !== null)
      for await (const { rows } of phasePages(all, null, signal)) yield rows.map(windowRow)
    },
  }
}

function changedItems(window: ReadWindow, zone: string, locations: string, last: Keyset | null): Clause {
  const column = window.from === null ? CHANGED_OR_NEVER : STOCK_CHANGED
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

function changedKits(window: ReadWindow, zone: string, last: Keyset | null): Clause {
  const conditions = [inWindow(KIT_CHANGED, window, zone), ...(last === null ? [] : [afterKey(KIT_CHANGED, last)])]
  const sql =
    `SELECT item.id, item.itemid, TO_CHAR(${KIT_CHANGED}, '${LOCAL_FORMAT}') AS changedat FROM item ` +
    `WHERE item.itemtype = '${KIT}' AND ${conditions.map((condition) => condition.sql).join(' AND ')} ` +
    `ORDER BY ${KIT_CHANGED}, item.id`
  return { sql, params: conditions.flatMap(({ params }) => params) }
}

function windowRow(row: Wire): WindowRow {
  return { key: itemKey(row), changedAt: textOf(row['changedat']) ?? '' }
}
