import { StreamError } from '../../../../src/errors.ts'
import type { Clock } from '../../../../src/platform/clock.ts'

export interface VirtualClock extends Clock {
  /** How long each sleep was to take, in the order they began. */
  readonly slept: readonly number[]
}

/** Time passes only in sleeps, which end at once, each after what was to happen before it has had its turn. */
export function virtualClock(start = 1_000_000): VirtualClock {
  const slept: number[] = []
  const waiting: { readonly at: number; readonly wake: () => void }[] = []
  let time = start
  let scheduled = false
  const advance = (): void => {
    scheduled = false
    const next = waiting.toSorted((a, b) => a.at - b.at)[0]
    if (next === undefined) return
    time = Math.max(time, next.at)
    waiting.splice(waiting.indexOf(next), 1)
    next.wake()
    schedule()
  }
  const schedule = (): void => {
    if (scheduled || waiting.length === 0) return
    scheduled = true
    setImmediate(advance)
  }
  return {
    slept,
    now: () => time,
    sleep(ms, signal) {
      slept.push(ms)
      return new Promise((resolve, reject) => {
        const ended = () => reject(new StreamError('stopping', 'the wait was stopped'))
        if (signal?.aborted === true) return ended()
        const entry = { at: time + ms, wake: resolve }
        waiting.push(entry)
        signal?.addEventListener('abort', () => {
          if (waiting.includes(entry)) waiting.splice(waiting.indexOf(entry), 1)
          ended()
        })
        schedule()
      })
    },
  }
}
