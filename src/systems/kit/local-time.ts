import { StreamError } from '../../errors.ts'

/** Local time of an account in SuiteQL's TO_CHAR format: 'YYYY-MM-DD HH:MM:SS'. */
export type LocalTime = string

/** SuiteQL's format of LocalTime. */
export const LOCAL_FORMAT = 'YYYY-MM-DD HH24:MI:SS'

const HOUR = 3_600_000
const DAY = 24 * HOUR
const formats = new Map<string, Intl.DateTimeFormat>()

function formatOf(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone)
  if (known !== undefined) return known
  const made = createFormat(zone)
  formats.set(zone, made)
  return made
}

function createFormat(zone: string): Intl.DateTimeFormat {
  const two = '2-digit'
  const parts = { year: 'numeric', month: two, day: two, hour: two, minute: two, second: two } as const
  try {
    return new Intl.DateTimeFormat('en-US', { timeZone: zone, hourCycle: 'h23', ...parts })
  } catch (error) {
    throw new StreamError('configuration_invalid', `zone: "${zone}" is not an IANA time zone`, {
      field: 'zone',
      cause: error,
    })
  }
}

/** How far the zone is ahead of UTC at a moment, in milliseconds. */
function offsetAt(utc: number, zone: string): number {
  const second = Math.floor(utc / 1000) * 1000
  const parts = new Map(
    formatOf(zone)
      .formatToParts(second)
      .map(({ type, value }) => [type, value]),
  )
  const part = (type: Intl.DateTimeFormatPartTypes) => Number(parts.get(type))
  return Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second')) - second
}

const text = (local: number): LocalTime => new Date(local).toISOString().slice(0, 19).replace('T', ' ')

/** Converts a moment (milliseconds UTC) to the account's local time, to the second. */
export function toLocalTime(utc: number, zone: string): LocalTime {
  return text(utc + offsetAt(utc, zone))
}

/**
 * Converts a local time to milliseconds UTC. When the clocks go back, a local time of the repeated hour is two moments:
 * returns the last one that is not after `notAfter`, else the first. With the time of the read as `notAfter`, versions
 * of an item also increase during that hour, and a change made after a read never counts as older (Guarantee 4). For a
 * local time that the clocks skip, the offset before the change applies. Throws `time_invalid`.
 */
export function fromLocalTime(local: LocalTime, zone: string, notAfter: number): number {
  const asUtc = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/.test(local) ? Date.parse(`${local.replace(' ', 'T')}Z`) : Number.NaN
  if (Number.isNaN(asUtc)) throw new StreamError('time_invalid', `"${local}" is not a time like 2026-03-02 18:04:11`)
  const before = offsetAt(asUtc - DAY, zone)
  const after = offsetAt(asUtc + DAY, zone)
  const moments = [before, after].map((offset) => asUtc - offset).filter((utc) => utc + offsetAt(utc, zone) === asUtc)
  const first = Math.min(...moments)
  if (moments.length === 0) return asUtc - before
  return Math.max(first, ...moments.filter((utc) => utc <= notAfter))
}

/**
 * Converts a window [from, to) to local times: every moment of the window is in [bounds.from, bounds.to), also when the
 * clocks go back near its ends (Guarantee 6). Both ends are rounded down to the second.
 */
export function localWindow(from: number, to: number, zone: string): { from: LocalTime; to: LocalTime } {
  const turnAfterStart = clocksBackIn(from, Math.min(to, from + DAY), zone)
  const turnBeforeEnd = clocksBackIn(Math.max(from, to - DAY), to, zone)
  const lowest = [toLocalTime(from, zone), ...(turnAfterStart === null ? [] : [toLocalTime(turnAfterStart, zone)])]
  const highest = [toLocalTime(to, zone)]
  if (turnBeforeEnd !== null) highest.push(text(turnBeforeEnd + offsetAt(turnBeforeEnd - 1, zone)))
  return { from: lowest.toSorted()[0] ?? '', to: highest.toSorted().at(-1) ?? '' }
}

/** The moment in (start, end] at which the zone's clocks go back, or null. This happens at most once a day. */
function clocksBackIn(start: number, end: number, zone: string): number | null {
  const offset = offsetAt(start, zone)
  if (end <= start || offsetAt(end, zone) >= offset) return null
  let [low, high] = [start, end]
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2)
    if (offsetAt(middle, zone) === offset) low = middle
    else high = middle
  }
  return high
}
