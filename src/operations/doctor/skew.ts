import type { Read, System } from '../../configuration/model.ts'
import { type Finding, fail, ok, warn } from './finding.ts'

/** Resolution of `Date` headers: whole seconds. */
const SECOND = 1000
/** A larger difference means that a clock is not synchronized by NTP. */
const UNUSUAL_MS = 3 * SECOND
/** OAuth 1.0a signatures contain the local time; NetSuite rejects one that is off by 5 minutes. */
const SIGNATURE_MS = 5 * 60 * SECOND

/** Times of a request and its response by the local clock, and the time that the other clock reported. */
export interface Asked {
  /** Null: not reported. */
  readonly date: number | null
  readonly askedAt: number
  readonly answeredAt: number
}

/**
 * Minimum difference of two clocks in milliseconds; positive: the other clock is ahead. The other clock reported its
 * whole second at some moment between the request and the response.
 */
export function skewOf({ date, askedAt, answeredAt }: Asked & { readonly date: number }): number {
  if (date > answeredAt) return date - answeredAt
  return date + SECOND < askedAt ? date + SECOND - askedAt : 0
}

/** A window reaches back by its overlap: a clock that is off by more could hide changes (Guarantee 6). */
export function judgeSkew(system: Pick<System, 'id' | 'reads'>, asked: Asked): readonly Finding[] {
  const name = `clock ${system.id}`
  const { date } = asked
  if (date === null)
    return [warn(name, 'it sends no Date header, so its clock is unknown', 'keep overlapSeconds generous')]
  const skew = skewOf({ ...asked, date })
  const covered = coveredMs(system.reads)
  const apart = `${(Math.abs(skew) / SECOND).toFixed(1)} s ${skew < 0 ? 'behind' : 'ahead of'} the clock here`
  if (Math.abs(skew) > covered) {
    const what = `${apart}, and its reads cover ${covered / SECOND} s`
    return [fail(name, what, 'synchronize the clock here with NTP, or raise overlapSeconds')]
  }
  if (Math.abs(skew) > UNUSUAL_MS) return [warn(name, apart, 'synchronize both clocks with NTP')]
  return [ok(name, skew === 0 ? 'same as here, to the second' : apart)]
}

function coveredMs(reads: readonly Read[]): number {
  return Math.min(SIGNATURE_MS, ...reads.map((read) => (read.overlapSeconds + read.settleSeconds) * SECOND))
}

/**
 * The broker's timestamps show only a clock that is ahead. To see one that is behind, the check would have to write.
 */
export function judgeBrokerClock(newest: number | null, now: number, settleMs: number): Finding {
  const name = 'clock broker'
  if (newest === null) return ok(name, 'unknown: no record was appended yet')
  const ahead = newest - now
  if (ahead <= 0) return ok(name, 'not ahead of the clock here, by the newest record')
  const what = `at least ${(ahead / SECOND).toFixed(1)} s ahead of the clock here`
  const way = 'synchronize both clocks with NTP'
  return ahead > settleMs ? fail(name, `${what}; feeds allow FEED_SETTLE_MS=${settleMs}`, way) : warn(name, what, way)
}
