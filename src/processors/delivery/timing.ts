import { type GuardTiming, usualGuardTiming } from '../../control/connection-guard.ts'
import type { BackOff } from '../../platform/backoff.ts'
import { usualBreakerLimits } from '../../platform/runtime/breaker.ts'
import type { BreakerLimits } from '../../platform/runtime/breaker-state.ts'

/** Time limits and pauses of deliveries, in milliseconds. */
export interface SinkTiming extends GuardTiming {
  /** An attempt is cut off after this. */
  readonly attemptMs: number
  /** How long the target may still process a request that was cut off. */
  readonly landingMs: number
  /**
   * How long an entity may be retried in place before it is parked, not counting time in which its system is known to
   * be down. Everything behind it in its partition waits meanwhile, so this is for errors that pass at once.
   */
  readonly inPlaceMs: number
  /** The same while the system rate limits calls, which says nothing about the entity. */
  readonly busyMs: number
  /** Pauses between attempts in place. */
  readonly inPlace: BackOff
  /** Pauses between attempts of parked entries; jitter leaves at least half of each. */
  readonly parked: BackOff
  /** An entry that waited for longer becomes a dead letter. */
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
