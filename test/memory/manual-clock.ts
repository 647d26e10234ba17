import type { Clock } from '../../src/platform/clock.ts'

/** A clock that stands until it is told to go on; sleeps end as soon as the time they wait for is set. */
export interface ManualClock extends Clock {
  set(time: number): void
}

export function manualClock(start: number): ManualClock {
  let time = start
  const sleepers = new Set<() => void>()
  return {
    now: () => time,
    set(to) {
      time = to
      for (const wake of sleepers) wake()
    },
    sleep(ms, signal) {
      const until = time + ms
      return new Promise((resolve, reject) => {
        const done = () => {
          if (signal?.aborted !== true && time < until) return
          sleepers.delete(done)
          if (signal?.aborted === true) reject(signal.reason)
          else resolve()
        }
        sleepers.add(done)
        signal?.addEventListener('abort', done)
        done()
      })
    },
  }
}
