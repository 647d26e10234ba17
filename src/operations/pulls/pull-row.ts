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

/** How far a reader of a feed has come. Times are ISO 8601. */
export interface PullRow {
  readonly connection: string
  /** feed#reader#source */
  readonly id: string
  readonly feed: string
  /** Id of the key; `shared` stands for the token that several share, or for none. */
  readonly reader: string
  /** Of the key; null: it is not known. */
  readonly name: string | null
  /** Of the rows that were asked for; null: of every source. */
  readonly source: string | null
  /** Of the last answer. */
  readonly at: string
  readonly rows: number
  /** The last answer caught up. */
  readonly complete: boolean
  /** What changed before then was not asked for; null: all was. */
  readonly from: string | null
  /** The end of the slot that is read; null: none. */
  readonly to: string | null
  /** Everything that changed from `from` until then was given; null: it has not caught up since it began. */
  readonly up_to: string | null
  /** Of the feed. */
  readonly generation: number
  /** By source and shard: the position of what was given last. */
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

/** One answer of a feed. */
export interface Pull {
  readonly feed: string
  readonly reader: string
  readonly name: string | null
  readonly filter: FeedFilter
  /** It went on from a cursor. */
  readonly continued: boolean
  /** Milliseconds. */
  readonly at: number
  readonly rows: number
  readonly complete: boolean
  /** Every change before it was visible, in milliseconds. */
  readonly frontier: number
  readonly generation: number
  readonly places: FeedPlaces
}

export function pullId({ feed, reader, filter }: Pick<Pull, 'feed' | 'reader' | 'filter'>): string {
  return `${feed}#${reader}#${filter.source ?? '*'}`
}

/** What is known of a reader after one more answer. A slot that begins where the one before it ended goes on with it. */
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
    source: filter.source,
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

/** Whether a reader was given a row as it is now. `not_asked`: it does not ask for rows of this source, or so old. */
export function hasPulled(
  { up_to, from, to, source, places }: PullRow,
  row: Pick<FeedRow, 'connection' | 'source' | 'key' | 'updated_at' | 'position'>,
  shards: number,
): 'yes' | 'no' | 'not_asked' {
  if (source !== null && source !== row.source) return 'not_asked'
  if (from !== null && row.updated_at < from) return 'not_asked'
  if (up_to !== null && row.updated_at < up_to) return 'yes'
  if (to !== null && row.updated_at >= to) return 'no'
  const shard = partitionOfKey(recordKey(row.connection, row.source, row.key), shards)
  return (places[row.source]?.[shard] ?? '') >= row.position ? 'yes' : 'no'
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
