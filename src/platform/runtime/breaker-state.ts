import { type BackOff, halfBackOffMs } from '../backoff.ts'

/** What a circuit breaker knows of one system; times are milliseconds UTC. */
export interface BreakerState {
  /** `trial`: the pause is over and one call is under way to see whether the system is back. */
  readonly state: 'closed' | 'open' | 'trial'
  /** Failures since the system was last reached, and the different keys they were of (two are enough to know). */
  readonly failures: number
  readonly keys: readonly string[]
  /** Openings since the system was last reached: each makes the next pause longer. */
  readonly openings: number
  /** Since when the system has not been reached; null while it is. */
  readonly since: number | null
  readonly retryAt: number
  /** How often the system was reached, whatever it said. */
  readonly reached: number
}

export interface BreakerLimits {
  /** Failures in a row, of two keys or more, that open it. */
  readonly afterFailures: number
  readonly pause: BackOff
}

export const closedBreaker: BreakerState = {
  state: 'closed',
  failures: 0,
  keys: [],
  openings: 0,
  since: null,
  retryAt: 0,
  reached: 0,
}

/** The system answered: whatever it said of the entity, it is there. */
export function afterReached({ reached }: BreakerState): BreakerState {
  return { ...closedBreaker, reached: reached + 1 }
}

/** One that was under way when the breaker opened says nothing new; the trial's own failure makes the pause longer. */
export function afterFailure(
  before: BreakerState,
  failure: { readonly key: string; readonly now: number; readonly leastMs: number },
  limits: BreakerLimits,
  random: () => number,
): BreakerState {
  const { key, now } = failure
  if (before.state === 'open') return before
  const keys = before.keys.includes(key) || before.keys.length > 1 ? before.keys : [...before.keys, key]
  const next = { ...before, failures: before.failures + 1, keys, since: before.since ?? now }
  const opens = before.state === 'trial' || (next.failures >= limits.afterFailures && keys.length > 1)
  return opens ? opened(next, failure, limits, random) : next
}

/** Opens it, however few the failures were: the system is known to be down. At least half of each pause is kept. */
export function opened(
  before: BreakerState,
  { now, leastMs }: { readonly now: number; readonly leastMs: number },
  { pause }: BreakerLimits,
  random: () => number,
): BreakerState {
  const openings = before.openings + 1
  const waitMs = halfBackOffMs(openings, pause, random, leastMs)
  return { ...before, state: 'open', openings, since: before.since ?? now, retryAt: now + waitMs }
}
