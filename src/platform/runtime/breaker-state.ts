import { type BackOff, halfBackOffMs } from '../backoff.ts'

/** The error of a failed call. */
export interface Cause {
  readonly code: string
  readonly message: string
}

/** State of the circuit breaker of one system; times are milliseconds UTC. */
export interface BreakerState {
  /** `trial`: the pause is over and one call is under way to see whether the system is back. */
  readonly state: 'closed' | 'open' | 'trial'
  /** Failures since the system was last reached, and their different keys (at most two are stored). */
  readonly failures: number
  readonly keys: readonly string[]
  /** Openings since the system was last reached: each makes the next pause longer. */
  readonly openings: number
  /** Since when the system does not answer; null while it answers. */
  readonly since: number | null
  /** Error of the last failure since then. */
  readonly cause: Cause | null
  readonly retryAt: number
  /** How often the system answered, whatever the answer. */
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

/** State after an answer of the system, be it a refusal. */
export function afterReached({ reached }: BreakerState): BreakerState {
  return { ...closedBreaker, reached: reached + 1 }
}

/** A call that did not reach the system. */
interface Failure {
  readonly now: number
  /** The least wait that the system asked for. */
  readonly leastMs: number
  readonly cause: Cause
}

/** Ignores failures of calls that were under way when the breaker opened; a failed trial makes the pause longer. */
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

/**
 * Opens the breaker after any number of failures, when the system is known to be down. Waits at least half of each
 * pause.
 */
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

/** A system that does not answer, as seen by one stage of one process; times are milliseconds UTC. */
export interface OpenCircuit extends Cause {
  readonly system: string
  readonly since: number
  /** When the next trial call starts; a time in the past means that it is under way. */
  readonly next_try: number
}

/** A trial starts within this time after it is due, unless no call waits for the system in this process. */
const TRIAL_BEGINS_MS = 5_000

/** Null: the circuit is closed, or no call waits in this process, so that its state may be out of date. */
export function openCircuit(system: string, state: BreakerState, now: number): OpenCircuit | null {
  const { openings, since, cause, retryAt } = state
  if (openings === 0 || since === null || cause === null) return null
  if (state.state === 'open' && now > retryAt + TRIAL_BEGINS_MS) return null
  return { system, since, code: cause.code, message: cause.message, next_try: retryAt }
}
