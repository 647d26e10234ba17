import type { FeedRow } from '../projections/feed-row.ts'
import { oneRowAKey } from '../projections/one-row-a-key.ts'
import {
  type FeedFilter,
  type FeedPage,
  type FeedPlaces,
  type FeedRequest,
  readFeed,
  sourcesOf,
} from '../projections/read-feed.ts'
import { rowsOfKeys } from '../projections/read-rows.ts'

/** How a feed is shown to a reader. */
export interface FeedView {
  /** A reader with a cursor of another mark has to read again: it received other rows. Empty: rows as they are. */
  readonly mark: string
  /** Whether a row stands for all sources of its key. */
  readonly isMerged: boolean
  /** The next rows after the places (Guarantee 8). */
  page(filter: FeedFilter, places: FeedPlaces, limit: number): Promise<FeedPage>
  /** The rows of keys in these sources. They may be newer than in the feed. */
  ofKeys(sources: readonly string[], keys: readonly string[]): Promise<readonly FeedRow[]>
}

/** Rows as they are, with the shop's own only where no other source has the key. `shop` null: not known. */
export function plainView(request: FeedRequest, connection: string, shop: string | null): FeedView {
  return {
    mark: '',
    isMerged: false,
    async page(filter, places, limit) {
      const page = await readFeed(request, filter, places, limit)
      const sources = sourcesOf(request.meta, filter)
      return { ...page, rows: await oneRowAKey(request, { connection, sources, shop }, page.rows) }
    },
    ofKeys: (sources, keys) => rowsOfKeys(request, { connection, sources, keys }),
  }
}
