import type { StaleStock } from '../configuration/model.ts'
import { entityOfRead, systemOfRead } from '../configuration/read-id.ts'
import { controlRows, type ReadControl, readUntil } from '../control/read-control.ts'
import { digest } from '../events/identity.ts'
import { isoTime } from '../events/times.ts'
import { rowsOf } from '../platform/dynamodb/rows.ts'
import { createSharedReads, type Kept } from '../platform/shared-reads.ts'
import type { FeedRow } from '../projections/feed-row.ts'
import type { FeedMeta } from '../projections/feed-table.ts'
import type { Feed } from '../projections/projection.ts'
import { type FeedProgress, feedProgress, type HeldChange, type ProgressDeps } from './feed-progress.ts'
import { sellableRow, sellableWay, stockOwnerOf } from './sellable-row.ts'
import { type ServedConnection, servedConnection } from './served-connection.ts'
import { staleData } from './stale-stock.ts'

/** A connection and the age of its sources, for reading one of its feeds. */
export interface FeedStanding extends ServedConnection {
  readonly id: string
  /**
   * By source: all changes before this time (milliseconds) were read, and are in the feed, except held ones. Omits
   * sources without a read of the connection, and sources with a read that never completed. Empty if the connection
   * does not run: nobody knows since when.
   */
  readonly asOf: ReadonlyMap<string, number>
  /** The same by the reads that completed: a source that gets a second read does not become fresh by it. */
  readonly completed: ReadonlyMap<string, Completed>
  readonly held: HeldChanges
}

/** How far a source was read, and is in the feed. Milliseconds. */
interface Completed {
  readonly read: number
  /** No later than `read`: earlier if our own pipeline stands still. */
  readonly shown: number
}

const shared = createSharedReads<FeedStanding>()

/**
 * Reads the connection, the cut dates of its reads and the progress of the pipeline: a few requests, shared by callers
 * within `keptMs`.
 */
export function feedStanding(
  deps: ProgressDeps,
  feed: Feed,
  { meta, connection }: { readonly meta: FeedMeta; readonly connection: string },
  kept: Kept,
): Promise<FeedStanding> {
  const { tables } = deps
  return shared(tables, JSON.stringify([feed.entity, connection]), kept, () =>
    standingOf(deps, feed, { meta, connection }, servedConnection(tables, connection, kept)),
  )
}

/** The standing of a connection that is served like this. */
export async function standingOf(
  deps: ProgressDeps,
  feed: Feed,
  { meta, connection }: { readonly meta: FeedMeta; readonly connection: string },
  as: ServedConnection | Promise<ServedConnection>,
): Promise<FeedStanding> {
  const [served, progress] = await Promise.all([as, feedProgress(deps, feed, meta, connection)])
  const configured = served.problem === null ? (served.connection?.reads ?? []) : []
  const reads = configured.filter((read) => entityOfRead(read) === feed.entity)
  const keys = reads.map((read) => ({ read }))
  const controls = keys.length === 0 ? [] : await rowsOf(deps.tables, controlRows).listMany(keys)
  return { id: connection, ...served, ...agesOf(reads, controls, progress), held: heldChanges(progress) }
}

function agesOf(
  reads: readonly string[],
  controls: readonly ReadControl[],
  progress: FeedProgress,
): Pick<FeedStanding, 'asOf' | 'completed'> {
  const times = new Map(controls.map((control) => [control.read, completedOf(control, progress)]))
  const asOf = new Map<string, number>()
  const completed = new Map<string, Completed>()
  for (const [source, own] of Map.groupBy(reads, systemOfRead)) {
    const known = own.flatMap((read) => times.get(read) ?? [])
    const shown = Math.min(...known.map((one) => one.shown))
    if (known.length > 0) completed.set(source, { read: Math.min(...known.map(({ read }) => read)), shown })
    if (known.length === own.length) asOf.set(source, shown)
  }
  return { asOf, completed }
}

/**
 * Null: the read never completed. Changes before a time are in the topic as long after it as the last run took; so long
 * before the time that the pipeline has reached, they are in the feed.
 */
function completedOf(control: ReadControl, { until }: FeedProgress): Completed | null {
  const known = readUntil(control)
  if (known === null) return null
  const read = Date.parse(known.until)
  if (until === null || known.at === null) return { read, shown: read }
  const took = Math.max(0, Date.parse(known.at) - read)
  return { read, shown: Math.min(read, until - took) }
}

/** Held changes, the oldest where there are several. */
interface HeldChanges {
  /** By source and key. */
  readonly rows: ReadonlyMap<string, HeldChange>
  /** By source, for all its rows: there are too many held changes to know which rows they belong to. */
  readonly sources: ReadonlyMap<string, HeldChange>
}

const rowName = ({ source, key }: Pick<FeedRow, 'source' | 'key'>): string => JSON.stringify([source, key])

function heldChanges({ held, more }: FeedProgress): HeldChanges {
  const newestFirst = held.toSorted((a, b) => b.readAt - a.readAt)
  return {
    rows: new Map(newestFirst.map((change) => [rowName(change), change])),
    sources: new Map(more ? newestFirst.map((change) => [change.source, change]) : []),
  }
}

/** Why a row is not served as it was read. */
export interface Stale {
  readonly policy: StaleStock['policy']
  readonly reason: string
}

