import { setTimeout as sleep } from 'node:timers/promises'
import { StreamError } from '../errors.ts'
import type { Clock } from './clock.ts'

/** The machine's own time. `sleep` rejects with `stopping` when its signal aborts. */
export const systemClock: Clock = {
  now: () => Date.now(),
  async sleep(ms, signal) {
    try {
      await sleep(ms, undefined, signal === undefined ? {} : { signal })
    } catch (error) {
      throw new StreamError('stopping', 'the wait was stopped', { cause: error })
    }
  },
}
