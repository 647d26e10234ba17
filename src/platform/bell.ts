import type { Clock } from './clock.ts'

/** Ends the pause of a loop in this process early: there is something to do. */
export interface Bell {
  ring(): void
  /** Resolves after `ms`, or as soon as the bell rings or `signal` aborts; at once if it rang since the last pause. */
  pause(ms: number, signal: AbortSignal): Promise<void>
}

/** A bell for one loop. */
export function createBell(clock: Pick<Clock, 'sleep'>): Bell {
  let rung = new AbortController()
  return {
    ring: () => rung.abort(),
    async pause(ms, signal) {
      await clock.sleep(ms, AbortSignal.any([signal, rung.signal])).catch(() => undefined)
      if (rung.signal.aborted) rung = new AbortController()
    },
  }
}
