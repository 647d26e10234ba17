import { recordKey } from '../../events/topics.ts'
import { expiresAfter, keptDays } from '../../platform/dynamodb/expiry.ts'
import { byName, flag, nullable, number, rowType, text } from '../../platform/dynamodb/rows.ts'
import type { TableDefinition } from '../../platform/dynamodb/tables.ts'
import { partitionOfKey } from '../../platform/kafka/partition-of-key.ts'
import { type FeedRow, positionText } from '../../projections/feed-row.ts'
import type { FeedFilter, FeedPlaces } from '../../projections/read-feed.ts'

const FEED_PULLS = 'feed_pulls'

export const pullTables: readonly TableDefinition[] = [
  { name: FEED_PULLS, partitionKey: 'connection', sortKey: 'id', expires: 'expires' },
]

/** Progress of a reader of a feed. Times are ISO 8601. */
export interface PullRow {
  readonly connection: string
  /** feed#reader#source */
  readonly id: string
  readonly feed: string
  /** Id of the key; `shared`: the shared token, or no token. */
  readonly reader: string
  /** Name of the key; null: unknown. */
  readonly name: string | null
  /** Sources of the requested rows, separated by commas; null: all sources. */
  readonly source: string | null
  /** Time of the last response. */
  readonly at: string
  readonly rows: number
  /** The last response completed the feed. */
  readonly complete: boolean
  /** The reader does not request earlier changes; null: it requests all. */
  readonly from: string | null
  /** End of the timeslot that is read; null: none. */
  readonly to: string | null
  /** The reader has received all changes from `from` to this time; null: it has not caught up yet. */
  readonly up_to: string | null
  /** Generation of the feed. */
  readonly generation: number
  /** Position of the last row received, by source and shard. */
  readonly places: Readonly<Record<string, Readonly<Record<string, string>>>>
}

export const pullRows = rowType<PullRow>(
  FEED_PULLS,
  ['connection', 'id'],
  {
    connection: text,
    id: text,
    feed: text,
    reader: text,
    name: nullable(text),
    source: nullable(text),
    at: text,
    rows: number,
    complete: flag,
    from: nullable(text),
    to: nullable(text),
    up_to: nullable(text),
    generation: number,
    places: byName(byName(text)),
  },
  ({ at = '' }) => expiresAfter(Date.parse(at), keptDays.pulls),
)

/** A response of a feed. */
export interface Pull {
  readonly feed: string
  readonly reader: string
  readonly name: string | null
  readonly filter: FeedFilter
  /** The request had a cursor. */
  readonly continued: boolean
  /** Milliseconds. */
  readonly at: number
  readonly rows: number
  readonly complete: boolean
  /** Milliseconds: every earlier change was visible. */
  readonly frontier: number
  readonly generation: number
  readonly places: FeedPlaces
}

export function pullId({ feed, reader, filter }: Pick<Pull, 'feed' | 'reader' | 'filter'>): string {
  return `${feed}#${reader}#${sourceText(filter) ?? '*'}`
}

/** The row of a reader after another response. A timeslot that begins where the previous one ended continues it. */
export function pullAfter(row: PullRow | undefined, pull: Pull): PullRow {
  const { filter, feed, reader, name, rows, complete, generation } = pull
  const [from, to] = [iso(filter.from), iso(filter.to)]
  const follows = from !== null && row !== undefined && row.up_to !== null && from <= row.up_to
  const goesOn = follows || (pull.continued && row?.generation === generation)
  const before = goesOn ? (row?.up_to ?? null) : null
  const reached = complete ? iso(Math.min(pull.frontier, filter.to ?? Number.POSITIVE_INFINITY, pull.at)) : null
  return {
    connection: filter.connection,
    id: pullId(pull),
    feed,
    reader,
    name,
    source: sourceText(filter),
    at: new Date(pull.at).toISOString(),
    rows,
    complete,
    from: follows && (row.from === null || row.from < from) ? row.from : from,
    to,
    up_to: reached !== null && (before === null || reached > before) ? reached : before,
    generation,
    places: placeTexts(pull.places),
  }
}

/** Whether a reader received the current row. `not_asked`: it does not request rows of this source or age. */
export function hasPulled(
  { up_to, from, to, source, places }: PullRow,
  row: Pick<FeedRow, 'connection' | 'source' | 'key' | 'updated_at' | 'position'>,
  shards: number,
): 'yes' | 'no' | 'not_asked' {
  if (source !== null && !source.split(',').includes(row.source)) return 'not_asked'
  if (from !== null && row.updated_at < from) return 'not_asked'
  if (up_to !== null && row.updated_at < up_to) return 'yes'
  if (to !== null && row.updated_at >= to) return 'no'
  const shard = partitionOfKey(recordKey(row.connection, row.source, row.key), shards)
  return (places[row.source]?.[shard] ?? '') >= row.position ? 'yes' : 'no'
}

function sourceText({ sources }: FeedFilter): string | null {
  return sources?.join(',') ?? null
}

function placeTexts(places: FeedPlaces): PullRow['places'] {
  return Object.fromEntries(
    Object.entries(places).map(([source, shards]) => [
      source,
      Object.fromEntries(Object.entries(shards).map(([shard, place]) => [shard, positionText(place)])),
    ]),
  )
}

function iso(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString()
}
