import { recordKey } from '../events/topics.ts'
import { readableItems } from '../platform/dynamodb/unreadable-rows.ts'
import { partitionOfKey } from '../platform/kafka/partition-of-key.ts'
import { countShard, countsOf, type RowCount } from './feed-counts.ts'
import type { FeedRow } from './feed-row.ts'
import { rowKey, toRow } from './feed-table.ts'
import { type FeedRequest, sourcesOf } from './read-feed.ts'

/**
 * A key's rows, one for each source that has it. A row may be newer than in the feed: a single row is complete as
 * soon as it is written.
 */
export async function readItem(request: FeedRequest, connection: string, key: string): Promise<readonly FeedRow[]> {
  const sources = sourcesOf(request.meta, { connection, sources: null })
  const rows = await rowsOfKeys(request, { connection, sources, keys: [key] })
  return rows.toSorted((a, b) => (a.source < b.source ? -1 : 1))
}

/** The rows of keys in these sources, unordered: one read per key and source, in the shard of the key's partition. */
export async function rowsOfKeys(
  { tables, feed, meta: { generation }, shards }: FeedRequest,
  { connection, sources, keys }: KeysOfSources,
): Promise<readonly FeedRow[]> {
  const wanted = keys.flatMap((key) =>
    sources.map((source) => {
      const shard = partitionOfKey(recordKey(connection, source, key), shards)
      return rowKey(feed, { generation, connection, source, shard }, key)
    }),
  )
  return readableItems(await tables.getMany(feed.table, wanted), (item) => toRow(feed, item))
}

interface KeysOfSources {
  readonly connection: string
  readonly sources: readonly string[]
  readonly keys: readonly string[]
}

/**
 * Number of rows of a connection, from the projector's counts: one batch of reads, independent of the feed's size. Rows
 * are read only for a shard that is not counted yet.
 */
export async function countRows({ tables, feed, meta, shards }: FeedRequest, connection: string): Promise<RowCount> {
  const { generation } = meta
  const places = sourcesOf(meta, { connection, sources: null }).flatMap((source) =>
    Array.from({ length: shards }, (_, shard) => ({ generation, connection, source, shard })),
  )
  const counts = await countsOf(tables, feed, places)
  const total = { rows: 0, deleted: 0, exact: true }
  for (const [index, place] of places.entries()) {
    const { rows, deleted, exact } = counts[index] ?? (await countShard(tables, feed, place))
    total.rows += rows
    total.deleted += deleted
    total.exact &&= exact
  }
  return total
}
