import { StreamError } from '../errors.ts'
import type { Clock } from './clock.ts'

/** The result of the work; throws `timed_out` when it takes longer, without stopping the work. */
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
