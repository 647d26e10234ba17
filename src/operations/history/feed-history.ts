import { StreamError, toStreamError } from '../../errors.ts'
import { isoTime } from '../../events/times.ts'
import { recordKey, topicOf } from '../../events/topics.ts'
import type { LogRecord, PartitionEnd } from '../../platform/kafka/event-log.ts'
import { partitionOfKey } from '../../platform/kafka/partition-of-key.ts'
import type { Feed } from '../../projections/projection.ts'
import { sourcesOf } from '../../projections/read-feed.ts'
import { sharedMeta } from '../../projections/shared-meta.ts'
import type { OperationDeps } from '../dependencies.ts'
import { checkAnyKnown } from '../known-connection.ts'
import type { Principal } from '../principal.ts'
import { type Page, within } from '../scope.ts'
import { sellableRow, stockOwnerOf } from '../sellable-row.ts'
import { servedConnection } from '../served-connection.ts'
import { keyRecords } from './key-records.ts'
import { laneChanges, type RowChange, type RowEvent, type ShowRow } from './lane-changes.ts'

export type { RowChange } from './lane-changes.ts'

export interface WantedHistory {
  readonly connection: string
  readonly key: string
  /** Null: every feed. */
  readonly feed: string | null
  /** Milliseconds: returns changes since then and the last change before; null: all changes. */
  readonly since: number | null
  readonly limit: number
  readonly after: string | null
}

export interface FeedHistory extends Page<RowChange> {
  /** This page and those before it contain every change since then; null: they contain all changes. */
  readonly looked_back_to: string | null
}

/** The rows of a key in one feed, of one source. */
interface Lane {
  readonly feed: Feed
  readonly source: string
  readonly show: ShowRow
}

/** Where the search of a lane continues. */
interface LanePlace {
  readonly before: bigint
  /** The oldest change found, if the row before it is not known yet. */
  readonly open: bigint | null
}

interface LaneFound {
  readonly lane: Lane
  readonly changes: readonly RowChange[]
  readonly open: bigint | null
  readonly from: bigint
  /** Time back to which the lane was searched, in milliseconds; null: back to its beginning. */
  readonly horizon: number | null
}

type Deps = Pick<OperationDeps, 'tables' | 'clock' | 'admin' | 'staged' | 'feeds'>

/**
 * Changes of a key in a connection's feeds, newest first. Each page reads a bounded number of records backwards from
 * the partition that its rows come from; no index is stored for it. Throws `not_found`.
 */
export async function feedHistory(deps: Deps, by: Principal, wanted: WantedHistory): Promise<FeedHistory> {
  const { connection, feed: name, limit } = wanted
  const feeds = deps.feeds.filter(({ entity }) => name === null || entity === name)
  const lanes = await lanesOf(deps, by, feeds, connection)
  const places = placesOf(wanted.after)
  const found = await Promise.all(
    lanes.map(async (lane) => {
      const place = places?.get(laneName(lane))
      // A lane that is missing in the cursor was searched completely, or is new.
      return places !== null && place === undefined ? null : await lookBack(deps, wanted, lane, place ?? null)
    }),
  )
  const looked = found.filter((one) => one !== null)
  const horizons = looked.flatMap(({ horizon }) => (horizon === null ? [] : [horizon]))
  const horizon = horizons.length === 0 ? null : Math.max(...horizons)
  const seen = looked
    .flatMap(({ changes }) => changes)
    .filter(({ at }) => horizon === null || Date.parse(at) >= horizon)
    .toSorted(newestFirst)
  const items = seen.slice(0, limit)
  const last = seen.length > limit ? items.at(-1) : undefined
  const next = looked.flatMap((one) => nextPlace(one, new Set(items)))
  return {
    items: within(by.scope, items, () => ({ connection })),
    next: next.length === 0 ? null : JSON.stringify(next),
    looked_back_to: next.length === 0 ? null : (last?.at ?? isoTime(horizon)),
  }
}

/** One lane for each feed and source that has rows, or is about to. */
async function lanesOf(
  deps: Deps,
  by: Principal,
  feeds: readonly Feed[],
  connection: string,
): Promise<readonly Lane[]> {
  const metas = await Promise.all(feeds.map((feed) => sharedMeta(deps.tables, feed)))
  await checkAnyKnown(deps, by, metas, connection)
  const shows = await showsOf(deps, connection)
  return feeds.flatMap((feed, index) => {
    const meta = metas[index]
    const sources = meta === undefined ? [] : sourcesOf(meta, { connection, sources: null })
    return sources.map((source) => ({ feed, source, show: shows(feed) }))
  })
}

/** Stock is shown as shops read it now: with what may be sold, and the parts of the sum. */
async function showsOf({ tables, clock }: Deps, connection: string): Promise<(feed: Feed) => ShowRow> {
  const owner = stockOwnerOf(await servedConnection(tables, connection, { now: clock.now(), keptMs: 0 }))
  return ({ entity }) =>
    (row) =>
      entity === 'inventory' ? sellableRow(row, owner) : row
}

