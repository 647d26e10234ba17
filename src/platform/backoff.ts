export interface BackOff {
  /** The most to wait before the first repetition; doubled for each further one. */
  readonly firstMs: number
  readonly longestMs: number
}

/** The other side may ask for no longer wait: one that it names by mistake, or a date far away, would be kept for good. */
export const LONGEST_ASKED_MS = 3_600_000

/**
 * How long to wait after `failures` failures (from 1): a random part of an exponentially growing whole, so that many who
 * failed together don't return together. Never less than `leastMs`, which the other side asked for. `random` is in [0, 1).
 */
export function backOffMs(
  failures: number,
  { firstMs, longestMs }: BackOff,
  random: () => number,
  leastMs = 0,
): number {
  const whole = Math.min(longestMs, firstMs * 2 ** Math.min(failures - 1, 40))
  return Math.max(leastMs, Math.round(whole * random()))
}
