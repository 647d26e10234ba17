import { StreamError } from '../errors.ts'
import type { EpochMillis } from './generated/events.ts'

/** The year 0: earlier times have a sign in ISO 8601 and sort wrongly as text. */
const EARLIEST_MS = Date.parse('0000-01-01T00:00:00Z')
/** The 15 digits that ranks compare; the year 33658. */
const LATEST_MS = 999_999_999_999_999

/** Time fields of all events, and of their `data`. */
const TIME_FIELDS = ['occurredAt', 'readAt', 'sendAfter', 'requestedAt', 'from', 'firstAt', 'lastAt', 'timestamp']
const DATA_TIME_FIELDS = ['placedAt', 'shippedAt']

/** Whether the time is within the supported range; Avro allows any 64 bits. */
export function isPossibleTime(ms: EpochMillis): boolean {
  return Number.isInteger(ms) && ms >= EARLIEST_MS && ms <= LATEST_MS
}

/** A time as ISO 8601 in UTC; null stays null. */
export function isoTime(ms: number): string
export function isoTime(ms: number | null): string | null
export function isoTime(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString()
}

/** Throws `time_invalid` with the field: otherwise an impossible time would fail far from its origin. */
export function assertPossibleTimes(event: object): void {
  const fields = event as Readonly<Record<string, unknown>>
  for (const name of TIME_FIELDS) assertTime(fields[name], name)
  const data = fields['data']
  if (typeof data !== 'object' || data === null) return
  for (const name of DATA_TIME_FIELDS) assertTime((data as Readonly<Record<string, unknown>>)[name], `data.${name}`)
}

function assertTime(value: unknown, field: string): void {
  if (typeof value !== 'number' || isPossibleTime(value)) return
  throw new StreamError('time_invalid', `${field} is ${value} ms, outside the years 0 to 33658`, { field })
}
