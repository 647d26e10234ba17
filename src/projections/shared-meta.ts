import type { Tables } from '../platform/dynamodb/tables.ts'
import { type FeedMeta, readMeta } from './feed-table.ts'
import type { Feed } from './projection.ts'

/** Reads that are under way, by the feed's table. */
const underWay = new WeakMap<Tables, Map<string, Promise<FeedMeta>>>()

/**
 * As `readMeta`, for readers of a feed: those who ask while the item is being read get the same answer, so that many who
 * poll cost one read. What it says the feed was at one moment of that read: a reader is shown nothing beyond it, and finds
 * what came since with the next poll (Guarantee 8). Nothing is kept once the read has ended. Not for who writes: it needs
 * what is there after its own last write.
 */
export function sharedMeta(tables: Tables, feed: Feed): Promise<FeedMeta> {
  const reads = underWay.get(tables) ?? new Map<string, Promise<FeedMeta>>()
  underWay.set(tables, reads)
  const known = reads.get(feed.table)
  if (known !== undefined) return known
  const read = readMeta(tables, feed).finally(() => reads.delete(feed.table))
  reads.set(feed.table, read)
  return read
}
