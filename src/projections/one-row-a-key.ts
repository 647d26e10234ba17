import { readableItems } from '../platform/dynamodb/unreadable-rows.ts'
import type { FeedRow } from './feed-row.ts'
import { rowKey, toRow } from './feed-table.ts'
import type { FeedRequest } from './read-feed.ts'

/**
 * The rows of a page with those of `shop` only where no other source has the key. Guarantee 8: a row of another source that
 * comes deleted brings the shop's row with it, behind it, for that was hidden so far; one that comes in the meantime lies beyond the
 * page's watermarks, and takes the shop's place in a later page. One batch of reads, of the keys concerned. `shop` null: it is not known.
 */
export async function oneRowAKey(
  { tables, feed, meta, shards }: FeedRequest,
  { connection, sources, shop }: { connection: string; sources: readonly string[]; shop: string | null },
  rows: readonly FeedRow[],
): Promise<readonly FeedRow[]> {
  if (shop === null || sources.length < 2) return rows
  const isOfShop = (row: FeedRow) => row.source === shop
  const asked = new Set(rows.filter((row) => isOfShop(row) || row.deleted).map(({ key }) => key))
  const keys = [...asked].flatMap((key) =>
    sources.flatMap((source) =>
      Array.from({ length: shards }, (_, shard) =>
        rowKey(feed, { generation: meta.generation, connection, source, shard }, key),
      ),
    ),
  )
  const found = readableItems(keys.length === 0 ? [] : await tables.getMany(feed.table, keys), (item) =>
    toRow(feed, item),
  )
  const taken = new Set(found.filter((row) => !isOfShop(row) && !row.deleted).map(({ key }) => key))
  const others = rows.filter((row) => !isOfShop(row))
  const freed = new Set(others.filter(({ deleted, key }) => deleted && !taken.has(key)).map(({ key }) => key))
  const shown = found.filter((row) => isOfShop(row) && !row.deleted && freed.has(row.key))
  const back = new Set(shown.map(({ key }) => key))
  const own = rows.filter((row) => isOfShop(row) && !taken.has(row.key) && !back.has(row.key))
  return [...others, ...own, ...shown]
}
