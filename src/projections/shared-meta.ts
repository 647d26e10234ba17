import type { Tables } from '../platform/dynamodb/tables.ts'
import { createSharedReads, type Kept } from '../platform/shared-reads.ts'
import { type FeedMeta, readMeta } from './feed-table.ts'
import type { Feed } from './projection.ts'

const shared = createSharedReads<FeedMeta>()

/**
 * Like `readMeta`, for readers of a feed: many polls share one read. The meta describes the feed at one moment of that
 * read: a reader sees no later rows until a later poll (Guarantee 8). Not for writers: they need the state after their
 * own last write.
 */
export function sharedMeta(tables: Tables, feed: Feed, kept: Kept = { now: 0, keptMs: 0 }): Promise<FeedMeta> {
  return shared(tables, feed.table, kept, () => readMeta(tables, feed))
}
