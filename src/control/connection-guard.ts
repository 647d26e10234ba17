import type { Logger } from 'pino'
import type { StreamError } from '../errors.ts'
import type { Clock } from '../platform/clock.ts'
import type { Tables } from '../platform/dynamodb/tables.ts'
import { hardStopOf } from '../platform/sandbox/hard-stop.ts'
import { claimProbe, type Pause, pause, resume, watchPauses } from './pauses.ts'

/** How the last entities of one connection ended at one stage: key → failed for a reason of its own; oldest first. */
export type Outcomes = ReadonlyMap<string, boolean>

export interface ThresholdLimits {
  /** Different keys that are looked at. */
  readonly window: number
  /** So many failed ones among them say that the connection is wrong, not the entities. */
  readonly most: number
}

/** Milliseconds. */
export interface GuardTiming {
  /** How often the pauses are read. */
  readonly pausesEveryMs: number
  /** How often a record of a paused connection is tried, to see whether the pause is over. */
  readonly probeEveryMs: number
  readonly threshold: ThresholdLimits
  /** For entities whose rules were stopped from outside. */
  readonly stops: ThresholdLimits
}

export const usualGuardTiming: GuardTiming = {
  pausesEveryMs: 2_000,
  probeEveryMs: 3 * 60_000,
  threshold: { window: 20, most: 15 },
  stops: { window: 20, most: 3 },
}

/** Characters of a message that a row keeps: an answer may be a page. */
const LONGEST_MESSAGE = 2_000

/** Distinguishes a connection that is wrong from entities that are, at one stage (Guarantee 5). */
export interface ConnectionGuard {
  pauses(): Promise<ReadonlyMap<string, Pause>>
  /**
   * Notes how an entity ended; null: well. True: the connection itself is wrong, as the error says, or because most of its
   * last entities failed, or a few of them were stopped from outside, which holds up others; the count begins anew then.
   */
  isWrong(connection: string, key: string, error: StreamError | null): boolean
  /** Pauses the connection, with an alert where it was not paused before. */
  begin(connection: string, error: StreamError): Promise<void>
  end(connection: string): Promise<void>
  /** True: a record of the connection is to be tried now, by nobody else. */
  claim(pause: Pause): Promise<boolean>
}

export interface GuardDeps {
  readonly tables: Tables
  readonly clock: Clock
  readonly logger: Logger
}

/** True: so many of the connection's last entities ended badly that the count begins anew. */
function countOutcomes(limits: ThresholdLimits): (connection: string, key: string, isBad: boolean) => boolean {
  const outcomes = new Map<string, Outcomes>()
  return (connection, key, isBad) => {
    if (!isBad && !outcomes.has(connection)) return false
    const noted = noteOutcome(outcomes.get(connection) ?? new Map(), key, isBad, limits)
    outcomes.set(connection, noted.tripped ? new Map() : noted.outcomes)
    return noted.tripped
  }
}

export function createConnectionGuard(stage: string, deps: GuardDeps, timing: GuardTiming): ConnectionGuard {
  const { tables, clock, logger } = deps
  const watch = watchPauses(tables, stage, clock, timing.pausesEveryMs)
  const failures = countOutcomes(timing.threshold)
  const stops = countOutcomes(timing.stops)
  return {
    pauses: () => watch.all(),
    isWrong(connection, key, error) {
      if (error?.policy === 'pause') return true
      const stop = error === null ? undefined : hardStopOf(error)
      const [failed, stopped] = [failures(connection, key, error !== null), stops(connection, key, stop !== undefined)]
      return failed || stopped || stop === 'batch'
    },
    async begin(connection, { code, message }) {
      const now = clock.now()
      const row = {
        stage,
        connection,
        code,
        message: message.slice(0, LONGEST_MESSAGE),
        since: new Date(now).toISOString(),
      }
      const isNew = await pause(tables, { ...row, probe_at: now + timing.probeEveryMs })
      watch.forget()
      if (isNew) logger.error({ stage, connection, code }, `a connection is paused, its records wait: ${message}`)
    },
    async end(connection) {
      const ended = await resume(tables, stage, connection)
      watch.forget()
      if (ended) logger.info({ stage, connection }, 'a paused connection goes on')
    },
    async claim(paused) {
      const now = clock.now()
      if (now < paused.probe_at || !(await claimProbe(tables, paused, now + timing.probeEveryMs))) return false
      watch.forget()
      return true
    },
  }
}

/** A key counts once, with its last outcome. */
export function noteOutcome(
  outcomes: Outcomes,
  key: string,
  failed: boolean,
  { window, most }: ThresholdLimits,
): { readonly outcomes: Outcomes; readonly tripped: boolean } {
  const others = [...outcomes].filter(([known]) => known !== key)
  const kept = [...others, [key, failed] as const].slice(-window)
  const failures = kept.filter(([, bad]) => bad).length
  return { outcomes: new Map(kept), tripped: failed && failures >= most }
}
