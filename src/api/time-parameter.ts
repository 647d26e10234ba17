import { StreamError } from '../errors.ts'
import { isoTime } from '../events/times.ts'

const FORM = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+ -]\d{2}:\d{2})$/

/** Milliseconds of an ISO 8601 time with zone; null if not given. Throws `request_invalid`, naming the parameter. */
export function timeParameter(name: string, text: string | undefined): number | null {
  if (text === undefined) return null
  // A plus sign that was not encoded arrives as a space.
  const time = FORM.test(text) ? Date.parse(text.replace(' ', '+')) : Number.NaN
  if (Number.isFinite(time) && isDay(text.slice(0, 10))) return time
  const message = `${name}: "${text}" is not a valid time with a zone; write it as 2026-01-31T08:00:00Z`
  throw new StreamError('request_invalid', message, { field: name })
}

/** As `timeParameter`, as ISO 8601 in UTC. */
export function isoParameter(name: string, text: string | undefined): string | null {
  return isoTime(timeParameter(name, text))
}

/** JavaScript parses February 30 as March 2. */
function isDay(day: string): boolean {
  return new Date(`${day}T00:00:00Z`).toISOString().startsWith(day)
}
