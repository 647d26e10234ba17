import type { Logger } from 'pino'
import type { Clock } from '../platform/clock.ts'
import { withinLimit } from '../platform/time-limit.ts'

/** Minimum time between two looks. */
const LEAST_MS = 15_000
/** Waits this many times as long as the last look took, so that slow looks are rare. */
const PART = 20
/** How long a caller waits for a look in progress before it gets the last result. */
const WAIT_MS = 3_000

/** A result with its duration and age. */
export interface Looked<T> {
  readonly found: T
  readonly tookMs: number
  readonly ageMs: number
}

/**
 * Limits the cost of an expensive look for frequent callers. A failed look keeps the last result; null before the first
 * look has ended.
 */
export function seldomLook<T>(
  look: () => Promise<T>,
  { clock, logger }: { readonly clock: Clock; readonly logger: Pick<Logger, 'warn'> },
): () => Promise<Looked<T> | null> {
  let last: { readonly found: T; readonly begunAt: number; readonly tookMs: number } | null = null
  let under: Promise<void> | null = null
  let notBefore = Number.NEGATIVE_INFINITY
  const begin = async () => {
    const begunAt = clock.now()
    try {
      const found = await look()
      last = { found, begunAt, tookMs: clock.now() - begunAt }
    } catch (error) {
      logger.warn({ err: error }, 'could not read the tables for metrics; keeping the last result')
    } finally {
      notBefore = clock.now() + Math.max(LEAST_MS, PART * (clock.now() - begunAt))
      under = null
    }
  }
  return async () => {
    if (under === null && clock.now() >= notBefore) under = begin()
    if (under !== null) await withinLimit(clock, WAIT_MS, under).catch(() => undefined)
    return last === null ? null : { found: last.found, tookMs: last.tookMs, ageMs: clock.now() - last.begunAt }
  }
}
