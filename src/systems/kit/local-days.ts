import { fromLocalTime } from './local-time.ts'

/** From a moment (inclusive) to another one (exclusive), milliseconds UTC; null: no limit. */
export interface Period {
  readonly from: number | null
  readonly to: number | null
}

/** Whether a text is a day such as 2026-03-02. */
export function isDay(text: string): boolean {
  const at = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN
  // Date.parse takes February 30 for March 2.
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(text)
}

/** Days that stand for no limit: ERPs and spreadsheets write 9999-12-31 for no end, and 0001-01-01 for no begin. */
const NO_BEGIN_BEFORE = '1000-01-01'
const NO_END_FROM = '9999-01-01'

/** From the start of the first day to the end of the last one, in a zone; null: no limit. */
export function periodOfDays(first: string | null, last: string | null, zone: string): Period {
  return {
    from: first === null || first < NO_BEGIN_BEFORE ? null : startOf(first, zone),
    to: last === null || last >= NO_END_FROM ? null : startOf(dayAfter(last), zone),
  }
}

/** The first midnight, where the clocks go back at midnight. */
function startOf(day: string, zone: string): number {
  return fromLocalTime(`${day} 00:00:00`, zone, Number.NEGATIVE_INFINITY)
}

function dayAfter(day: string): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10)
}