/** A row as it is served. */
export interface ServedRow extends FeedRow {
  /** ISO 8601: time up to which all changes at its source were read and are in the row; null: unknown. */
  readonly as_of: string | null
  /** Null: the row is not stale, or the connection has no policy. */
  readonly stale: Stale | null
}

/** How the rows of a feed are served now. */
export interface Serving {
  /**
   * By source, how the data of its rows is changed. If this differs from when a reader received the rows, the reader
   * has to receive them again.
   */
  readonly changed: Readonly<Record<string, string>>
  serve(row: FeedRow): ServedRow
}

const MINUTE_MS = 60_000

/**
 * `sources`: sources of the rows. The policies apply only to stock: other content stays valid as it ages. What may be
 * sold is computed before the policy for stale stock limits it.
 */
export function servingOf(feed: Feed, standing: FeedStanding, sources: readonly string[], now: number): Serving {
  const isStock = feed.entity === 'inventory'
  const rule = isStock ? standing.policies.staleStock : undefined
  const owner = isStock ? stockOwnerOf(standing) : undefined
  const { rows, sources: wholeSources } = standing.held
  const staleSources = new Map<string, string>()
  for (const source of sources) {
    const reason =
      rule &&
      (problemReason(standing) ??
        ageReason(source, standing, rule, now) ??
        heldReason(wholeSources.get(source), rule, now))
    if (reason !== undefined) staleSources.set(source, reason)
  }
  const stale = rule === undefined ? {} : changedOf(rule, sources, staleSources, staleRows(standing, rule, now))
  const changes = sources.flatMap((source) => {
    const ways = [sellableWay(source, owner), stale[source]].filter((one) => one !== undefined && one !== null)
    return ways.length === 0 ? [] : [[source, ways.join(' ')] as const]
  })
  return {
    changed: Object.fromEntries(changes),
    serve(row) {
      const held = rows.get(rowName(row)) ?? wholeSources.get(row.source)
      const asOf = standing.asOf.get(row.source)
      const as_of = asOf === undefined ? null : isoTime(Math.min(asOf, held?.readAt ?? asOf))
      const own = owner === undefined ? row : sellableRow(row, owner)
      const reason = rule && (staleSources.get(row.source) ?? heldReason(held, rule, now))
      if (rule === undefined || reason === undefined) return { ...own, as_of, stale: null }
      const data = row.deleted ? row.data : staleData(own.data, rule)
      return { ...own, data, as_of, stale: { policy: rule.policy, reason } }
    },
  }
}

/** By source: the policy that its rows are served with, or which of its rows are. */
function changedOf(
  { policy, buffer }: StaleStock,
  sources: readonly string[],
  staleSources: ReadonlyMap<string, string>,
  stale: readonly HeldChange[],
): Serving['changed'] {
  if (policy === 'keep') return {}
  const way = [policy, buffer].join(' ').trim()
  const bySource = Map.groupBy(stale, ({ source }) => source)
  const ways = sources.flatMap((source): (readonly [string, string])[] => {
    if (staleSources.has(source)) return [[source, way]]
    const keys = bySource.get(source)?.map(({ key }) => key) ?? []
    return keys.length === 0 ? [] : [[source, `${way} ${digest(...keys.toSorted()).slice(0, 16)}`]]
  })
  return Object.fromEntries(ways)
}

function staleRows({ held }: FeedStanding, rule: StaleStock, now: number): readonly HeldChange[] {
  return [...held.rows.values()].filter((change) => heldReason(change, rule, now) !== undefined)
}

/** The changes of a connection that does not run no longer reach the feed, since when is not known. */
function problemReason({ id, problem }: FeedStanding): string | undefined {
  switch (problem) {
    case 'removed':
      return `the connection ${id} was removed`
    case 'unreadable':
      return `the connection ${id} does not run: its document, or that of its shop, vendor or mapping, cannot be read`
    case null:
      return undefined
  }
}

function ageReason(source: string, { completed }: FeedStanding, rule: StaleStock, now: number): string | undefined {
  const known = completed.get(source)
  if (known === undefined || !isOver(known.shown, rule, now)) return undefined
  if (isOver(known.read, rule, now)) {
    return `${source} was last read in full at ${isoTime(known.read)}, more than ${rule.afterMinutes} minutes ago`
  }
  const shown = `what was read from ${source} is in the feed up to ${isoTime(known.shown)} only`
  return `${shown}, more than ${rule.afterMinutes} minutes ago: a stage of ours does not go on`
}

function heldReason(change: HeldChange | undefined, rule: StaleStock, now: number): string | undefined {
  if (change === undefined || !isOver(change.readAt, rule, now)) return undefined
  const { source, readAt, stage, status, code } = change
  const what = `a change read from ${source} at ${isoTime(readAt)}, more than ${rule.afterMinutes} minutes ago`
  return `${what}, ${status === 'failed' ? 'failed' : 'waits'} at ${stage}${code === null ? '' : ` (${code})`}`
}

const isOver = (since: number, { afterMinutes }: StaleStock, now: number): boolean =>
  now - since > afterMinutes * MINUTE_MS

/** The time up to which all these sources were read and shown, ISO 8601; null: unknown for one of them. */
export function asOfAll({ asOf }: FeedStanding, sources: readonly string[]): string | null {
  const times = sources.flatMap((source) => asOf.get(source) ?? [])
  return times.length === 0 || times.length < sources.length ? null : isoTime(Math.min(...times))
}
