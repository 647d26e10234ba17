import { texts } from './texts.ts'

/** A day and time of the browser's own field, which is in the viewer's zone, as the API takes it; null: it takes none such. */
export function timeOf(local: string): string | null {
  const time = new Date(local)
  if (Number.isNaN(time.getTime())) return null
  const iso = time.toISOString()
  // Of other years it has a sign and six digits.
  return /^\d{4}-/.test(iso) ? iso : null
}

/** Whether a time that may be left out is none that the API refuses. */
export function isTimeOrNone(local: string): boolean {
  return local === '' || timeOf(local) !== null
}

const two = (value: number) => String(value).padStart(2, '0')

/*
 * By hand: the first `Intl.DateTimeFormat` of a page takes a browser 25 ms, on a phone 100, before anything is drawn.
 */

/** `15:42` in the viewer's zone. */
export function clockTime(time: Date): string {
  return `${two(time.getHours())}:${two(time.getMinutes())}`
}

/** `28 Nov` in the viewer's zone. */
export function dayText(time: Date): string {
  return `${time.getDate()} ${texts.months[time.getMonth()] ?? ''}`
}

/** `28 Nov, 18:51:13` in the viewer's zone; of another year than `now` `28 Nov 2025, 18:51`. */
export function timeText(time: Date, now: Date): string {
  if (time.getFullYear() !== now.getFullYear()) return `${dayText(time)} ${time.getFullYear()}, ${clockTime(time)}`
  return `${dayText(time)}, ${clockTime(time)}:${two(time.getSeconds())}`
}
