import type { Tables } from '../platform/dynamodb/tables.ts'
import { type FeedMeta, readMeta } from './feed-table.ts'
import type { Feed } from './projection.ts'

/** The last read of a feed's meta item, under way or done. */
interface MetaRead {
  readonly meta: Promise<FeedMeta>
  /** Milliseconds: when it began. */
  readonly at: number
  isDone: boolean
}

/** By the feed's table. */
const reads = new WeakMap<Tables, Map<string, MetaRead>>()

/**
 * As `readMeta`, for readers of a feed: those who ask while the item is being read get the same answer, and so do those who
 * ask within `keptMs` of the beginning of that read, so that many who poll cost one read. What it says the feed was at one
 * moment of that read: a reader is shown nothing beyond it, and finds what came since with a later poll (Guarantee 8). Not
 * for who writes: it needs what is there after its own last write.
 */
export function sharedMeta(
  tables: Tables,
  feed: Feed,
  { now, keptMs }: { readonly now: number; readonly keptMs: number } = { now: 0, keptMs: 0 },
): Promise<FeedMeta> {
  const ofTables = reads.get(tables) ?? new Map<string, MetaRead>()
  reads.set(tables, ofTables)
  const known = ofTables.get(feed.table)
  if (known !== undefined && (!known.isDone || isYoung(now - known.at, keptMs))) return known.meta
  const read: MetaRead = { meta: readMeta(tables, feed), at: now, isDone: false }
  ofTables.set(feed.table, read)
  read.meta.then(
    () => {
      read.isDone = true
    },
    () => ofTables.delete(feed.table),
  )
  return read.meta
}

/** A clock may go back. */
function isYoung(age: number, keptMs: number): boolean {
  return age >= 0 && age < keptMs
}
