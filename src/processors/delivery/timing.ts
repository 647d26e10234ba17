import { type GuardTiming, usualGuardTiming } from '../../control/connection-guard.ts'
import type { BackOff } from '../../platform/backoff.ts'
import { usualBreakerLimits } from '../../platform/runtime/breaker.ts'
import type { BreakerLimits } from '../../platform/runtime/breaker-state.ts'

/** How long deliveries take, wait and are kept; milliseconds. */
export interface SinkTiming extends GuardTiming {
  /** After that an attempt is cut off. */
  readonly attemptMs: number
  /** How long the target may go on with a request that was cut off. */
  readonly landingMs: number
  /**
   * How long an entity may be tried in place, the time its system is known to be down excepted; then it is parked. All
   * that is behind it in its partition waits meanwhile: so it is for what passes at once.
   */
  readonly inPlaceMs: number
  /** The same while the system refuses calls because of its limits, which says nothing of the entity. */
  readonly busyMs: number
  /** Pauses between attempts in place. */
  readonly inPlace: BackOff
  /** Pauses between attempts of what is parked; at least half of each is kept. */
  readonly parked: BackOff
  /** What waited for longer is a dead letter. */
  readonly parkedMs: number
  readonly breaker: BreakerLimits
}

export const usualTiming: SinkTiming = {
  attemptMs: 60_000,
  landingMs: 180_000,
  inPlaceMs: 2_000,
  busyMs: 30_000,
  inPlace: { firstMs: 500, longestMs: 10_000 },
  parked: { firstMs: 10_000, longestMs: 10 * 60_000 },
  parkedMs: 7 * 24 * 3_600_000,
  breaker: usualBreakerLimits,
  ...usualGuardTiming,
}
