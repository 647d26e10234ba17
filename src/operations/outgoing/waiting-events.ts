import type { Connection } from '../../configuration/model.ts'
import { rowsOf } from '../../platform/dynamodb/rows.ts'
import { readMeta } from '../../projections/feed-table.ts'
import { inventoryFeed } from '../../projections/inventory-feed.ts'
import { outgoingOrders } from '../../projections/outgoing-events.ts'
import { readItem } from '../../projections/read-rows.ts'
import type { OperationDeps } from '../dependencies.ts'
import { sellableRow } from '../sellable-row.ts'
import { type KeyedEvent, stockOfKey } from './keyed-event.ts'
import { orderEvents, stockEvent } from './outgoing-event.ts'
import { type RefusedKey, waitingOf } from './refused-keys.ts'

type Deps = Pick<OperationDeps, 'tables' | 'staged' | 'shards'>

/** The waiting events of these keys, in order per key. Stock has its current state. Expired rows are missing. */
export async function waitingEvents(
  deps: Deps,
  refused: readonly RefusedKey[],
  connections: readonly Connection[],
): Promise<readonly KeyedEvent[]> {
  const places = waitingOf(refused).flatMap(({ row }) => row ?? [])
  const rows = await rowsOf(deps.tables, outgoingOrders).getMany(places)
  const inOrder = rows.toSorted((one, other) => (one.place < other.place ? -1 : 1))
  const orders = await orderEvents(deps.staged, inOrder)
  const stock = refused.filter(({ events }) => events.some(({ row }) => row === null)).map(({ key }) => key)
  return [...orders, ...(await stockEvents(deps, stock, connections))]
}

async function stockEvents(
  { tables, shards }: Deps,
  keys: readonly string[],
  connections: readonly Connection[],
): Promise<readonly KeyedEvent[]> {
  if (keys.length === 0) return []
  const request = { tables, feed: inventoryFeed, meta: await readMeta(tables, inventoryFeed), shards }
  const found = await Promise.all(
    keys.map(async (key) => {
      const { connection, source, sku } = stockOfKey(key)
      const rows = await readItem(request, connection, sku)
      const owner = connections.find(({ id }) => id === connection)
      return rows.filter((row) => row.source === source).map((row) => stockEvent(sellableRow(row, owner)))
    }),
  )
  return found.flat()
}
