import { StreamError } from '../errors.ts'
import type { FeedRow } from '../projections/feed-row.ts'
import type { Feed } from '../projections/projection.ts'
import {
  type FeedFilter,
  type FeedPage,
  type FeedPlaces,
  goalOf,
  isComplete,
  sourcesOf,
} from '../projections/read-feed.ts'
import { sharedMeta } from '../projections/shared-meta.ts'
import { type FeedDeps, ofAllSources, viewFor } from './chosen-view.ts'
import { cursorExpired } from './cursor-expired.ts'
import { asOfAll, type ServedRow, type Serving, servingOf } from './feed-ages.ts'
import { checkKnown } from './known-connection.ts'
import type { Principal } from './principal.ts'
import { type Scoped, within } from './scope.ts'
import { type ServedSince, servedSince } from './served-since.ts'

/** A reader's place in a feed. */
export interface FeedCursor {
  readonly feed: string
  readonly generation: number
  readonly filter: FeedFilter
  readonly places: FeedPlaces
  /** As in `Serving`: how the reader received the rows of stale sources. */
  readonly changed: Serving['changed']
  /** As in `FeedView`. */
  readonly mark: string
}

export interface WantedFeedPage {
  readonly feed: Feed
  readonly filter: FeedFilter
  /** Null: from the beginning. */
  readonly cursor: FeedCursor | null
  readonly limit: number
}

export interface FeedAnswer {
  readonly items: Scoped<ServedRow>
  /** ISO 8601: time up to which all sources were read; null: unknown for one of them. */
  readonly asOf: string | null
  readonly cursor: FeedCursor
  readonly complete: boolean
  /** Every change before it (milliseconds) is visible in every shard. */
  readonly frontier: number
  /** Seconds to wait before the next request; null: no wait. 0: no wait, although the page has no rows. */
  readonly retryAfter: number | null
}

const ownerOf = ({ connection }: Pick<FeedRow, 'connection'>) => ({ connection })

/**
 * The next page after the cursor (Guarantee 8). Throws `not_found` for an unknown connection, `cursor_invalid` when the
 * cursor belongs to another feed or filter, and `cursor_expired` when the feed was rebuilt since.
 */
export async function readFeedPage(deps: FeedDeps, by: Principal, wanted: WantedFeedPage): Promise<FeedAnswer> {
  const { feed, cursor, limit } = wanted
  const now = deps.clock.now()
  const filter = filterOf(wanted)
  const kept = await sharedMeta(deps.tables, feed, { now, keptMs: deps.metaKeptMs ?? 0 })
  // Another process issued the cursor after a switch that this one has not seen yet.
  const isBehind = cursor !== null && cursor.generation > kept.generation
  const meta = isBehind ? await sharedMeta(deps.tables, feed) : kept
  const { generation } = meta
  if (cursor !== null && cursor.generation !== generation) throw cursorExpired('the feed was rebuilt since')
  await checkKnown(deps, by, meta, filter)
  const sources = sourcesOf(meta, filter)
  const { standing, view } = await viewFor(deps, { feed, meta, filter, cursor, now })
  const { changed, serve } = servingOf(feed, standing, sources, now)
  const since = await servedSinceOf(deps, feed, { connection: filter.connection, sources, changed }, now)
  const page = await view.page(filter, placesOf(cursor, { filter, changed, since, shards: deps.shards }), limit)
  const { rows } = page
  const complete = isComplete(page, filter, now, deps.settleMs)
  return {
    items: within(by.scope, rows.map(view.isMerged ? ofAllSources(standing, sources) : serve), ownerOf),
    asOf: asOfAll(standing, sources),
    cursor: { feed: feed.entity, generation, filter, places: page.places, changed, mark: view.mark },
    complete,
    frontier: page.frontier,
    retryAfter: complete || rows.length > 0 ? null : page.exhausted ? secondsUntil(deps, filter, page, now) : 0,
  }
}

/** Only stock is served by a policy. */
async function servedSinceOf(
  { tables, settleMs, agesKeptMs = 0 }: FeedDeps,
  feed: Feed,
  served: Omit<Parameters<typeof servedSince>[2], 'settleMs'>,
  now: number,
): Promise<ServedSince> {
  if (feed.entity !== 'inventory') return new Map()
  return await servedSince(tables, feed, { ...served, settleMs }, { now, keptMs: agesKeptMs })
}

interface ServedNow {
  readonly filter: FeedFilter
  readonly changed: Serving['changed']
  readonly since: ServedSince
  readonly shards: number
}

/**
 * Where the reader continues. A source whose stock became stale, or fresh again, is read from its beginning, whatever
 * `updated_from` says: its rows are now served differently, although they were not written. For a timeslot, that counts
 * as a change at the time it was first served, so one slot has it.
 */
function placesOf(cursor: FeedCursor | null, { filter, changed, since, shards }: ServedNow): FeedPlaces {
  const { from, to } = filter
  const isInSlot = (at: number | undefined) => at !== undefined && at >= (from ?? 0) && (to === null || at < to)
  if (cursor === null) {
    const whole = from === null ? [] : [...since].filter(([, at]) => isInSlot(at)).map(([source]) => source)
    return beginnings(whole, shards)
  }
  const isReset = (source: string) =>
    changed[source] !== cursor.changed[source] && (to === null || isInSlot(since.get(source)))
  const reset = Object.keys(cursor.places).filter(isReset)
  return reset.length === 0 ? cursor.places : { ...cursor.places, ...beginnings(reset, shards) }
}

/** Before every row. */
const BEGINNING = { time: 0, offset: 0n }

function beginnings(sources: readonly string[], shards: number): FeedPlaces {
  const places = Object.fromEntries(Array.from({ length: shards }, (_, shard) => [shard, BEGINNING]))
  return Object.fromEntries(sources.map((source) => [source, places]))
}

/** The cursor's filter, if there is a cursor; the request must not contradict it. */
function filterOf({ feed, filter: asked, cursor }: WantedFeedPage): FeedFilter {
  const from = asked.from ?? cursor?.filter.from ?? null
  const to = asked.to ?? cursor?.filter.to ?? null
  if (from !== null && to !== null && from >= to) {
    const message = 'updated_to: must be later than updated_from'
    throw new StreamError('request_invalid', message, { field: 'updated_to' })
  }
  if (cursor === null) return asked
  const names = { connection: 'connection', sources: 'source', from: 'updated_from', to: 'updated_to' } as const
  if (cursor.feed !== feed.entity) throw otherThanCursor('cursor', `it belongs to the feed ${cursor.feed}`)
  for (const [key, field] of Object.entries(names) as [keyof FeedFilter, string][]) {
    if (asked[key] !== null && String(asked[key]) !== String(cursor.filter[key])) {
      throw otherThanCursor(field, 'differs from the value that the cursor was issued for')
    }
  }
  return cursor.filter
}

function otherThanCursor(field: string, why: string): StreamError {
  const message = `${field}: ${why}; keep the parameters while you follow a cursor, or begin without one`
  return new StreamError('cursor_invalid', message, { field })
}

/** Seconds until the next request makes sense: the end of the timeslot, or the time the projector needs to catch up. */
function secondsUntil({ settleMs }: FeedDeps, filter: FeedFilter, page: FeedPage, now: number): number {
  const seconds = (ms: number, most: number) => Math.min(Math.max(Math.ceil(ms / 1000), 1), most)
  if (filter.to !== null && filter.to > now) return seconds(filter.to + settleMs - now, 3600)
  return seconds(goalOf(filter, now, settleMs) - page.frontier, 10)
}
