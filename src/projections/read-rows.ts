import { partitionOf, rowKey, toRow } from './feed-table.ts'
import type { FeedRow } from './projection.ts'
import { type FeedRequest, sourcesOf } from './read-feed.ts'

/**
 * A SKU's rows, one for each source that has it. It may be newer than what the feed shows at this moment: a single row
 * is whole as soon as it is written.
 */
export async function readItem(request: FeedRequest, connection: string, sku: string): Promise<readonly FeedRow[]> {
  const { tables, table, meta, shards } = request
  const keys = sourcesOf(meta, { connection, source: null }).flatMap((source) =>
    Array.from({ length: shards }, (_, shard) =>
      rowKey({ generation: meta.generation, connection, source, shard }, sku),
    ),
  )
  const rows = (await tables.getMany(table, keys)).map(toRow)
  return rows.toSorted((a, b) => (a.source < b.source ? -1 : 1))
}

/** Rows held in memory at once while counting. */
const PAGE = 1000

/** Rows of a connection, deleted ones included, and how many of them are deleted. */
export async function countRows(request: FeedRequest, connection: string): Promise<{ rows: number; deleted: number }> {
  const { tables, table, meta, shards } = request
  const count = { rows: 0, deleted: 0 }
  for (const source of sourcesOf(meta, { connection, source: null })) {
    for (let shard = 0; shard < shards; shard += 1) {
      const partition = partitionOf({ generation: meta.generation, connection, source, shard })
      for (let after: string | undefined, more = true; more; ) {
        const range = { partition, limit: PAGE, ...(after === undefined ? {} : { after }) }
        const items = await tables.query(table, range)
        count.rows += items.length
        count.deleted += items.filter((item) => item['deleted'] === true).length
        after = String(items.at(-1)?.['sku'])
        more = items.length === PAGE
      }
    }
  }
  return count
}
