import type { Tables } from '../platform/dynamodb/tables.ts'
import { createSharedReads, type Kept } from '../platform/shared-reads.ts'
import { type FeedMeta, readMeta } from './feed-table.ts'
import type { Feed } from './projection.ts'

const shared = createSharedReads<FeedMeta>()

/**
 * As `readMeta`, for readers of a feed: many who poll cost one read. What it says the feed was at one moment of that read: a
 * reader is shown nothing beyond it, and finds what came since with a later poll (Guarantee 8). Not for who writes: it needs
 * what is there after its own last write.
 */
export function sharedMeta(tables: Tables, feed: Feed, kept: Kept = { now: 0, keptMs: 0 }): Promise<FeedMeta> {
  return shared(tables, feed.table, kept, () => readMeta(tables, feed))
}
