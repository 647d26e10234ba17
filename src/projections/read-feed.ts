import { queryReadable } from '../platform/dynamodb/rows.ts'
import type { RangeQuery, Tables } from '../platform/dynamodb/tables.ts'
import { type FeedRow, isBefore, type Position, parsePosition, positionText, timeText } from './feed-row.ts'
import { BY_POSITION, type FeedMeta, partitionOf, toRow, type Watermark } from './feed-table.ts'
import type { Feed } from './projection.ts'

/** A reader's request. Times are milliseconds; null: open. */
export interface FeedFilter {
  readonly connection: string
  /** Sorted; null: every source. */
  readonly sources: readonly string[] | null
  /** Inclusive. */
  readonly from: number | null
  /** Exclusive. */
  readonly to: number | null
}

/** A reader's progress by source and shard. A missing shard was not started. */
export type FeedPlaces = Readonly<Record<string, Readonly<Record<string, Position>>>>

export interface FeedPage {
  readonly rows: readonly FeedRow[]
  /** The same object as the given places if there is nothing beyond them. */
  readonly places: FeedPlaces
  /** False: the limit was reached; more can be read at once. */
  readonly exhausted: boolean
  /** Every change before it (milliseconds) is visible in every shard; -1: a shard was never projected. */
  readonly frontier: number
}

/** Where a feed is read. */
export interface FeedRequest {
  readonly tables: Tables
  readonly feed: Feed
  /** Read before any row: it bounds the visible rows. */
  readonly meta: FeedMeta
  /** Partitions of the topic. */
  readonly shards: number
  /** True: an unreadable row throws `row_unreadable`; by default it is left out and announced. */
  readonly whole?: boolean
}

/**
 * The next rows after the reader's places, shard by shard, up to the watermarks in `meta`. Guarantee 8: a row that
 * changes while a page is read moves beyond these watermarks, so it is read later and can't be missed.
 */
export async function readFeed(
  request: FeedRequest,
  filter: FeedFilter,
  places: FeedPlaces,
  limit: number,
): Promise<FeedPage> {
  const { meta, shards } = request
  const rows: FeedRow[] = []
  const next = new Map<string, Record<string, Position>>()
  let frontier = Number.POSITIVE_INFINITY
  const sources = sourcesOf(meta, filter)
  let stays = Object.keys(places).every((source) => sources.includes(source))
  for (let shard = 0; shard < shards; shard += 1) {
    const watermark = meta.watermark(meta.generation, shard)
    frontier = Math.min(frontier, frontierOf(watermark))
    for (const source of sources) {
      const place = Object.hasOwn(places, source) ? places[source]?.[shard] : undefined
      const read = await readShard(request, { filter, source, shard, place, watermark, limit: limit - rows.length })
      rows.push(...read.rows)
      if (read.place === undefined) continue
      const own = next.get(source) ?? {}
      own[shard] = read.place
      next.set(source, own)
      if (read.place !== place) stays = false
    }
  }
  return { rows, places: stays ? places : Object.fromEntries(next), exhausted: rows.length < limit, frontier }
}

/** A shard that is this much behind now, beyond the settle time, still counts as caught up. */
const FRESH_MS = 5000

/** The time (milliseconds) up to which everything must be visible for the reader to be caught up. */
export function goalOf(filter: FeedFilter, now: number, settleMs: number): number {
  return filter.to ?? now - settleMs - FRESH_MS
}

/**
 * Whether the reader has caught up to now, or to the end of its slot. A slot that has not ended is never complete:
 * a reader that continues with the next slot would miss later changes in it (Guarantee 8).
 */
export function isComplete(page: FeedPage, filter: FeedFilter, now: number, settleMs: number): boolean {
  return page.exhausted && page.frontier >= goalOf(filter, now, settleMs)
}

/** Sources that match the filter. */
export function sourcesOf(meta: FeedMeta, filter: Pick<FeedFilter, 'connection' | 'sources'>): readonly string[] {
  return meta.pairs
    .filter(({ connection, source }) => connection === filter.connection && (filter.sources?.includes(source) ?? true))
    .map(({ source }) => source)
    .toSorted()
}

/**
 * Every change before it (milliseconds) is visible; -1: never projected. Future events have positions of at least the
 * watermark's time, and append times of at least `caughtUpTo`.
 */
export function frontierOf(watermark: Watermark | undefined): number {
  if (watermark === undefined) return -1
  return Math.max(watermark.position?.time ?? 0, watermark.caughtUpTo)
}

async function readShard(
  { tables, feed, meta, whole = false }: FeedRequest,
  part: {
    readonly filter: FeedFilter
    readonly source: string
    readonly shard: number
    readonly place: Position | undefined
    readonly watermark: Watermark | undefined
    readonly limit: number
  },
): Promise<{ rows: readonly FeedRow[]; place: Position | undefined }> {
  const { filter, source, shard, place, watermark, limit } = part
  const end = watermark?.position ?? null
  // Without new rows there is no query: an empty poll reads only the meta item.
  if (limit === 0 || end === null || (place !== undefined && !isBefore(place, end))) {
    return { rows: [], place }
  }
  const range: RangeQuery = {
    partition: partitionOf({ generation: meta.generation, connection: filter.connection, source, shard }),
    index: BY_POSITION,
    ...lowerBound(place, filter.from),
    to: positionText(end),
    ...(filter.to === null ? {} : { before: timeText(filter.to) }),
    limit,
  }
  const rows = whole
    ? (await tables.query(feed.table, range)).map((item) => toRow(feed, item))
    : await queryReadable(tables, feed.table, range, (item) => toRow(feed, item))
  const last = rows.at(-1)
  return { rows, place: last !== undefined && rows.length === limit ? parsePosition(last.position) : end }
}

function lowerBound(place: Position | undefined, from: number | null): { after?: string; from?: string } {
  if (place !== undefined) return { after: positionText(place) }
  return from === null ? {} : { from: timeText(from) }
}
