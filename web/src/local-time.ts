import { texts } from './texts.ts'

/** A date and time of the browser's input, in the viewer's zone, as the API accepts it; null: not acceptable. */
export function timeOf(local: string): string | null {
  const time = new Date(local)
  if (Number.isNaN(time.getTime())) return null
  const iso = time.toISOString()
  // For other years it has a sign and six digits.
  return /^\d{4}-/.test(iso) ? iso : null
}

/** Whether an optional time is empty or valid. */
export function isTimeOrNone(local: string): boolean {
  return local === '' || timeOf(local) !== null
}

const two = (value: number) => String(value).padStart(2, '0')

/*
 * Without `Intl`: the first `Intl.DateTimeFormat` of a page takes a browser 25 ms, a phone 100 ms, before anything is
 * drawn.
 */

/** `15:42` in the viewer's zone. */
export function clockTime(time: Date): string {
  return `${two(time.getHours())}:${two(time.getMinutes())}`
}

/** `28 Nov` in the viewer's zone. */
export function dayText(time: Date): string {
  return `${time.getDate()} ${texts.months[time.getMonth()] ?? ''}`
}

/** `28 Nov, 18:51:13` in the viewer's zone; in another year than `now` `28 Nov 2025, 18:51`. */
export function timeText(time: Date, now: Date): string {
  if (time.getFullYear() !== now.getFullYear()) return `${dayText(time)} ${time.getFullYear()}, ${clockTime(time)}`
  return `${dayText(time)}, ${clockTime(time)}:${two(time.getSeconds())}`
}
