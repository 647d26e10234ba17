import { StreamError, toStreamError } from '../../errors.ts'
import { type BackOff, backOffMs } from '../../platform/backoff.ts'
import type { Clock } from '../../platform/clock.ts'

export interface Patience extends BackOff {
  /** Calls of a target that is busy or down, before the runtime takes over. */
  readonly attempts: number
  /** How long to wait for what is on its way to the target. */
  readonly waitMs: number
  /** In [0, 1): spreads the pauses of many keys. */
  readonly random: () => number
}

export const usualPatience: Patience = {
  attempts: 8,
  firstMs: 500,
  longestMs: 30_000,
  waitMs: 30_000,
  random: Math.random,
}

export type Outcome<T> =
  | { readonly done: T; readonly attempts: number }
  /** The entity can't be delivered: it is wrong, or what it waits for did not come in time. */
  | { readonly failure: StreamError; readonly attempts: number }

/**
 * Calls `deliver` until it is done. `retry` errors are tried again with exponential back-off, `Retry-After` obeyed, and
 * thrown after the last attempt; `wait` errors are tried again for `waitMs`; `dead-letter` and `refuse` errors end it at
 * once; `stop` and `pause` errors are thrown. What fails because `signal` aborted is `stopping`, never the entity's fault.
 */
export async function deliverPatiently<T>(
  deliver: () => Promise<T>,
  patience: Patience,
  clock: Clock,
  signal: AbortSignal,
): Promise<Outcome<T>> {
  const startedAt = clock.now()
  for (let attempt = 1; ; attempt += 1) {
    try {
      return { done: await deliver(), attempts: attempt }
    } catch (thrown) {
      if (signal.aborted) throw new StreamError('stopping', 'the delivery was cut off', { cause: thrown })
      const error = toStreamError(thrown)
      if (error.policy === 'dead-letter' || error.policy === 'refuse') return { failure: error, attempts: attempt }
      const least = error.retryAfterMs ?? patience.firstMs
      const pause = backOffMs(attempt, patience, patience.random, least)
      if (error.policy === 'retry' && attempt < patience.attempts) {
        await clock.sleep(pause, signal)
        continue
      }
      if (error.policy !== 'wait') throw error
      const left = startedAt + patience.waitMs - clock.now()
      if (left <= 0) return { failure: error, attempts: attempt }
      await clock.sleep(Math.min(pause, left), signal)
    }
  }
}
