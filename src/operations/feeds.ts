import type { Connection } from '../configuration/model.ts'
import { systemOfRead } from '../configuration/read-id.ts'
import { connectionOfRow } from '../configuration/stored-documents.ts'
import { CONNECTIONS } from '../configuration/tables.ts'
import { StreamError } from '../errors.ts'
import { joinKey } from '../events/entities.ts'
import { readableItems } from '../platform/dynamodb/unreadable-rows.ts'
import type { RowCount } from '../projections/feed-counts.ts'
import type { FeedRow } from '../projections/feed-row.ts'
import type { FeedMeta } from '../projections/feed-table.ts'
import { productFeed } from '../projections/product-feed.ts'
import type { Feed } from '../projections/projection.ts'
import {
  type FeedFilter,
  type FeedPage,
  type FeedPlaces,
  goalOf,
  isComplete,
  sourcesOf,
} from '../projections/read-feed.ts'
import { countRows, readItem } from '../projections/read-rows.ts'
import { sharedMeta } from '../projections/shared-meta.ts'
import type { OperationDeps } from './dependencies.ts'
import { asOfAll, type FeedStanding, feedStanding, type ServedRow, type Serving, servingOf } from './feed-ages.ts'
import { type FeedView, plainView } from './feed-view.ts'
import { galleryPolicy, galleryView } from './gallery-view.ts'
import { notFound, type Principal } from './principal.ts'
import { type Scoped, sees, within } from './scope.ts'
import { type ServedSince, servedSince } from './served-since.ts'
import { unknownConnection } from './unknown-connection.ts'

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

type Deps = Pick<
  OperationDeps,
  'tables' | 'clock' | 'settleMs' | 'shards' | 'metaKeptMs' | 'agesKeptMs' | 'positions' | 'topicPrefix'
>

const ownerOf = ({ connection }: Pick<FeedRow, 'connection'>) => ({ connection })

/**
 * The next page after the cursor (Guarantee 8). Throws `not_found` for an unknown connection, `cursor_invalid` when the
 * cursor belongs to another feed or filter, and `cursor_expired` when the feed was rebuilt since.
 */
