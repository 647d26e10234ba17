import { Cron } from 'croner'
import type { Logger } from 'pino'
import type { Clock } from '../platform/clock.ts'
import { type SyncRequester, tickRequestId } from './request-sync.ts'
import { controlKey } from './sweeps.ts'

/** What the scheduler knows of a read. */
export interface ScheduledRead {
  readonly id: string
  /** Cron expression, in `zone`; null: on request only. */
  readonly schedule: string | null
  readonly zone: string
  /** What its ticks ask for, where it is no run that reads what changed. */
  readonly trigger?: string
}

/** Ticks of a read's schedule in (after, upTo], milliseconds UTC; the last one alone when several were missed. */
export function lastTick(read: ScheduledRead, after: number, upTo: number): number | null {
  if (read.schedule === null) return null
  const cron = new Cron(read.schedule, { timezone: read.zone })
  let tick: number | null = null
  for (let next = cron.nextRun(new Date(after)); next !== null && next.getTime() <= upTo; next = cron.nextRun(next)) {
    tick = next.getTime()
  }
  return tick
}

/**
 * Sends a request for each tick of each read's schedule. Any number of processes may do so: the id of a tick's request
 * is the same in all of them, so one tick is one run.
 */
export async function runScheduler(deps: {
  /** The reads as they are configured now. */
  readonly reads: () => readonly ScheduledRead[]
  readonly requester: SyncRequester
  readonly clock: Clock
  readonly logger: Logger
  readonly signal: AbortSignal
}): Promise<void> {
  let last = deps.clock.now()
  while (!deps.signal.aborted) {
    const now = deps.clock.now()
    try {
      for (const read of deps.reads()) {
        const tick = lastTick(read, last, now)
        if (tick === null) continue
        const { trigger = 'schedule' } = read
        const requestId = tickRequestId(controlKey(read.id, trigger), tick)
        await deps.requester.request({ read: read.id, requestId, trigger, requestedAt: tick })
      }
      last = now
    } catch (error) {
      // `last` stays: the ticks are sent again, under the same ids.
      deps.logger.warn({ err: error }, 'a scheduled run could not be requested; it will be tried again')
    }
    await deps.clock.sleep(500, deps.signal).catch(() => undefined)
  }
}
