import type { Replay } from '../../api/answers.ts'

/** Before this, a rate means little. */
const LEAST_S = 5

/** Speed of a replay, and its remaining time. */
export interface Pace {
  /** Events per second since it began. */
  readonly rate: number
  readonly leftS: number
}

/** Null if not known: it is not running, is still counting, or has just begun. */
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

/** `12` and `0.4`: a rate is rounded for reading. */
export function rateText(rate: number): string {
  return rate < 10 ? rate.toFixed(1) : `${Math.round(rate)}`
}
