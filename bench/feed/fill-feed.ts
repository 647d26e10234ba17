import type { Platform } from '../../src/cli/platform.ts'
import { recordKey } from '../../src/events/topics.ts'
import { forEachBounded } from '../../src/platform/bounded.ts'
import type { Item } from '../../src/platform/dynamodb/tables.ts'
import { partitionOfKey } from '../../src/platform/kafka/partition-of-key.ts'
import { mapInventory } from '../../src/processors/map-inventory.ts'
import type { Position } from '../../src/projections/feed-row.ts'
import { addPairs, moveWatermark, rowKey } from '../../src/projections/feed-table.ts'
import { inventoryFeed } from '../../src/projections/inventory-feed.ts'
import { configuration } from '../data/configuration.ts'
import { inventory } from '../data/inventory.ts'
import { VENDOR_PREFIX } from '../data/orders.ts'
import { chunks } from '../fill.ts'

/** Items of a chunk, and chunks that are written side by side. */
const CHUNK = 500
const SIDE_BY_SIDE = 4
const GENERATION = 1
/** A machine that has not written all rows by then measures with those that it has. */
const MOST_MS = 6 * 60_000

/**
 * Rows as the projector would have written them for one change of each SKU, by batches instead: a million of them would take
 * it hours on DynamoDB Local. The watermarks come last, as they do there. Answers how many rows there are.
 */
export async function fillFeed(
  { tables, config }: Platform,
  { seed, rows }: { readonly seed: number; readonly rows: number },
): Promise<number> {
  const begun = performance.now()
  let written = 0
  const reached = new Map<number, Position>()
  const pairs = new Set<string>()
  const batches = chunks(feedItems(seed, rows, config.partitions, reached, pairs), CHUNK * SIDE_BY_SIDE)
  for await (const batch of batches) {
    const parts = Array.from({ length: SIDE_BY_SIDE }, (_, part) => batch.slice(part * CHUNK, (part + 1) * CHUNK))
    await forEachBounded(parts, SIDE_BY_SIDE, (part) => tables.putMany(inventoryFeed.table, part))
    written += batch.length
    if (performance.now() - begun > MOST_MS) break
  }
  await addPairs(tables, inventoryFeed, [...pairs])
  for (const [shard, position] of reached) {
    await moveWatermark(tables, inventoryFeed, { generation: GENERATION, shard }, position)
  }
  return written
}

/** Items of the table, by shard in the order of their positions; notes how far each shard is, and whose rows there are. */
async function* feedItems(
  seed: number,
  rows: number,
  partitions: number,
  reached: Map<number, Position>,
  pairs: Set<string>,
): AsyncGenerator<Item> {
  const context = { connections: configuration.connections, metadataOf: () => undefined }
  let number = 0
  for (const change of inventory({ seed, count: rows, keys: rows })) {
    const sku = `${VENDOR_PREFIX}${String(number).padStart(7, '0')}`
    number += 1
    const input = { ...change, key: sku, data: { ...change.data, sku } }
    for (const { kind, event } of (await mapInventory.process(input, context, undefined)).outputs) {
      if (kind !== 'universal-inventory') continue
      const shard = partitionOfKey(recordKey(event.connection, event.key), partitions)
      const position = { time: event.readAt, offset: (reached.get(shard)?.offset ?? -1n) + 1n }
      reached.set(shard, position)
      pairs.add(`${event.connection}|${event.source}`)
      const { key, ...row } = inventoryFeed.evolve(undefined, event, position)
      const place = { generation: GENERATION, connection: event.connection, source: event.source, shard }
      yield { ...rowKey(inventoryFeed, place, key), ...row }
    }
  }
}
