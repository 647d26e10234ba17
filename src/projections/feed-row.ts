import { contentDigest } from '../events/identity.ts'
import { versionRank } from '../events/version.ts'

/** Place of an event in its feed shard: the highest append time seen in the shard up to it, and its offset. */
export interface Position {
  readonly time: number
  readonly offset: bigint
}

/** A row of a feed table. `data` holds decimals as text. */
export interface FeedRow {
  readonly connection: string
  readonly source: string
  /** Key of the entity; stored as `sku` if it is one. */
  readonly key: string
  /** The position's time, ISO 8601. */
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

/** Fields of every event of a `universal-*` topic. */
export interface UniversalEvent {
  readonly eventId: string
  readonly connection: string
  readonly source: string
  readonly key: string
  readonly occurredAt: number | null
  readonly readAt: number
  readonly mappingRevision: number
  readonly deleted: boolean
}

const TIME_DIGITS = 15
const OFFSET_DIGITS = 20

/** A time in milliseconds as sortable text; a position begins with it. */
export function timeText(time: number): string {
  return String(Math.max(time, 0)).padStart(TIME_DIGITS, '0')
}

/** A position as text that sorts as (time, offset) does. */
export function positionText(position: Position): string {
  return `${timeText(position.time)}-${String(position.offset).padStart(OFFSET_DIGITS, '0')}`
}

/** Compares as their texts sort. */
export function isBefore(one: Position, other: Position): boolean {
  const [time, otherTime] = [Math.max(one.time, 0), Math.max(other.time, 0)]
  return time === otherTime ? one.offset < other.offset : time < otherTime
}

export function parsePosition(text: string): Position {
  return { time: Number(text.slice(0, TIME_DIGITS)), offset: BigInt(text.slice(TIME_DIGITS + 1)) }
}

/** (version, mapping revision) of an event, as sortable text. */
export function rankOf(event: UniversalEvent): string {
  return versionRank(event)
}

/**
 * The row after an event. Guarantee 4: an older version or mapping changes nothing. Position and `updated_at` move only
 * if what the reader sees changes, so that a rebuild or a remapping to the same content is not sent to readers again.
 */
export function evolveRow(
  row: FeedRow | undefined,
  event: UniversalEvent,
  data: FeedRow['data'],
  position: Position,
): FeedRow {
  const rank = rankOf(event)
  if (row !== undefined && rank < row.rank) return row
  const { connection, source, key, deleted, eventId } = event
  const digest = contentDigest({ deleted, data })
  if (row?.digest === digest) return row.rank === rank ? row : { ...row, rank, event_id: eventId }
  const updated_at = new Date(position.time).toISOString()
  return {
    connection,
    source,
    key,
    updated_at,
    position: positionText(position),
    deleted,
    data,
    rank,
    digest,
    event_id: eventId,
  }
}
