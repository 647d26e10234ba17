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
export function backOffMs(failures: number, backOff: BackOff, random: () => number, leastMs = 0): number {
  return Math.max(leastMs, Math.round(wholeMs(failures, backOff) * random()))
}

/** As `backOffMs`, but at least half of the whole: for what is not to be asked again soon, whatever the dice say. */
export function halfBackOffMs(failures: number, backOff: BackOff, random: () => number, leastMs = 0): number {
  const half = Math.round(wholeMs(failures, backOff) / 2)
  return backOffMs(failures, backOff, random, Math.max(leastMs, half))
}

function wholeMs(failures: number, { firstMs, longestMs }: BackOff): number {
  return Math.min(longestMs, firstMs * 2 ** Math.min(failures - 1, 40))
}
