import type { Connection } from '../configuration/model.ts'
import type { FeedMeta } from '../projections/feed-table.ts'
import { productFeed } from '../projections/product-feed.ts'
import type { Feed } from '../projections/projection.ts'
import type { FeedFilter } from '../projections/read-feed.ts'
import { sharedMeta } from '../projections/shared-meta.ts'
import { cursorExpired } from './cursor-expired.ts'
import type { OperationDeps } from './dependencies.ts'
import { asOfAll, type FeedStanding, feedStanding, type Serving } from './feed-ages.ts'
import { type FeedView, plainView } from './feed-view.ts'
import { skuPolicy, skuView } from './sku-view.ts'

export type FeedDeps = Pick<
  OperationDeps,
  'tables' | 'clock' | 'settleMs' | 'shards' | 'metaKeptMs' | 'agesKeptMs' | 'positions' | 'topicPrefix'
>

/**
 * How the feed is shown to the reader. Throws `cursor_expired` when the cursor was issued for another view: only then is
 * the configuration read anew, since another process may have issued the cursor after a change.
 */
export async function viewFor(
  deps: FeedDeps,
  { feed, meta, filter, cursor, now }: WantedView,
): Promise<{ readonly standing: FeedStanding; readonly view: FeedView }> {
  const read = async (isFresh: boolean) => {
    const ages = { now, keptMs: isFresh ? 0 : (deps.agesKeptMs ?? 0) }
    const standing = await feedStanding(deps, feed, { meta, connection: filter.connection }, ages)
    return { standing, view: await viewOf(deps, { feed, meta, now, isFresh }, standing.connection, filter) }
  }
  const kept = await read(false)
  if (cursor === null || cursor.mark === kept.view.mark) return kept
  const fresh = await read(true)
  if (cursor.mark === fresh.view.mark) return fresh
  throw cursorExpired('which rows the connection shows was configured since, or its products feed was rebuilt')
}

interface Shown {
  readonly meta: FeedMeta
  readonly now: number
}

/** The feed that a reader asks for. `cursor` null: it begins. */
interface WantedView extends Shown {
  readonly feed: Feed
  readonly filter: FeedFilter
  readonly cursor: { readonly mark: string } | null
}

export async function viewOf(
  deps: FeedDeps,
  { feed, meta, now, isFresh }: Shown & { readonly feed: Feed; readonly isFresh: boolean },
  connection: Connection | undefined,
  filter: Pick<FeedFilter, 'connection' | 'sources'>,
): Promise<FeedView> {
  const request = { ...deps, feed, meta }
  const policy = connection === undefined ? null : skuPolicy(feed.entity, connection, filter.sources)
  if (policy === null || connection === undefined) {
    return plainView(request, filter.connection, connection?.shop ?? null)
  }
  const kept = { now, keptMs: isFresh ? 0 : (deps.metaKeptMs ?? 0) }
  const products = policy.isOnlyProducts
    ? { ...deps, feed: productFeed, meta: await sharedMeta(deps.tables, productFeed, kept) }
    : null
  return skuView({ request, products, connection, policy })
}

/** A row that stands for several sources. */
export function ofAllSources(standing: FeedStanding, sources: readonly string[]): Serving['serve'] {
  const as_of = asOfAll(standing, sources)
  return (row) => ({ ...row, as_of, stale: null })
}
