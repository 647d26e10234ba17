import type { Inventory } from '../../events/generated/events.ts'
import type { Clock } from '../../platform/clock.ts'
import { stringifyExact } from '../../platform/json.ts'
import type { ConfiguredSystem } from '../kit/configured-system.ts'
import { fromLocalTime, LOCAL_FORMAT } from '../kit/local-time.ts'
import { type ReadRows, readRows } from '../kit/read-rows.ts'
import { requireSku, skuKey } from '../kit/sku.ts'
import type { ReadEntity } from '../kit/source.ts'
import { requireText, textOf, type Wire } from '../kit/wire.ts'
import type { NetSuiteClient } from './client.ts'
import { STOCK_COLUMNS, toInventory } from './inventory.ts'
import { isOfServices, kitInventory, needsOf, serviceKit } from './kits.ts'
import { detailsOf } from './query-details.ts'
import { kitRows, membersOf } from './read-kits.ts'
import type { KitTable, NetSuiteValues } from './settings.ts'

/** When stock of `aggregateItemLocation stock` last changed. */
export const STOCK_CHANGED = 'stock.lastquantityavailablechange'

/** Current stock levels of items and kits, whichever row showed that they changed. */
export interface StockLevels {
  /** For rows with `id` and `itemid`; each item with all of its locations. `closed`: see `closedLocations`. */
  ofItems(rows: readonly Wire[], closed: ReadonlySet<string>, signal: AbortSignal): Promise<ReadRows<'inventory'>>
  /** For ids of kits: as many kits as the levels of their members allow. */
  ofKits(
    kits: readonly string[],
    table: KitTable,
    closed: ReadonlySet<string>,
    signal: AbortSignal,
  ): Promise<ReadRows<'inventory'>>
}

/** `locations`: an SQL condition that selects locations, or an empty text for all. */
export function stockLevels(
  client: NetSuiteClient,
  { zone, settings: { serviceKitStock } }: Pick<ConfiguredSystem<NetSuiteValues>, 'zone' | 'settings'>,
  locations: string,
  clock: Clock,
): StockLevels {
  const levelsOf = (items: readonly string[], signal: AbortSignal) => {
    const query = (list: string) =>
      `SELECT ${STOCK_COLUMNS.join(', ')}, TO_CHAR(${STOCK_CHANGED}, '${LOCAL_FORMAT}') AS changedat ` +
      `FROM aggregateItemLocation stock WHERE stock.item IN (${list})${locations} ORDER BY stock.item, stock.location`
    return detailsOf(client, items, { by: 'item', query }, signal)
  }
  const latestOf = (rows: readonly Wire[]): number | null => {
    const changes = rows.map((row) => textOf(row['changedat'])).filter((change) => change !== null)
    const latest = changes.toSorted().at(-1)
    return latest === undefined ? null : fromLocalTime(latest, zone, clock.now())
  }
  return {
    async ofItems(rows, closed, signal) {
      const stock = await levelsOf(rows.map(idOf), signal)
      return readRows(rows, itemKey, (row): ReadEntity<'inventory'> => {
        const own = stock.get(idOf(row)) ?? []
        const key = requireSku(row, 'itemid')
        const raw = stringifyExact({ item: row, locations: own })
        return { key, occurredAt: latestOf(own), deleted: false, data: toInventory(key, own, closed), raw }
      })
    },
    async ofKits(kits, table, closed, signal) {
      const rows = await kitRows(client, kits, signal)
      const members = await membersOf(client, rows.map(idOf), table, signal)
      const items = [...members.values()].flat().map((row) => requireText(row, 'member'))
      const stock = await levelsOf(items, signal)
      return readRows(rows, itemKey, (row): ReadEntity<'inventory'> => {
        const needs = needsOf(idOf(row), members)
        const own = needs.map(({ item, sku }) => ({ item, sku, locations: stock.get(item) ?? [] }))
        const levels = own.map(({ item, sku, locations: at }): [string, Inventory] => [
          item,
          toInventory(sku, at, closed),
        ])
        const key = requireSku(row, 'itemid')
        // Content changes only with a member's stock or the kit itself, so the latest of these orders it (Guarantee 4).
        const occurredAt = latestOf([row, ...own.flatMap(({ locations: at }) => at)])
        const raw = stringifyExact({ item: row, members: own })
        const data = isOfServices(idOf(row), members)
          ? serviceKit(key, serviceKitStock)
          : kitInventory(key, needs, new Map(levels))
        return { key, occurredAt, deleted: false, data, raw }
      })
    },
  }
}

export const idOf = (row: Wire): string => requireText(row, 'id')

export function itemKey(row: Wire): string {
  return skuKey(row['itemid']) ?? `id ${textOf(row['id'])}`
}
