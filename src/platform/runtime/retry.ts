import { type Policy, StreamError, toStreamError } from '../../errors.ts'
import { type BackOff, backOffMs } from '../backoff.ts'
import type { Clock } from '../clock.ts'

export interface RetryOptions {
  readonly clock: Clock
  readonly signal?: AbortSignal
  /** Most calls; no limit when absent. */
  readonly attempts?: number
  /** No call starts later than this after the first one. */
  readonly deadlineMs?: number
  readonly backOff?: BackOff
  /** Which errors are worth another call; `retry` by default. */
  readonly policies?: readonly Policy[]
  /** Called before each wait. */
  readonly onRetry?: (error: StreamError, failures: number, waitMs: number) => void
  /** In [0, 1); for tests. */
  readonly random?: () => number
}

const usualBackOff: BackOff = { firstMs: 500, longestMs: 30_000 }

/**
 * Calls `fn` until it resolves. Throws an error at once when its policy is not among `policies`, and the last error
 * when attempts or time are used up. Waits are random, grow, and respect `retryAfterMs`. Rejects with `stopping` when
 * the signal aborts.
 */
export async function withRetry<T>(fn: (attempt: number) => Promise<T>, options: RetryOptions): Promise<T> {
  const { clock, signal, attempts = Number.POSITIVE_INFINITY, deadlineMs = Number.POSITIVE_INFINITY } = options
  const { backOff = usualBackOff, policies = ['retry'], random = Math.random } = options
  const startedAt = clock.now()
  for (let attempt = 1; ; attempt += 1) {
    if (signal?.aborted === true) throw new StreamError('stopping', 'the call was stopped', { cause: signal.reason })
    try {
      return await fn(attempt)
    } catch (thrown) {
      const error = toStreamError(thrown)
      const waitMs = backOffMs(attempt, backOff, random, error.retryAfterMs)
      const late = clock.now() + waitMs - startedAt > deadlineMs
      if (error.code === 'stopping' || !policies.includes(error.policy) || attempt >= attempts || late) throw error
      options.onRetry?.(error, attempt, waitMs)
      await clock.sleep(waitMs, signal)
    }
  }
}
