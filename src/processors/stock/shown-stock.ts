import type { Connection } from '../../configuration/model.ts'
import { stockReads, stockSources } from '../../configuration/stock-reads.ts'
import { controlRows, readUntil } from '../../control/read-control.ts'
import type { Clock } from '../../platform/clock.ts'
import { rowsOf } from '../../platform/dynamodb/rows.ts'
import type { Tables } from '../../platform/dynamodb/tables.ts'
import type { FindStockProgress } from '../../rules/stock-row.ts'

interface ShownStockDeps {
  readonly tables: Tables
  readonly clock: Pick<Clock, 'now'>
  readonly findProgress: FindStockProgress
}

/** By SKU: all changes at the vendor before this time (milliseconds) are in its rows; null: unknown. */
export type ShownUntil = (sku: string) => number | null

/** Up to when the stock of connections was read and is in the feed. */
export interface ShownStock {
  /** The same for all these connections. */
  of(connections: readonly Connection[]): Promise<ShownUntil>
}

/**
 * How long after a stage noted its progress its report of a held change may arrive: it is in the topic before the note,
 * and folded seconds later.
 */
const REPORTED_MS = 120_000

/** A completed read whose changes are followed through our own pipeline. Milliseconds. */
interface FollowedRead {
  /** Everything before it was read. */
  readonly until: number
  /** All of it was appended before. */
  readonly appendedBefore: number
  /** When the pipeline was seen to have reached `appendedBefore`; null: not yet. */
  readonly reachedAt: number | null
}

/** What is known of a connection. */
interface Known {
  readonly followed: FollowedRead | null
  readonly shown: number | null
}

const NOTHING: Known = { followed: null, shown: null }

/**
 * A read is complete as soon as the broker has its changes; these may still wait for our pipeline, which may be paused or
 * behind. So one read at a time is followed until the pipeline has passed it, and held changes of it are reported. What is
 * known is kept in memory: after a restart nothing counts as shown until a read was followed again.
 */
export function createShownStock({ tables, clock, findProgress }: ShownStockDeps): ShownStock {
  const known = new Map<string, Known>()
  const standingOf = async (connection: Connection) => {
    const reads = stockReads(connection)
    const askedAt = clock.now()
    const [until, progress] = await Promise.all([
      untilOf(tables, reads),
      findProgress(connection, stockSources(connection)),
    ])
    // With other reads, what was shown of the former ones says nothing.
    const name = JSON.stringify([connection.id, reads])
    const after = follow(known.get(name) ?? NOTHING, { until, reached: progress.until, askedAt, now: clock.now() })
    known.set(name, after)
    return { shown: after.shown, isHeld: progress.isHeld }
  }
  return {
    async of(connections) {
      const reading = connections.filter((connection) => stockReads(connection).length > 0)
      const standings = await Promise.all(reading.map(standingOf))
      return (sku) => {
        const times = standings.map(({ shown, isHeld }) => (isHeld(sku) ? null : shown))
        const proven = times.filter((time) => time !== null)
        return proven.length === 0 || proven.length < times.length ? null : Math.min(...proven)
      }
    },
  }
}

interface Seen {
  /** Up to when everything was read; null: unknown. */
  readonly until: number | null
  /** What was appended before it is through the pipeline; null: unknown. */
  readonly reached: number | null
  /** When the reading of both, and of held changes, began and ended. */
  readonly askedAt: number
  readonly now: number
}

function follow({ followed, shown }: Known, { until, reached, askedAt, now }: Seen): Known {
  const next = until === null ? null : { until, appendedBefore: now, reachedAt: null }
  if (followed === null) return { followed: next, shown }
  if (followed.reachedAt !== null && askedAt - followed.reachedAt >= REPORTED_MS) {
    return { followed: next, shown: Math.max(shown ?? 0, followed.until) }
  }
  const isReached = followed.reachedAt === null && reached !== null && reached >= followed.appendedBefore
  return { followed: isReached ? { ...followed, reachedAt: now } : followed, shown }
}

async function untilOf(tables: Tables, reads: readonly string[]): Promise<number | null> {
  const controls = await rowsOf(tables, controlRows).listMany(reads.map((read) => ({ read })))
  const times = controls.flatMap((control) => readUntil(control)?.until ?? []).map((until) => Date.parse(until))
  return times.length < reads.length ? null : Math.min(...times)
}
