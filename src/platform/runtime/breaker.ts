import { StreamError } from '../../errors.ts'
import type { Clock } from '../clock.ts'
import {
  afterFailure,
  afterReached,
  type BreakerLimits,
  type BreakerState,
  closedBreaker,
  opened,
} from './breaker-state.ts'

const LONG_MS = 60_000

export const usualBreakerLimits: BreakerLimits = { afterFailures: 5, pause: { firstMs: 5_000, longestMs: 120_000 } }

/** Permission for one call; report its outcome exactly once. */
export interface Pass {
  /** True for the one call that tests whether the system is back. */
  readonly trial: boolean
  /** The system answered, be it with a refusal. */
  reached(): void
  /** The system did not answer, or is too busy. */
  failed(key: string, error: StreamError): void
  /** The call was aborted, or failed on our side. */
  unknown(): void
}

/**
 * Circuit breaker of one system. After several failures in a row, of more than one key, calls wait. After a pause one
 * call goes ahead as a trial; the others follow when it reaches the system. Waiting calls are not dropped.
 */
export interface Breaker {
  /** Resolves when a call may be made; rejects with `stopping` when the signal aborts. */
  enter(signal: AbortSignal): Promise<Pass>
  /** Opens at once: the system is known to be down. */
  trip(error: StreamError): void
  state(): BreakerState
  /** Number of calls that wait for the system. */
  waiting(): number
}

export interface BreakerDeps {
  readonly clock: Clock
  readonly random: () => number
  readonly limits: BreakerLimits
  /** Called when the breaker opens after having been closed, and when it closes again. */
  readonly onChange?: (state: BreakerState) => void
}

export function createBreaker({ clock, random, limits, onChange }: BreakerDeps): Breaker {
  let state = closedBreaker
  let changed = new AbortController()
  let waiting = 0
  const become = (next: BreakerState) => {
    const before = state
    state = next
    if (before.state === next.state) return
    changed.abort()
    changed = new AbortController()
    if ((before.openings === 0) !== (next.openings === 0)) onChange?.(next)
  }
  const failureOf = ({ code, message, retryAfterMs = 0 }: StreamError) => ({
    now: clock.now(),
    leastMs: retryAfterMs,
    cause: { code, message },
  })
  const passOf = (trial: boolean): Pass => ({
    trial,
    reached: () => become(afterReached(state)),
    failed: (key, error) => {
      // Only the trial's own failure may end the trial.
      if (state.state === 'trial' && !trial) return
      become(afterFailure(state, { key, ...failureOf(error) }, limits, random))
    },
    unknown: () => {
      if (trial && state.state === 'trial') become({ ...state, state: 'open', retryAt: clock.now() })
    },
  })
  return {
    async enter(signal) {
      for (;;) {
        if (signal.aborted) throw new StreamError('stopping', 'the delivery was stopped before it started')
        if (state.state === 'closed') return passOf(false)
        const waitMs = state.state === 'trial' ? LONG_MS : state.retryAt - clock.now()
        if (state.state === 'open' && waitMs <= 0) {
          become({ ...state, state: 'trial' })
          return passOf(true)
        }
        waiting += 1
        await clock.sleep(waitMs, AbortSignal.any([signal, changed.signal])).catch(() => undefined)
        waiting -= 1
      }
    },
    trip(error) {
      if (state.state === 'open') return
      become(opened(state, failureOf(error), limits, random))
    },
    state: () => state,
    waiting: () => waiting,
  }
}
