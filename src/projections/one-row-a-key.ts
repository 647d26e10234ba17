import type { FeedRow } from './feed-row.ts'
import type { FeedRequest } from './read-feed.ts'
import { rowsOfKeys } from './read-rows.ts'

/**
 * The rows of a page, with the shop's own rows only if no other source has the key. Guarantee 8: a row of another
 * source that is now deleted is followed by the shop's row, which was hidden so far. A row that appears meanwhile is
 * beyond the page's watermarks and replaces the shop's row in a later page. One batch of reads, for the keys concerned.
 * `shop` null: not known.
 */
export async function oneRowAKey(
  request: FeedRequest,
  { connection, sources, shop }: { connection: string; sources: readonly string[]; shop: string | null },
  rows: readonly FeedRow[],
): Promise<readonly FeedRow[]> {
  if (shop === null || sources.length < 2) return rows
  const isOfShop = (row: FeedRow) => row.source === shop
  const asked = new Set(rows.filter((row) => isOfShop(row) || row.deleted).map(({ key }) => key))
  const found = await rowsOfKeys(request, { connection, sources, keys: [...asked] })
  const taken = new Set(found.filter((row) => !isOfShop(row) && !row.deleted).map(({ key }) => key))
  const others = rows.filter((row) => !isOfShop(row))
  const freed = new Set(others.filter(({ deleted, key }) => deleted && !taken.has(key)).map(({ key }) => key))
  const shown = found.filter((row) => isOfShop(row) && !row.deleted && freed.has(row.key))
  const back = new Set(shown.map(({ key }) => key))
  const own = rows.filter((row) => isOfShop(row) && !taken.has(row.key) && !back.has(row.key))
  return [...others, ...own, ...shown]
}
