import type { Read } from '../../configuration/model.ts'
import type { Clock } from '../../platform/clock.ts'
import { stringifyExact } from '../../platform/json.ts'
import { type ConfiguredSystem, filterOf } from '../kit/configured-system.ts'
import { toLocalTime } from '../kit/local-time.ts'
import { readRows } from '../kit/read-rows.ts'
import type { ReadEntity, SourceReader } from '../kit/source.ts'
import type { Wire } from '../kit/wire.ts'
import type { SapB1Client } from './client.ts'
import { STOCK_FIELDS, toInventory } from './inventory.ts'
import { withoutAnnotations } from './odata.ts'
import { itemFilter, itemKey, itemKeys, itemPages } from './read-items.ts'
import { type SapB1Values, stockFilter } from './settings.ts'

/**
 * The stock of every item, by code: SAP has no times of stock movements, and an item's update time does not change with
 * its stock. So the window is ignored, each run reads everything, and unchanged stock is not published again.
 * `read.filter` may name `warehouses` and `itemGroups`.
 */
export function readSapB1Inventory(
  client: SapB1Client,
  read: Read,
  system: Pick<ConfiguredSystem<SapB1Values>, 'zone'>,
  clock: Clock,
): SourceReader<'inventory'> {
  const { itemGroups, warehouses } = filterOf(stockFilter, read)
  const filter = itemFilter('InventoryItem', itemGroups)
  return {
    name: 'sap-b1.inventory',
    entity: 'inventory',
    async *read(_window, after, signal) {
      const paging = { filter, select: STOCK_FIELDS, pageSize: read.pageSize }
      for await (const { rows, id, requestedAt } of itemPages(client, paging, clock, after?.id ?? null, signal)) {
        const today = toLocalTime(requestedAt, system.zone).slice(0, 10)
        const toEntity = (row: Wire): ReadEntity<'inventory'> => {
          const item = withoutAnnotations(row)
          const data = toInventory(item, today, new Set(warehouses ?? []))
          return { key: itemKey(item), occurredAt: null, deleted: false, data, raw: stringifyExact(item) }
        }
        yield { ...readRows(rows, itemKey, toEntity), rows: [], reached: { changedAt: '', id }, requestedAt }
      }
    },
    keys: (signal) => itemKeys(client, filter, clock, signal),
  }
}
