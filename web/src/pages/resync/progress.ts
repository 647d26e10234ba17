import type { Replay } from '../../api/answers.ts'

/** A rate of less than this says little. */
const LEAST_S = 5

/** How fast a replay is, and how long it still takes. */
export interface Pace {
  /** Events a second since it began. */
  readonly rate: number
  readonly leftS: number
}

/** Null where it can't be told: it is not under way, is still counting, or has just begun. */
export function paceOf(
  { state, cancel, started_at, selected, sent }: Pick<Replay, 'state' | 'cancel' | 'started_at' | 'selected' | 'sent'>,
  nowMs: number,
): Pace | null {
  if (state !== 'running' || cancel || started_at === null || selected === null) return null
  const elapsedS = (nowMs - Date.parse(started_at)) / 1000
  if (elapsedS < LEAST_S || sent === 0 || sent >= selected) return null
  const rate = sent / elapsedS
  return { rate, leftS: (selected - sent) / rate }
}

/** `12` and `0.4`: a rate is read, not added up. */
export function rateText(rate: number): string {
  return rate < 10 ? rate.toFixed(1) : `${Math.round(rate)}`
}
