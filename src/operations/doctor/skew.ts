import type { Read, System } from '../../configuration/model.ts'
import { type Finding, fail, ok, warn } from './finding.ts'

/** `Date` headers have whole seconds, and the answer was some time under way. */
const SECOND = 1000
/** Beyond it a clock is not kept by NTP. */
const UNUSUAL_MS = 3 * SECOND
/** OAuth 1.0a signatures carry our time; NetSuite refuses what is 5 minutes off. */
const SIGNATURE_MS = 5 * 60 * SECOND

/** When something was asked and answered, by our clock, and what the other clock said. */
export interface Asked {
  /** Null: it did not say. */
  readonly date: number | null
  readonly askedAt: number
  readonly answeredAt: number
}

/**
 * How far two clocks are apart at least, in milliseconds: positive, the other is ahead. The other clock said its whole
 * second at some moment between the question and the answer.
 */
export function skewOf({ date, askedAt, answeredAt }: Asked & { readonly date: number }): number {
  if (date > answeredAt) return date - answeredAt
  return date + SECOND < askedAt ? date + SECOND - askedAt : 0
}

/** A window reaches back by its overlap: a clock that is further off than that could hide changes (Guarantee 6). */
export function judgeSkew(system: Pick<System, 'id' | 'reads'>, asked: Asked): readonly Finding[] {
  const name = `clock ${system.id}`
  const { date } = asked
  if (date === null) return [warn(name, 'it sends no Date, so its clock is not known', 'keep overlapSeconds generous')]
  const skew = skewOf({ ...asked, date })
  const covered = coveredMs(system.reads)
  const apart = `${(Math.abs(skew) / SECOND).toFixed(1)} s ${skew < 0 ? 'behind' : 'ahead of'} ours`
  if (Math.abs(skew) > covered) {
    const what = `${apart}, and its reads cover ${covered / SECOND} s`
    return [fail(name, what, 'set the clock here by NTP, or raise overlapSeconds')]
  }
  if (Math.abs(skew) > UNUSUAL_MS) return [warn(name, apart, 'set the clock here by NTP, or have theirs set')]
  return [ok(name, skew === 0 ? 'as ours, to the second' : apart)]
}

function coveredMs(reads: readonly Read[]): number {
  return Math.min(SIGNATURE_MS, ...reads.map((read) => (read.overlapSeconds + read.settleSeconds) * SECOND))
}

/** Only a clock that is ahead shows in what the broker has stamped; to see one that is behind, something would be written. */
export function judgeBrokerClock(newest: number | null, now: number, settleMs: number): Finding {
  const name = 'clock broker'
  if (newest === null) return ok(name, 'not known: nothing was appended yet')
  const ahead = newest - now
  if (ahead <= 0) return ok(name, 'not ahead of ours, by the newest record')
  const what = `at least ${(ahead / SECOND).toFixed(1)} s ahead of ours`
  const way = 'set both by NTP'
  return ahead > settleMs ? fail(name, `${what}; feeds allow FEED_SETTLE_MS=${settleMs}`, way) : warn(name, what, way)
}
