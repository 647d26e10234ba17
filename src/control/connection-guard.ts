import type { Logger } from 'pino'
import type { Configuration } from '../configuration/model.ts'
import type { StreamError } from '../errors.ts'
import type { Clock } from '../platform/clock.ts'
import type { Tables } from '../platform/dynamodb/tables.ts'
import { hardStopOf } from '../platform/sandbox/hard-stop.ts'
import { claimProbe, endPause, type Pause, type PauseWatch, pause, resume, watchPauses } from './pauses.ts'
import { isOver, READS } from './read-holds.ts'
import { disabledConnection, type Reason } from './standing-holds.ts'

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
  pauses(): Promise<Pauses>
  /**
   * Notes how an entity ended; null: well. True: the connection itself is wrong, as the error says, or because most of its
   * last entities failed, or a few of them were stopped from outside, which holds up others; the count begins anew then.
   */
  isWrong(connection: string, key: string, error: StreamError | null): boolean
  /** Pauses the connection, with an alert where it was not paused before. */
  begin(connection: string, error: StreamError): Promise<void>
  end(connection: string): Promise<void>
  /** True: a record of the connection is to be tried now, by nobody else. */
  claim(held: Held): Promise<boolean>
}

/** Why a connection is held at a stage. */
export interface Held extends Reason {
  /** Of the connection itself: one record is tried now and then; null: all of the stage or system is held, or a document says so. */
  readonly pause: Pause | null
}

/** By connection. */
export interface Pauses {
  get(connection: string): Held | undefined
}

/** Holds all connections of a stage. */
export const ALL_CONNECTIONS = '*'

export interface GuardDeps {
  readonly tables: Tables
  readonly configuration: () => Configuration
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

/** `sinkOf`: the system that the stage delivers to; a hold of it, by hand or by its document, is one of the stage. */
export function createConnectionGuard(
  stage: string,
  deps: GuardDeps,
  timing: GuardTiming,
  sinkOf: string | null = null,
): ConnectionGuard {
  const { tables, clock, logger } = deps
  const watch = watchPauses(tables, stage, clock, timing.pausesEveryMs)
  const ofSystems = sinkOf === null ? null : watchPauses(tables, READS, clock, timing.pausesEveryMs)
  /** A hold of many connections ends with its time: no record of them is tried before. */
  const current = async (watched: PauseWatch, name: string) => {
    const found = (await watched.all()).get(name)
    if (found === undefined || !isOver(found, clock.now())) return found
    await endPause(tables, found)
    watched.forget()
    return undefined
  }
  const failures = countOutcomes(timing.threshold)
  const stops = countOutcomes(timing.stops)
  return {
    async pauses() {
      const ofStage = await current(watch, ALL_CONNECTIONS)
      const ofSystem = ofSystems === null ? undefined : await current(ofSystems, sinkOf ?? '')
      const wide = ofSystem ?? ofStage
      const rows = await watch.all()
      const configuration = deps.configuration()
      const connections = new Map(configuration.connections.map((connection) => [connection.id, connection]))
      return {
        get(id) {
          const connection = connections.get(id)
          const standing = connection && disabledConnection(configuration, connection, sinkOf)
          if (standing !== undefined) return { ...standing, pause: null }
          if (wide !== undefined) return { code: wide.code, message: wide.message, pause: null }
          const own = rows.get(id)
          return own && { code: own.code, message: own.message, pause: own }
        },
      }
    },
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
    async claim({ pause: paused }) {
      const now = clock.now()
      if (paused === null || now < paused.probe_at || !(await claimProbe(tables, paused, now + timing.probeEveryMs)))
        return false
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
