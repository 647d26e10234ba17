import type { Connection, StaleStock } from '../configuration/model.ts'
import { entityOfRead, systemOfRead } from '../configuration/read-id.ts'
import { connectionOfRow } from '../configuration/stored-documents.ts'
import { CONNECTIONS } from '../configuration/tables.ts'
import { controlRows, type ReadControl } from '../control/read-control.ts'
import { isoTime } from '../events/times.ts'
import { rowsOf } from '../platform/dynamodb/rows.ts'
import type { Tables } from '../platform/dynamodb/tables.ts'
import { readableItems } from '../platform/dynamodb/unreadable-rows.ts'
import { createSharedReads, type Kept } from '../platform/shared-reads.ts'
import type { FeedRow } from '../projections/feed-row.ts'
import type { Feed } from '../projections/projection.ts'
import { staleData } from './stale-stock.ts'

/** A connection and the age of its sources, for reading one of its feeds. */
export interface FeedStanding {
  /** The configured connection; undefined: its document is missing or cannot be read. */
  readonly connection: Connection | undefined
  /**
   * By source: all changes before this time (milliseconds) were read. Omits sources without a read of the connection,
   * and sources with a read that never completed.
   */
  readonly asOf: ReadonlyMap<string, number>
  /** The same by the reads that completed: a source that gets a second read does not become fresh by it. */
  readonly completed: ReadonlyMap<string, number>
}

const shared = createSharedReads<FeedStanding>()

/** Reads the connection and the cut dates of its reads: two requests, shared by callers within `keptMs`. */
export function feedStanding(tables: Tables, feed: Feed, connection: string, kept: Kept): Promise<FeedStanding> {
  return shared(tables, JSON.stringify([feed.entity, connection]), kept, async () => {
    const item = await tables.get(CONNECTIONS, { kind: 'connection', id: connection })
    const [configured] = readableItems(item === undefined ? [] : [item], connectionOfRow)
    const reads = (configured?.reads ?? []).filter((read) => entityOfRead(read) === feed.entity)
    const keys = reads.map((read) => ({ read }))
    const controls = keys.length === 0 ? [] : await rowsOf(tables, controlRows).listMany(keys)
    return { connection: configured, ...agesOf(reads, controls) }
  })
}

function agesOf(reads: readonly string[], controls: readonly ReadControl[]): Pick<FeedStanding, 'asOf' | 'completed'> {
  const times = new Map(controls.map((control) => [control.read, readUntil(control)]))
  const asOf = new Map<string, number>()
  const completed = new Map<string, number>()
  for (const [source, own] of Map.groupBy(reads, systemOfRead)) {
    const known = own.flatMap((read) => times.get(read) ?? [])
    if (known.length > 0) completed.set(source, Math.min(...known))
    if (known.length === own.length) asOf.set(source, Math.min(...known))
  }
  return { asOf, completed }
}

/**
 * Milliseconds; null: the read never completed. A cut date set by hand changes nothing: forward, nothing was read;
 * back, what was read stays read.
 */
function readUntil({ cut_date, revision, cut_date_change: byHand }: ReadControl): number | null {
  const until = byHand?.revision === revision ? byHand.before : cut_date
  return until === null ? null : Date.parse(until)
}

/** Why a row is not served as it was read. */
export interface Stale {
  readonly policy: StaleStock['policy']
  readonly reason: string
}

/** A row as it is served. */
export interface ServedRow extends FeedRow {
  /** ISO 8601: time up to which all changes at its source were read; null: unknown. */
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

/** `sources`: sources of the rows. The policy applies only to stock: other content stays valid as it ages. */
export function servingOf(feed: Feed, standing: FeedStanding, sources: readonly string[], now: number): Serving {
  const rule = feed.entity === 'inventory' ? standing.connection?.staleStock : undefined
  const reasons = new Map(sources.flatMap((source) => staleReason(source, standing, rule, now) ?? []))
  const way = rule === undefined || rule.policy === 'keep' ? null : [rule.policy, rule.buffer].join(' ').trim()
  return {
    changed: way === null ? {} : Object.fromEntries([...reasons.keys()].map((source) => [source, way])),
    serve(row) {
      const asOf = standing.asOf.get(row.source)
      const as_of = asOf === undefined ? null : isoTime(asOf)
      const reason = reasons.get(row.source)
      if (rule === undefined || reason === undefined) return { ...row, as_of, stale: null }
      const data = row.deleted ? row.data : staleData(row.data, rule)
      return { ...row, data, as_of, stale: { policy: rule.policy, reason } }
    },
  }
}

function staleReason(
  source: string,
  { completed }: FeedStanding,
  rule: StaleStock | undefined,
  now: number,
): [readonly [source: string, reason: string]] | null {
  const since = completed.get(source)
  if (rule === undefined || since === undefined || now - since <= rule.afterMinutes * MINUTE_MS) return null
  const reason = `${source} was last read in full at ${isoTime(since)}, more than ${rule.afterMinutes} minutes ago`
  return [[source, reason]]
}

/** The time up to which all these sources were read, ISO 8601; null: unknown for one of them. */
export function asOfAll({ asOf }: FeedStanding, sources: readonly string[]): string | null {
  const times = sources.flatMap((source) => asOf.get(source) ?? [])
  return times.length === 0 || times.length < sources.length ? null : isoTime(Math.min(...times))
}
