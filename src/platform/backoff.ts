export interface BackOff {
  /** Most to wait before the first retry; doubles with each further one. */
  readonly firstMs: number
  readonly longestMs: number
}

/** Longest wait that the other side may ask for: a mistaken value or a date far away would block calls for good. */
export const LONGEST_ASKED_MS = 3_600_000

/**
 * How long to wait after `failures` failures (from 1): a random part of an exponentially growing maximum, so that
 * callers that failed together don't retry together. At least `leastMs`, which the other side asked for. `random` is in
 * [0, 1).
 */
export function backOffMs(failures: number, backOff: BackOff, random: () => number, leastMs = 0): number {
  return Math.max(leastMs, Math.round(wholeMs(failures, backOff) * random()))
}

/** Like `backOffMs`, but at least half of the maximum: for retries that must not come too soon. */
export function halfBackOffMs(failures: number, backOff: BackOff, random: () => number, leastMs = 0): number {
  const half = Math.round(wholeMs(failures, backOff) / 2)
  return backOffMs(failures, backOff, random, Math.max(leastMs, half))
}

function wholeMs(failures: number, { firstMs, longestMs }: BackOff): number {
  return Math.min(longestMs, firstMs * 2 ** Math.min(failures - 1, 40))
}
