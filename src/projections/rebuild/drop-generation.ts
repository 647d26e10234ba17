import { forEachBounded } from '../../platform/bounded.ts'
import type { Tables } from '../../platform/dynamodb/tables.ts'
import { countKey } from '../feed-counts.ts'
import { partitionOf, readMeta, rowKey } from '../feed-table.ts'
import type { Feed } from '../projection.ts'
import { forgetWatermarks } from './generations.ts'

const PAGE = 500
const AT_ONCE = 16

/** Deletes the rows of a generation that nobody reads. Repeatable; calls `keep` regularly. */
export async function dropGeneration(
  tables: Tables,
  feed: Feed,
  generation: number,
  shards: number,
  keep: () => Promise<void>,
): Promise<void> {
  const { pairs } = await readMeta(tables, feed)
  for (const { connection, source } of pairs) {
    for (let shard = 0; shard < shards; shard += 1) {
      const place = { generation, connection, source, shard }
      const partition = partitionOf(place)
      for (;;) {
        const items = await tables.query(feed.table, { partition, limit: PAGE })
        if (items.length === 0) break
        await forEachBounded(items, AT_ONCE, async (item) => {
          await tables.delete(feed.table, rowKey(feed, place, String(item[feed.key.attribute])))
        })
        await keep()
      }
      await tables.delete(feed.table, countKey(feed, place))
    }
  }
  await forgetWatermarks(tables, feed, generation, shards)
}
