import { Cron } from 'croner'
import type { Logger } from 'pino'
import type { Clock } from '../platform/clock.ts'
import type { ReadHolds } from './read-holds.ts'
import type { IsResting } from './refused-reads.ts'
import { type SyncRequester, tickRequestId } from './request-sync.ts'
import { controlKey } from './sweeps.ts'
import type { TickLog } from './ticks.ts'

/** The part of a read that the scheduler needs. */
export interface ScheduledRead {
  readonly id: string
  /** Cron expression, in `zone`; null: on request only. */
  readonly schedule: string | null
  readonly zone: string
  /** Trigger of the requests of its ticks, if not a normal run. */
  readonly trigger?: string
}

const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE
/** How far to look back for the last tick, step by step: a schedule of seconds has millions of ticks in a year. */
const LOOK_BACK = [MINUTE, 60 * MINUTE, DAY, 32 * DAY, 367 * DAY]

/** The last tick of a read's schedule in (after, upTo], milliseconds UTC, even if several were missed; null: none. */
export function lastTick(read: ScheduledRead, after: number, upTo: number): number | null {
  if (read.schedule === null) return null
  const cron = cronOf(read.schedule, read.zone)
  for (const span of LOOK_BACK) {
    const from = Math.max(after, upTo - span)
    const tick = lastIn(cron, from, upTo)
    if (tick !== null || from === after) return tick
  }
  return lastIn(cron, after, upTo)
}

/** The first tick after a moment; null: there is none, or no schedule. */
export function nextTick(read: ScheduledRead, after: number): number | null {
  if (read.schedule === null) return null
  return cronOf(read.schedule, read.zone).nextRun(new Date(after))?.getTime() ?? null
}

/** Milliseconds between the next two ticks after a moment; null: there is no schedule, or it does not have two. */
export function tickInterval(read: ScheduledRead, after: number): number | null {
  const first = nextTick(read, after)
  const second = first === null ? null : nextTick(read, first)
  return first === null || second === null ? null : second - first
}

/** Cached per schedule: each is asked twice a second. */
const crons = new Map<string, Cron>()

function cronOf(schedule: string, zone: string): Cron {
  const key = `${schedule} ${zone}`
  const cron = crons.get(key) ?? new Cron(schedule, { timezone: zone, paused: true })
  crons.set(key, cron)
  return cron
}

function lastIn(cron: Cron, after: number, upTo: number): number | null {
  let tick: number | null = null
  for (let next = cron.nextRun(new Date(after)); next !== null && next.getTime() <= upTo; next = cron.nextRun(next)) {
    tick = next.getTime()
  }
  return tick
}

export interface SchedulerDeps {
  /** The reads as they are configured now. */
  readonly reads: () => readonly ScheduledRead[]
  readonly requester: SyncRequester
  readonly ticks: TickLog
  readonly isResting: IsResting
  readonly holds: ReadHolds
  readonly clock: Clock
  readonly logger: Logger
  readonly signal: AbortSignal
}

/**
 * Sends a request for each tick of each read's schedule. Any number of processes may run it: a tick's request has the
 * same id in all of them, so one tick is one run. Ticks missed while no process ran are caught up by one run; ticks of
 * a resting read are skipped. For a held read the last tick is caught up when the hold is over.
 */
export async function runScheduler(deps: SchedulerDeps): Promise<void> {
  const { clock, logger, signal } = deps
  const handled = new Map<string, number>()
  while (!signal.aborted) {
    const now = clock.now()
    for (const read of deps.reads()) {
      try {
        await tickRead(deps, handled, read, now)
      } catch (error) {
        // `handled` stays: the tick is sent again, under the same id.
        logger.warn({ err: error, read: read.id }, 'could not request a scheduled run; trying again')
      }
    }
    await clock.sleep(500, signal).catch(() => undefined)
  }
}

async function tickRead(
  { requester, ticks, isResting, holds }: SchedulerDeps,
  handled: Map<string, number>,
  read: ScheduledRead,
  now: number,
): Promise<void> {
  if (read.schedule === null) return
  const { trigger = 'schedule' } = read
  const key = controlKey(read.id, trigger)
  const after = handled.get(key) ?? (await ticks.handled(key))
  if (after === null) {
    await ticks.note(key, now)
    handled.set(key, now)
    return
  }
  const tick = lastTick(read, after, now)
  if (tick !== null) {
    if ((await holds.of(read.id)) !== undefined) return
    const requestId = tickRequestId(key, tick)
    if (!(await isResting(read.id, now))) {
      await requester.request({ read: read.id, requestId, trigger, requestedAt: tick })
    }
    await ticks.note(key, tick)
  }
  handled.set(key, tick ?? after)
}
