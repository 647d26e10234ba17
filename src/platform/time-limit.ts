import { StreamError } from '../errors.ts'
import type { Clock } from './clock.ts'

/** What the work comes to; throws `timed_out` where it takes longer, and leaves it alone then. */
export async function withinLimit<T>(clock: Pick<Clock, 'sleep'>, limitMs: number, work: Promise<T>): Promise<T> {
  const done = new AbortController()
  const late = clock.sleep(limitMs, done.signal).then(
    () => {
      throw new StreamError('timed_out', `no answer within ${limitMs} ms`)
    },
    () => work,
  )
  try {
    return await Promise.race([work, late])
  } finally {
    done.abort()
  }
}
