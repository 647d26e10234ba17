import type { Read } from '../../configuration/model.ts'
import type { Clock } from '../../platform/clock.ts'
import { stringifyExact } from '../../platform/json.ts'
import { type ConfiguredSystem, filterOf } from '../kit/configured-system.ts'
import { fromLocalTime, toLocalTime } from '../kit/local-time.ts'
import { readRows } from '../kit/read-rows.ts'
import type { Keyset, ReadEntity, ReadWindow, SourceReader, WindowRow } from '../kit/source.ts'
import type { Wire } from '../kit/wire.ts'
import type { SapB1Client } from './client.ts'
import { toProduct } from './items.ts'
import { namesByCode } from './lookups.ts'
import { withoutAnnotations } from './odata.ts'
import { itemFilter, itemKey, itemKeys } from './read-items.ts'
import { itemSettings, productFilter, type SapB1Values } from './settings.ts'
import { stampOf, UPDATED } from './time.ts'
import { changePasses, type Pass, passPages } from './window.ts'

const CREATED = { date: 'CreateDate', time: 'CreateTime' }
/** Properties of a row that the proof of a window needs. */
const IDENTITY = ['ItemCode', 'UpdateDate', 'UpdateTime', 'CreateDate', 'CreateTime']
const LIST_PAGE = 1000

/**
 * Items that are sold, by their last change, oldest first, with their prices; `read.filter.itemGroups` may name groups.
 */
export function readSapB1Products(
  client: SapB1Client,
  read: Read,
  system: Pick<ConfiguredSystem<SapB1Values>, 'id' | 'zone' | 'settings'>,
  clock: Clock,
): SourceReader<'products'> {
  const settings = itemSettings(system.settings)
  const { zone } = system
  const { itemGroups } = filterOf(productFilter, read)
  const items = {
    collection: 'Items',
    id: { name: 'ItemCode', isText: true },
    filter: itemFilter('SalesItem', itemGroups),
  }
  const pages = (
    passes: readonly Pass[],
    window: ReadWindow,
    after: Keyset | null,
    size: number,
    signal: AbortSignal,
  ) => passPages({ client, window, zone, pageSize: size, now: () => clock.now(), signal }, passes, after)
  return {
    name: 'sap-b1.products',
    entity: 'products',
    async *read(window, after, signal) {
      const manufacturers = await namesByCode(client, 'Manufacturers', ['Code', 'ManufacturerName'], signal)
      for await (const page of pages(changePasses(items, CREATED), window, after, read.pageSize, signal)) {
        const today = toLocalTime(page.requestedAt, zone).slice(0, 10)
        const toEntity = (row: Wire): ReadEntity<'products'> => {
          const item = withoutAnnotations(row)
          const stamp = changedAt(item)
          const occurredAt = stamp === null ? null : fromLocalTime(stamp, zone, page.requestedAt)
          const data = toProduct(item, settings, { manufacturers, today })
          return { key: itemKey(item), occurredAt, deleted: false, data, raw: stringifyExact(item) }
        }
        const { rows, reached, requestedAt } = page
        yield { ...readRows(rows, itemKey, toEntity), rows: rows.map(windowRow), reached, requestedAt }
      }
    },
    async *list(window, signal) {
      const passes = changePasses({ ...items, select: IDENTITY }, CREATED)
      for await (const { rows } of pages(passes, window, null, LIST_PAGE, signal)) yield rows.map(windowRow)
    },
    // Not by time: an item whose first change happens while the passes are listed may be in neither of them.
    keys: (signal) => itemKeys(client, items.filter, clock, signal),
  }
}

function changedAt(row: Wire): string | null {
  return stampOf(row, UPDATED) ?? stampOf(row, CREATED)
}

function windowRow(row: Wire): WindowRow {
  return { key: itemKey(row), changedAt: changedAt(row) ?? '' }
}
