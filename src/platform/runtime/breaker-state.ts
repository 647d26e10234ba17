import { type BackOff, halfBackOffMs } from '../backoff.ts'

/** What a call failed with. */
export interface Cause {
  readonly code: string
  readonly message: string
}

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
  /** Of the last failure since then. */
  readonly cause: Cause | null
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
  cause: null,
  retryAt: 0,
  reached: 0,
}

/** The system answered: whatever it said of the entity, it is there. */
export function afterReached({ reached }: BreakerState): BreakerState {
  return { ...closedBreaker, reached: reached + 1 }
}

/** A call that did not reach the system. */
interface Failure {
  readonly now: number
  /** The system asked to be left alone for so long. */
  readonly leastMs: number
  readonly cause: Cause
}

/** One that was under way when the breaker opened says nothing new; the trial's own failure makes the pause longer. */
export function afterFailure(
  before: BreakerState,
  failure: Failure & { readonly key: string },
  limits: BreakerLimits,
  random: () => number,
): BreakerState {
  const { key, now, cause } = failure
  if (before.state === 'open') return before
  const keys = before.keys.includes(key) || before.keys.length > 1 ? before.keys : [...before.keys, key]
  const next = { ...before, failures: before.failures + 1, keys, since: before.since ?? now, cause }
  const opens = before.state === 'trial' || (next.failures >= limits.afterFailures && keys.length > 1)
  return opens ? opened(next, failure, limits, random) : next
}

/** Opens it, however few the failures were: the system is known to be down. At least half of each pause is kept. */
export function opened(
  before: BreakerState,
  { now, leastMs, cause }: Failure,
  { pause }: BreakerLimits,
  random: () => number,
): BreakerState {
  const openings = before.openings + 1
  const waitMs = halfBackOffMs(openings, pause, random, leastMs)
  return { ...before, state: 'open', openings, since: before.since ?? now, cause, retryAt: now + waitMs }
}

/** A system that does not answer, as one stage of one process finds it; times are milliseconds UTC. */
export interface OpenCircuit extends Cause {
  readonly system: string
  readonly since: number
  /** When a call is let through to see whether it is back; it is under way where that is over. */
  readonly next_try: number
}

/** A trial begins when its time has come, unless nothing waits for the system here. */
const TRIAL_BEGINS_MS = 5_000

/** Null: calls go through, or none wait in this process, which knows nothing new of the system then. */
export function openCircuit(system: string, state: BreakerState, now: number): OpenCircuit | null {
  const { openings, since, cause, retryAt } = state
  if (openings === 0 || since === null || cause === null) return null
  if (state.state === 'open' && now > retryAt + TRIAL_BEGINS_MS) return null
  return { system, since, code: cause.code, message: cause.message, next_try: retryAt }
}
