import type { Read, System } from '../core/model.ts'
import { StreamError } from '../errors.ts'
import type { Clock } from '../platform/clock.ts'
import { stringifyExact } from '../platform/json.ts'
import { toLocalTime } from '../systems/local-time.ts'
import type { SapB1Client } from '../systems/sap-b1/client.ts'
import { STOCK_FIELDS, toInventory } from '../systems/sap-b1/inventory.ts'
import { quoted, withoutAnnotations } from '../systems/sap-b1/odata.ts'
import { names } from '../systems/sap-b1/settings.ts'
import type { Wire } from '../systems/wire.ts'
import { readRows } from './read-rows.ts'
import { itemFilter, itemKey } from './sap-b1-products.ts'
import type { ReadEntity, SourceReader } from './source.ts'

const KEYS_PAGE = 1000

/**
 * The stock of every item, by code: SAP tells no time of a movement, and an item's own does not move with its stock. So
 * the window says nothing, each run reads all, and what did not change is not published again. `read.filter` may name
 * `warehouses` and `itemGroups`.
 */
export function sapB1Inventory(
  client: SapB1Client,
  read: Read,
  system: Pick<System, 'zone'>,
  clock: Clock,
): SourceReader<'inventory'> {
  const warehouses = new Set(names(read.filter['warehouses']))
  const filter = itemFilter(read, 'InventoryItem')
  return {
    name: 'sap-b1.inventory',
    entity: 'inventory',
    async *read(_window, after, signal) {
      const paging = { filter, select: STOCK_FIELDS, pageSize: read.pageSize }
      for await (const { rows, id, requestedAt } of itemPages(client, paging, clock, after?.id ?? null, signal)) {
        const today = toLocalTime(requestedAt, system.zone).slice(0, 10)
        const toEntity = (row: Wire): ReadEntity<'inventory'> => {
          const item = withoutAnnotations(row)
          const data = toInventory(item, today, warehouses)
          return { key: itemKey(item), occurredAt: null, deleted: false, data, raw: stringifyExact(item) }
        }
        yield { ...readRows(rows, itemKey, toEntity), rows: [], reached: { changedAt: '', id }, requestedAt }
      }
    },
    async *keys(signal) {
      const paging = { filter, select: ['ItemCode'], pageSize: KEYS_PAGE }
      for await (const { rows } of itemPages(client, paging, clock, null, signal)) {
        yield rows.map((row) => ({ key: itemKey(row) }))
      }
    },
  }
}

/** Items after a code, by code, in the server's own order of codes. */
async function* itemPages(
  client: SapB1Client,
  paging: { readonly filter: string; readonly select: readonly string[]; readonly pageSize: number },
  clock: Clock,
  after: string | null,
  signal: AbortSignal,
) {
  for (let last = after; ; ) {
    const requestedAt = clock.now()
    const beyond = last === null ? '' : ` and ItemCode gt ${quoted(last)}`
    const query = { ...paging, filter: paging.filter + beyond, orderBy: ['ItemCode'] }
    const { rows, more } = await client.find('Items', query, signal)
    const end = rows.at(-1)
    if (end === undefined) return
    const id = itemKey(end)
    if (id === last) throw new StreamError('source_data_invalid', `SAP does not sort items by code: ${id} came again`)
    last = id
    yield { rows, id, requestedAt }
    if (!more && rows.length < paging.pageSize) return
  }
}
