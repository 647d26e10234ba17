import { joinKey } from '../events/entities.ts'
import type { RowCount } from '../projections/feed-counts.ts'
import type { FeedRow } from '../projections/feed-row.ts'
import type { FeedMeta } from '../projections/feed-table.ts'
import type { Feed } from '../projections/projection.ts'
import { type FeedFilter, sourcesOf } from '../projections/read-feed.ts'
import { countRows } from '../projections/read-rows.ts'
import { sharedMeta } from '../projections/shared-meta.ts'
import { type FeedDeps, ofAllSources, viewOf } from './chosen-view.ts'
import { feedStanding, type ServedRow, type Serving, servingOf } from './feed-ages.ts'
import type { FeedView } from './feed-view.ts'
import { checkKnown } from './known-connection.ts'
import { notFound, type Principal } from './principal.ts'
import { type Scoped, within } from './scope.ts'

const ownerOf = ({ connection }: Pick<FeedRow, 'connection'>) => ({ connection })

export interface FeedItemKey {
  readonly feed: Feed
  readonly connection: string
  /** Parts of the key. */
  readonly key: readonly string[]
}

/** The rows of a key: one for each source that has it. Throws `not_found`. */
export async function readFeedItem(
  deps: FeedDeps,
  by: Principal,
  { feed, connection, key }: FeedItemKey,
): Promise<Scoped<ServedRow>> {
  const { rows, missing } = await readFeedItems(deps, by, { feed, connection, sources: null, keys: [key] })
  if (missing.length === 0) return rows
  const what = `connection ${connection} has no row "${key.join('", "')}" in ${feed.entity}`
  throw notFound(by, { field: feed.key.parts.join(', '), api: what, cli: what })
}

export interface WantedFeedItems extends Pick<FeedFilter, 'connection' | 'sources'> {
  readonly feed: Feed
  /** Parts of each key. */
  readonly keys: readonly (readonly string[])[]
}

/**
 * The rows of many keys, in the order of the keys and then of the sources, and the keys without a row. Throws
 * `not_found` for the connection.
 */
export async function readFeedItems(
  deps: FeedDeps,
  by: Principal,
  { feed, connection, sources, keys }: WantedFeedItems,
): Promise<{ rows: Scoped<ServedRow>; missing: readonly (readonly string[])[] }> {
  const meta = await sharedMeta(deps.tables, feed)
  await checkKnown(deps, by, meta, { connection, sources })
  const asked = new Map(keys.map((parts) => [joinKey(parts), parts]))
  const shown = await shownNow(deps, feed, meta, { connection, sources })
  const all = await shown.view.ofKeys(sourcesOf(meta, { connection, sources }), [...asked.keys()])
  const found = Map.groupBy(all, ({ key }) => key)
  const rows = [...asked.keys()].flatMap(
    (key) => found.get(key)?.toSorted((a, b) => (a.source < b.source ? -1 : 1)) ?? [],
  )
  const missing = [...asked].flatMap(([key, parts]) => (found.has(key) ? [] : [parts]))
  return { rows: within(by.scope, rows.map(shown.serve(rows)), ownerOf), missing }
}

/** How single rows are shown and served now. */
async function shownNow(
  deps: FeedDeps,
  feed: Feed,
  meta: FeedMeta,
  filter: Pick<FeedFilter, 'connection' | 'sources'>,
): Promise<{ readonly view: FeedView; serve(rows: readonly FeedRow[]): Serving['serve'] }> {
  const now = deps.clock.now()
  const about = { meta, connection: filter.connection }
  const standing = await feedStanding(deps, feed, about, { now, keptMs: deps.agesKeptMs ?? 0 })
  const view = await viewOf(deps, { feed, meta, now, isFresh: false }, standing.connection, filter)
  return {
    view,
    serve(rows) {
      if (view.isMerged) return ofAllSources(standing, sourcesOf(meta, filter))
      return servingOf(feed, standing, [...new Set(rows.map(({ source }) => source))], now).serve
    },
  }
}

/** Number of rows of a connection, over all sources, including deleted rows. Throws `not_found`. */
export async function countFeedRows(
  deps: FeedDeps,
  by: Principal,
  { feed, connection }: Omit<FeedItemKey, 'key'>,
): Promise<RowCount> {
  const meta = await sharedMeta(deps.tables, feed)
  await checkKnown(deps, by, meta, { connection, sources: null })
  return await countRows({ ...deps, feed, meta }, connection)
}
