import { StreamError } from '../../errors.ts'
import { localWindow } from '../kit/local-time.ts'
import { textOf, type Wire } from '../kit/wire.ts'

/** A minute on the server's clock, `2026-03-02 18:04`: the finest resolution of SAP's time filters. */
export type Minute = string

/** The properties that hold a date and its time of day. */
export interface StampFields {
  readonly date: string
  readonly time: string
}

export const UPDATED: StampFields = { date: 'UpdateDate', time: 'UpdateTime' }

const DAY_MS = 24 * 3_600_000

/** The time on the server's clock, `2026-03-02 18:04:11`; null if the record has none. Throws `time_invalid`. */
export function stampOf(row: Wire, { date, time }: StampFields): string | null {
  const day = textOf(row[date])
  if (day === null) return null
  const clock = clockOf(textOf(row[time]) ?? '00:00:00')
  if (/^\d{4}-\d\d-\d\d/.test(day) && clock !== undefined) return `${day.slice(0, 10)} ${clock}`
  throw new StreamError('time_invalid', `${date}, ${time}: "${day}", "${row[time]}" are not a date and time`, {
    field: date,
  })
}

/** `18:04:11`, `18:04`, `1804` (SAP's older form) as `18:04:11`. */
function clockOf(text: string): string | undefined {
  const [, hour = '', minute = '', second = '00'] =
    /^(\d\d):(\d\d)(?::(\d\d))?/.exec(text) ?? /^(\d{1,2})(\d\d)$/.exec(text.padStart(3, '0')) ?? []
  return hour === '' ? undefined : `${hour.padStart(2, '0')}:${minute}:${second}`
}

/** The minute of a stamp. */
export function minuteOf(stamp: string): Minute {
  return stamp.slice(0, 16)
}

/** Filter: the time is in the minute or after it. */
export function since(fields: StampFields, minute: Minute): string {
  return compared(fields, 'ge', minute)
}

/** Filter: the time is before the minute. */
export function before(fields: StampFields, minute: Minute): string {
  return compared(fields, 'lt', minute)
}

/** The next minute as a clock shows it, without regard to daylight saving time. */
export function minuteAfter(minute: Minute): Minute {
  return new Date(Date.parse(`${minute.replace(' ', 'T')}:00Z`) + 60_000).toISOString().slice(0, 16).replace('T', ' ')
}

/**
 * Only `ge` and `lt` of whole minutes: these mean the same whether the server compares seconds or not. The date is also
 * compared alone, so that SAP can use an index on it.
 */
function compared({ date, time }: StampFields, operator: 'ge' | 'lt', minute: Minute): string {
  const [day = '', clock = ''] = minute.split(' ')
  const [wide, strict] = operator === 'ge' ? ['ge', 'gt'] : ['le', 'lt']
  return `(${date} ${wide} '${day}' and (${date} ${strict} '${day}' or ${time} ${operator} '${clock}'))`
}

/**
 * Bounds of a window on the server's clock, in whole minutes: the rest of the last minute is in the next window
 * (Guarantee 6).
 */
export function minuteWindow(
  window: { readonly from: number | null; readonly to: number },
  zone: string,
): { from: Minute | null; to: Minute } {
  const bounds = localWindow(window.from ?? window.to - DAY_MS, window.to, zone)
  return { from: window.from === null ? null : minuteOf(bounds.from), to: minuteOf(bounds.to) }
}
