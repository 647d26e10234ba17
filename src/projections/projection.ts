import type { TopicEvents, TopicKind } from '../events/topics.ts'

/** Place of an event in its feed shard: the highest append time seen in the shard up to it, and its offset. */
export interface Position {
  readonly time: number
  readonly offset: bigint
}

/** A row of a feed table, as stored. `data` holds decimals as text. */
export interface FeedRow {
  readonly connection: string
  readonly source: string
  readonly sku: string
  /** ISO 8601 of the position's time. */
  readonly updated_at: string
  readonly position: string
  readonly deleted: boolean
  readonly data: Readonly<Record<string, unknown>>
  /** Sorts as (version, mapping revision). */
  readonly rank: string
  /** Digest of deleted and data: the position moves only when it changes. */
  readonly digest: string
  readonly event_id: string
}

/**
 * A pure fold of events into rows. A redelivered or older event changes nothing: `evolve` answers the row it was given
 * (Guarantee 4). The table's writer repeats the guard as a condition, for the case of two writers.
 */
export interface FeedProjection<K extends TopicKind> {
  readonly name: string
  readonly kind: K
  /** Without prefix. */
  readonly table: string
  evolve(row: FeedRow | undefined, event: TopicEvents[K], position: Position): FeedRow
}
