import type { Logger } from 'pino'
import type { Configuration } from '../configuration/model.ts'
import type { StreamError } from '../errors.ts'
import type { Clock } from '../platform/clock.ts'
import type { Tables } from '../platform/dynamodb/tables.ts'
import { hardStopOf } from '../platform/sandbox/hard-stop.ts'
import { claimProbe, endPause, type Pause, type PauseWatch, pause, watchPauses } from './pauses.ts'
import { isOver, READS } from './read-holds.ts'
import { disabledConnection, type Reason } from './standing-holds.ts'

/** How the last entities of one connection ended at one stage: key → whether it failed; oldest first. */
export type Outcomes = ReadonlyMap<string, boolean>

export interface ThresholdLimits {
  /** Number of distinct keys considered. */
  readonly window: number
  /** So many failures among them mean that the connection is broken, not the entities. */
  readonly most: number
}

/** Milliseconds. */
export interface GuardTiming {
  /** How often the pauses are read. */
  readonly pausesEveryMs: number
  /** How often a record of a paused connection is attempted, to check whether the connection works again. */
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

/** Characters of a message that a row stores: an answer may be a whole page. */
const LONGEST_MESSAGE = 2_000

/** Distinguishes a broken connection from bad entities, at one stage (Guarantee 5). */
export interface ConnectionGuard {
  pauses(): Promise<Pauses>
  /**
   * Notes the outcome of an entity; null: success. True: the connection itself is broken, because the error says so, or
   * most of its last entities failed, or a few were stopped from outside, which holds up others. The count then
   * restarts.
   */
  isWrong(connection: string, key: string, error: StreamError | null): boolean
  /** Pauses the connection, with an alert if it was not paused before. */
  begin(connection: string, error: StreamError): Promise<void>
  /** Ends this pause, not a hold or pause that has replaced it since. */
  end(pause: Pause): Promise<void>
  /** True: this worker, and no other, attempts a record of the connection now. */
  claim(held: Held): Promise<boolean>
}

/** Why a connection is held at a stage. */
export interface Held extends Reason {
  /**
   * A pause of the connection itself: records are attempted now and then, but not while a person holds it. Null: the
   * whole stage or system is held, or a document says so.
   */
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

/** Returns true when so many of the connection's last entities ended badly that the count restarts. */
function countOutcomes(limits: ThresholdLimits): (connection: string, key: string, isBad: boolean) => boolean {
  const outcomes = new Map<string, Outcomes>()
  return (connection, key, isBad) => {
    if (!isBad && !outcomes.has(connection)) return false
    const noted = noteOutcome(outcomes.get(connection) ?? new Map(), key, isBad, limits)
    outcomes.set(connection, noted.tripped ? new Map() : noted.outcomes)
    return noted.tripped
  }
}

/**
 * `sinkOf`: the system that the stage delivers to; a hold of this system, by hand or by its document, also holds the
 * stage.
 */
export function createConnectionGuard(
  stage: string,
  deps: GuardDeps,
  timing: GuardTiming,
  sinkOf: string | null = null,
): ConnectionGuard {
  const { tables, clock, logger } = deps
  const watch = watchPauses(tables, stage, clock, timing.pausesEveryMs)
  const ofSystems = sinkOf === null ? null : watchPauses(tables, READS, clock, timing.pausesEveryMs)
  /** A hold by hand ends at its time, whether or not records wait. */
  const current = async (watched: PauseWatch): Promise<ReadonlyMap<string, Pause>> => {
    const rows = await watched.all()
    const over = [...rows.values()].filter((row) => isOver(row, clock.now()))
    if (over.length === 0) return rows
    for (const row of over) await endPause(tables, row)
    watched.forget()
    return new Map([...rows].filter(([, row]) => !over.includes(row)))
  }
  const failures = countOutcomes(timing.threshold)
  const stops = countOutcomes(timing.stops)
  return {
    async pauses() {
      const rows = await current(watch)
      const ofSystem = ofSystems === null ? undefined : (await current(ofSystems)).get(sinkOf ?? '')
      const wide = ofSystem ?? rows.get(ALL_CONNECTIONS)
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
      if (isNew) logger.error({ stage, connection, code }, `connection paused, its records wait: ${message}`)
    },
    async end(paused) {
      const ended = await endPause(tables, paused)
      watch.forget()
      if (ended) logger.info({ stage, connection: paused.connection }, 'a paused connection resumes')
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