async function lookBack(
  { admin, staged }: Deps,
  { connection, key, since, limit }: WantedHistory,
  lane: Lane,
  place: LanePlace | null,
): Promise<LaneFound | null> {
  const topic = staged.topicPrefix + topicOf(lane.feed.kind)
  const ends = await admin.ends(topic)
  const name = recordKey(connection, lane.source, key)
  const end = endOf(ends, name)
  if (end === undefined) return null
  const { partition, start } = end
  const before = place?.before ?? end.end
  const isEnough = (records: readonly LogRecord[], time: number | null) =>
    records.length > limit || (since !== null && time !== null && time < since && hasOlder(records, since))
  const read = await keyRecords(staged.reader, { topic, partition, key: name, start, before }, isEnough)
  const open = place?.open ?? null
  const later = open === null ? [] : await staged.reader.read([{ topic, partition, offset: Number(open) }])
  const events = await decodeAll(staged, lane, [...later.filter((one) => one !== null), ...read.records].toReversed())
  const isWhole = read.from <= start
  const changes = laneChanges(lane, events, isWhole)
  const isPast = since !== null && read.time !== null && read.time < since
  return {
    lane,
    changes: sinceThen(resolved(changes, events, open, lane), since),
    open: unresolved(changes),
    from: read.from,
    horizon: isWhole || isPast ? null : (read.time ?? 0),
  }
}

function endOf(ends: readonly PartitionEnd[], key: string): PartitionEnd | undefined {
  const partition = ends.length === 0 ? 0 : partitionOfKey(key, ends.length)
  return ends.find((end) => end.partition === partition)
}

const hasOlder = (records: readonly LogRecord[], since: number) => records.some(({ timestamp }) => timestamp < since)

/** Skips records that cannot be decoded: they are dead letters already. */
async function decodeAll(
  { codec }: Deps['staged'],
  { feed }: Lane,
  records: readonly LogRecord[],
): Promise<readonly RowEvent[]> {
  const events = await Promise.all(
    records.map(async (record) => {
      try {
        return [{ record, event: await codec.decode(feed.kind, record.value) }]
      } catch (thrown) {
        const error = toStreamError(thrown)
        if (error.policy === 'stop') throw error
        return []
      }
    }),
  )
  return events.flat()
}

/** Returns the open change again once the row before it is known, also if it changed nothing. */
function resolved(
  changes: readonly RowChange[],
  events: readonly RowEvent[],
  open: bigint | null,
  lane: Lane,
): readonly RowChange[] {
  if (open === null) return changes
  const again = changes.find(({ offset }) => offset === String(open))
  if (again !== undefined) return again.changes === null ? changes.filter((one) => one !== again) : changes
  const own = events.filter(({ record }) => record.offset === open)
  return [...changes, ...laneChanges(lane, own, true).map((change) => ({ ...change, first: false, changes: [] }))]
}

/** Includes the last change before `since`: the row's content at that time. */
function sinceThen(changes: readonly RowChange[], since: number | null): readonly RowChange[] {
  if (since === null) return changes
  const first = changes.findIndex(({ at }) => Date.parse(at) >= since)
  return changes.slice(Math.max(0, (first < 0 ? changes.length : first) - 1))
}

function unresolved(changes: readonly RowChange[]): bigint | null {
  const [oldest] = changes
  return oldest?.changes === null ? BigInt(oldest.offset) : null
}

function newestFirst(a: RowChange, b: RowChange): number {
  if (a.at !== b.at) return a.at < b.at ? 1 : -1
  if (a.feed !== b.feed || a.source !== b.source) return laneText(a) < laneText(b) ? -1 : 1
  return Number(BigInt(b.offset) - BigInt(a.offset))
}

const laneText = ({ feed, source }: Pick<RowChange, 'feed' | 'source'>) => `${feed}|${source}`
const laneName = ({ feed, source }: Lane) => laneText({ feed: feed.entity, source })

type WirePlace = readonly [lane: string, before: string, open: string | null]

/** Where the lane continues: after the changes returned, or where the search ended. Empty: the lane has no more. */
function nextPlace({ lane, changes, open, from, horizon }: LaneFound, given: ReadonlySet<RowChange>): WirePlace[] {
  const left = changes.filter((change) => !given.has(change)).map(({ offset }) => BigInt(offset))
  const newest = left.reduce<bigint | null>((most, offset) => (most === null || offset > most ? offset : most), null)
  if (newest !== null) return [[laneName(lane), String(newest + 1n), null]]
  return horizon === null ? [] : [[laneName(lane), String(from), open === null ? null : String(open)]]
}

function placesOf(after: string | null): ReadonlyMap<string, LanePlace> | null {
  if (after === null) return null
  const places: readonly WirePlace[] = JSON.parse(after)
  return new Map(
    places.map(([lane, before, open]) => [lane, { before: BigInt(before), open: open === null ? null : BigInt(open) }]),
  )
}

/** Throws `request_invalid`. */
export function feedNamed(feeds: readonly Feed[], name: string | null): string | null {
  if (name === null || feeds.some(({ entity }) => entity === name)) return name
  const known = feeds.map(({ entity }) => entity).join(', ')
  throw new StreamError('request_invalid', `feed: there is no feed "${name}"; there are: ${known}`, { field: 'feed' })
}
