import type { Logger } from 'pino'
import type { Clock } from '../platform/clock.ts'
import { withinLimit } from '../platform/time-limit.ts'

/** A look begins no sooner than this after the last one. */
const LEAST_MS = 15_000
/** Of all time, a look has one part in so many: what takes long is looked at seldom. */
const PART = 20
/** Who asks while a look is under way waits so long for it, and is given the last one then. */
const WAIT_MS = 3_000

/** What was found, and how the look went; null before the first one has ended. */
export interface Looked<T> {
  readonly found: T
  readonly tookMs: number
  readonly ageMs: number
}

/** A look that costs, for those who ask often: its cost is bounded, whatever it comes to. A look that fails leaves the last one. */
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
      logger.warn({ err: error }, 'the tables could not be looked at for metrics; the last look stays')
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