export async function readFeedPage(deps: Deps, by: Principal, wanted: WantedFeedPage): Promise<FeedAnswer> {
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
  { tables, settleMs, agesKeptMs = 0 }: Deps,
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
 * How the feed is shown to the reader. Throws `cursor_expired` when the cursor was issued for another view: only then is
 * the configuration read anew, since another process may have issued the cursor after a change.
 */
async function viewFor(
  deps: Deps,
  { feed, meta, filter, cursor, now }: Pick<WantedFeedPage, 'feed' | 'filter' | 'cursor'> & Shown,
): Promise<{ readonly standing: FeedStanding; readonly view: FeedView }> {
  const read = async (isFresh: boolean) => {
    const ages = { now, keptMs: isFresh ? 0 : (deps.agesKeptMs ?? 0) }
    const standing = await feedStanding(deps, feed, { meta, connection: filter.connection }, ages)
    return { standing, view: await viewOf(deps, { feed, meta, now, isFresh }, standing.connection, filter) }
  }
  const kept = await read(false)
  if (cursor === null || cursor.mark === kept.view.mark) return kept
  const fresh = await read(true)
  if (cursor.mark === fresh.view.mark) return fresh
  throw cursorExpired('which rows the connection shows was configured since, or its products feed was rebuilt')
}

interface Shown {
  readonly meta: FeedMeta
  readonly now: number
}

async function viewOf(
  deps: Deps,
  { feed, meta, now, isFresh }: Shown & { readonly feed: Feed; readonly isFresh: boolean },
  connection: Connection | undefined,
  filter: Pick<FeedFilter, 'connection' | 'sources'>,
): Promise<FeedView> {
  const request = { ...deps, feed, meta }
  const policy = feed.entity === 'images' && connection !== undefined ? galleryPolicy(connection, filter.sources) : null
  if (policy === null || connection === undefined) {
    return plainView(request, filter.connection, connection?.shop ?? null)
  }
  const kept = { now, keptMs: isFresh ? 0 : (deps.metaKeptMs ?? 0) }
  const products = policy.isOnlyProducts
    ? { ...deps, feed: productFeed, meta: await sharedMeta(deps.tables, productFeed, kept) }
    : null
  return galleryView({ images: request, products, connection, policy })
}

/** A row that stands for several sources. */
function ofAllSources(standing: FeedStanding, sources: readonly string[]): Serving['serve'] {
  const as_of = asOfAll(standing, sources)
  return (row) => ({ ...row, as_of, stale: null })
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

export interface FeedItemKey {
  readonly feed: Feed
  readonly connection: string
  /** Parts of the key. */
  readonly key: readonly string[]
}

/** The rows of a key: one for each source that has it. Throws `not_found`. */
export async function readFeedItem(
  deps: Deps,
  by: Principal,
  { feed, connection, key }: FeedItemKey,
): Promise<Scoped<ServedRow>> {
  const meta = await sharedMeta(deps.tables, feed)
  await checkKnown(deps, by, meta, { connection, sources: null })
  const of = { connection, sources: null }
  const shown = await shownNow(deps, feed, meta, of)
  const rows = await (shown.view.mark === ''
    ? readItem({ ...deps, feed, meta }, connection, joinKey(key))
    : shown.view.ofKeys(sourcesOf(meta, of), [joinKey(key)]))
  if (rows.length > 0) return within(by.scope, rows.map(shown.serve(rows)), ownerOf)
  const what = `connection ${connection} has no row "${key.join('", "')}" in ${feed.entity}`
  throw notFound(by, { field: feed.key.parts.join(', '), api: what, cli: what })
}

export interface WantedFeedItems extends Pick<FeedFilter, 'connection' | 'sources'> {
  readonly feed: Feed
  /** Parts of each key. */
  readonly keys: readonly (readonly string[])[]
}

/**
 * The rows of many keys, in the order of the keys and then of the sources, and the keys without a row. Throws
 * `not_found` for the connection.
 */
export async function readFeedItems(
  deps: Deps,
  by: Principal,
  { feed, connection, sources, keys }: WantedFeedItems,
): Promise<{ rows: Scoped<ServedRow>; missing: readonly (readonly string[])[] }> {
  const meta = await sharedMeta(deps.tables, feed)
  await checkKnown(deps, by, meta, { connection, sources })
  const asked = new Map(keys.map((parts) => [joinKey(parts), parts]))
  const shown = await shownNow(deps, feed, meta, { connection, sources })
  const all = await shown.view.ofKeys(sourcesOf(meta, { connection, sources }), [...asked.keys()])
  const found = Map.groupBy(all, ({ key }) => key)
  const rows = [...asked.keys()].flatMap(
    (key) => found.get(key)?.toSorted((a, b) => (a.source < b.source ? -1 : 1)) ?? [],
  )
  const missing = [...asked].flatMap(([key, parts]) => (found.has(key) ? [] : [parts]))
  return { rows: within(by.scope, rows.map(shown.serve(rows)), ownerOf), missing }
}

/** How single rows are shown and served now. */
async function shownNow(
  deps: Deps,
  feed: Feed,
  meta: FeedMeta,
  filter: Pick<FeedFilter, 'connection' | 'sources'>,
): Promise<{ readonly view: FeedView; serve(rows: readonly FeedRow[]): Serving['serve'] }> {
  const now = deps.clock.now()
  const about = { meta, connection: filter.connection }
  const standing = await feedStanding(deps, feed, about, { now, keptMs: deps.agesKeptMs ?? 0 })
  const view = await viewOf(deps, { feed, meta, now, isFresh: false }, standing.connection, filter)
  return {
    view,
    serve(rows) {
      if (view.isMerged) return ofAllSources(standing, sourcesOf(meta, filter))
      return servingOf(feed, standing, [...new Set(rows.map(({ source }) => source))], now).serve
    },
  }
}

/** Number of rows of a connection, over all sources, including deleted rows. Throws `not_found`. */
export async function countFeedRows(
  deps: Deps,
  by: Principal,
  { feed, connection }: Omit<FeedItemKey, 'key'>,
): Promise<RowCount> {
  const meta = await sharedMeta(deps.tables, feed)
  await checkKnown(deps, by, meta, { connection, sources: null })
  return await countRows({ ...deps, feed, meta }, connection)
}

/** The connection as configured now; undefined: its document cannot be read, or (`isThere` false) there is none. */
async function configuredConnection({ tables }: Pick<Deps, 'tables'>, id: string) {
  const item = await tables.get(CONNECTIONS, { kind: 'connection', id })
  const [connection] = readableItems(item === undefined ? [] : [item], connectionOfRow)
  return { isThere: item !== undefined, connection }
}

/** The reader has to read the feed again from its beginning. */
export function cursorExpired(reason: string): StreamError {
  const message = `cursor: ${reason}; read the feed again without a cursor and replace your copy`
  return new StreamError('cursor_expired', message, { field: 'cursor' })
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
function secondsUntil({ settleMs }: Deps, filter: FeedFilter, page: FeedPage, now: number): number {
  const seconds = (ms: number, most: number) => Math.min(Math.max(Math.ceil(ms / 1000), 1), most)
  if (filter.to !== null && filter.to > now) return seconds(filter.to + settleMs - now, 3600)
  return seconds(goalOf(filter, now, settleMs) - page.frontier, 10)
}

/** Throws `not_found` for a connection that is not configured and has no rows in any of the feeds. */
export async function checkAnyKnown(
  deps: Pick<Deps, 'tables'>,
  by: Principal,
  metas: readonly FeedMeta[],
  connection: string,
): Promise<void> {
  const [first] = metas
  const meta = metas.find(({ pairs }) => pairs.some((pair) => pair.connection === connection)) ?? first
  if (meta !== undefined) await checkKnown(deps, by, meta, { connection, sources: null })
}

/**
 * Throws `not_found` for a connection that is not configured and has no rows, and `request_invalid` for a source that
 * the connection does not read: a mistyped id would otherwise look like an empty feed.
 */
async function checkKnown(
  { tables }: Pick<Deps, 'tables'>,
  by: Principal,
  meta: FeedMeta,
  { connection, sources }: Pick<FeedFilter, 'connection' | 'sources'>,
): Promise<void> {
  if (!sees(by.scope, { connection })) throw await unknownConnection(tables, by, connection)
  const known = new Set(meta.pairs.filter((pair) => pair.connection === connection).map((pair) => pair.source))
  const hasRows = known.size > 0
  const isMistyped = (source: string) => !known.has(source)
  if (hasRows && sources?.some(isMistyped) !== true) return
  const { isThere, connection: configured } = await configuredConnection({ tables }, connection)
  if (!isThere && !hasRows) throw await unknownConnection(tables, by, connection)
  for (const read of configured?.reads ?? []) known.add(systemOfRead(read))
  const mistyped = sources?.find(isMistyped)
  if (mistyped === undefined) return
  const all = [...known].toSorted().join(', ')
  const message = `source: connection ${connection} does not read from "${mistyped}"; its sources are: ${all}`
  throw new StreamError('request_invalid', message, { field: 'source' })
}
