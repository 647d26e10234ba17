import { StreamError, toStreamError } from '../../errors.ts'
import { backOffMs } from '../../platform/backoff.ts'
import type { Clock } from '../../platform/clock.ts'
import type { Breaker, Pass } from '../../platform/runtime/breaker.ts'
import type { Attempt } from './deliver-once.ts'
import type { SinkTiming } from './timing.ts'

export type Outcome = Attempt | { readonly end: 'failed'; readonly error: StreamError; readonly attempts: number }

export interface Patience {
  readonly breaker: Breaker
  readonly clock: Clock
  readonly random: () => number
  /** Both 0 ms: a single attempt. */
  readonly inPlaceMs: number
  readonly busyMs: number
  readonly inPlace: SinkTiming['inPlace']
  readonly probe?: ((signal: AbortSignal) => Promise<void>) | undefined
  /** Called before each retry in place, with the error of the last attempt. */
  readonly onRetry?: (error: StreamError) => void
}

/**
 * Attempts a delivery until it ends. `retry` errors are retried in place for `inPlaceMs`, or for `busyMs` while the
 * system is rate limiting, honoring `Retry-After`. Time in which the system is known to be down does not count: an
 * outage fails no delivery. Fails with such an error only if the system serves others meanwhile or answers a probe:
 * then the entity is the cause, and those behind it do not wait for it (Guarantee 5). Errors of other policies end it
 * at once, except `stop`, which is thrown.
 */
export async function deliverPatiently(
  key: string,
  attempt: () => Promise<Attempt>,
  patience: Patience,
  signal: AbortSignal,
): Promise<Outcome> {
  const { breaker, clock } = patience
  const reachedBefore = breaker.state().reached
  let spentMs = 0
  let failedTrial = false
  for (let attempts = 1; ; attempts += 1) {
    const pass = await breaker.enter(signal)
    const startedAt = clock.now()
    const result = await attemptOnce(key, attempt, pass)
    if (!(result instanceof StreamError)) return result
    if (result.policy !== 'retry') return { end: 'failed', error: result, attempts }
    if (pass.trial) failedTrial = true
    spentMs += clock.now() - startedAt
    const waitMs = backOffMs(attempts, patience.inPlace, patience.random, result.retryAfterMs)
    const mostMs = result.code === 'rate_limited' ? patience.busyMs : patience.inPlaceMs
    if (spentMs + waitMs > mostMs || failedTrial) {
      const othersReached = breaker.state().reached > reachedBefore
      const verdict = othersReached ? 'its own' : await judge(result, failedTrial, patience, signal)
      // What timed out would time out again.
      if (verdict === 'answers' && failedTrial && result.code !== 'timed_out') {
        return await attemptAgain(key, attempt, pass, attempts + 1)
      }
      if (verdict !== 'down') return { end: 'failed', error: result, attempts }
    }
    spentMs += waitMs
    patience.onRetry?.(result)
    if (breaker.state().state === 'closed') await clock.sleep(waitMs, signal)
  }
}

/** One attempt, and its outcome reported to the breaker. */
async function attemptOnce(key: string, attempt: () => Promise<Attempt>, pass: Pass): Promise<Attempt | StreamError> {
  try {
    const result = await attempt()
    if (result.end === 'delivered') pass.reached()
    else pass.unknown()
    return result
  } catch (thrown) {
    const error = toStreamError(thrown)
    if (error.policy === 'stop' || error.code === 'concurrent_change') pass.unknown()
    else if (error.policy === 'retry' && error.code !== 'target_changed') pass.failed(key, error)
    else pass.reached()
    if (error.policy === 'stop') throw error
    return error
  }
}

/** The system may have recovered between its trial and the probe: only a second failure counts as the entity's own. */
async function attemptAgain(
  key: string,
  attempt: () => Promise<Attempt>,
  { reached }: Pass,
  attempts: number,
): Promise<Outcome> {
  const nothing = () => undefined
  const result = await attemptOnce(key, attempt, { trial: false, reached, failed: nothing, unknown: nothing })
  return result instanceof StreamError ? { end: 'failed', error: result, attempts } : result
}

/**
 * Finds the cause of an entity's failure: the entity itself; the system answers a probe; or the system is, or may be,
 * down. If it does not answer, its deliveries pause.
 */
async function judge(
  error: StreamError,
  failedTrial: boolean,
  { breaker, probe }: Patience,
  signal: AbortSignal,
): Promise<'its own' | 'answers' | 'down'> {
  if (error.code === 'concurrent_change' || error.code === 'target_changed') return 'its own'
  const alone = breaker.state().keys.length < 2
  if (probe === undefined) return alone ? 'its own' : 'down'
  if (!alone && !failedTrial) return 'down'
  try {
    await probe(signal)
    return 'answers'
  } catch (thrown) {
    if (signal.aborted) throw new StreamError('stopping', 'the delivery was cut off', { cause: thrown })
    if (toStreamError(thrown).policy !== 'retry') return 'answers'
    breaker.trip(error)
    return 'down'
  }
}
