import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { lastTick } from '../../../src/control/scheduler.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR
const YEAR = 2026

/** From UTC−12 to UTC+14, with changes of the clocks of an hour, of half an hour, north and south, and none. */
const zones = [
  'Etc/GMT+12',
  'Pacific/Pago_Pago',
  'America/Los_Angeles',
  'America/New_York',
  'America/St_Johns',
  'UTC',
  'Europe/London',
  'Europe/Berlin',
  'Africa/Casablanca',
  'Asia/Kathmandu',
  'Australia/Lord_Howe',
  'Australia/Adelaide',
  'Pacific/Auckland',
  'Pacific/Chatham',
  'Pacific/Apia',
  'Pacific/Kiritimati',
]

/** Local date and time as text. */
const formats = new Map(
  zones.map((zone) => [
    zone,
    new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'medium' }),
  ]),
)
const local = (zone: string, time: number) => formats.get(zone)?.format(time) ?? ''
const offset = (zone: string, time: number) => Date.parse(`${local(zone, time).replace(' ', 'T')}Z`) - time

/** Every change of the zone's clocks in the year, to the hour. */
function changesOf(zone: string): number[] {
  const hours = Array.from({ length: 366 * 24 }, (_, hour) => Date.UTC(YEAR, 0, 1, hour))
  return hours.filter((hour) => offset(zone, hour) !== offset(zone, hour - HOUR))
}
const changes = zones.flatMap((zone) => changesOf(zone).map((at) => ({ zone, at })))

/** The ticks as a process sees them that looks at these moments, one after the other. */
function seen(schedule: string, zone: string, moments: readonly number[]): number[] {
  const [first = 0, ...others] = moments
  const ticks: number[] = []
  let after = first
  for (const now of others) {
    const tick = lastTick({ id: 'r', schedule, zone }, after, now)
    if (tick !== null) ticks.push(tick)
    after = tick ?? after
  }
  return ticks
}

const QUARTER = 15 * 60_000
const everyQuarter = (from: number, to: number) =>
  Array.from({ length: (to - from) / QUARTER + 1 }, (_, quarter) => from + quarter * QUARTER)

describe('ticks at every change of the clocks of a year', () => {
  it('there are changes to be looked at', () => {
    expect(changes.length).toBeGreaterThanOrEqual(18)
  })

  it.each(changes)('$zone at $at: a daily tick comes once a day, whatever hour it is for', ({ zone, at }) => {
    for (const clock of ['0 0', '30 0', '0 1', '30 1', '0 2', '15 2', '45 2', '0 3', '30 3', '0 12']) {
      const ticks = seen(`${clock} * * *`, zone, everyQuarter(at - 2 * DAY, at + 2 * DAY))
      const days = ticks.map((tick) => Date.parse(local(zone, tick).slice(0, 10)) / DAY)
      const [first = 0] = days
      expect(days, `${clock}: ${ticks.map((tick) => local(zone, tick))}`).toEqual(days.map((_, index) => first + index))
      expect(days.length).toBeGreaterThanOrEqual(3)
    }
  })

  it.each(changes)('$zone at $at: a tick each quarter of an hour is neither lost nor doubled', ({ zone, at }) => {
    const ticks = seen('*/15 * * * *', zone, everyQuarter(at - 4 * HOUR, at + 4 * HOUR))
    expect(ticks).toEqual(everyQuarter(at - 4 * HOUR + QUARTER, at + 4 * HOUR))
  })
})

it('the ticks do not depend on when a process looks, and the last is found however long nobody looked', () => {
  const schedules = ['*/15 * * * *', '30 1 * * *', '30 2 * * *', '0 3 * * 1', '15 */2 * * *']
  const near = fc.constantFrom(...changes).chain((change) =>
    fc.record({
      change: fc.constant(change),
      schedule: fc.constantFrom(...schedules),
      moments: fc.array(fc.integer({ min: -2 * DAY, max: 2 * DAY }), { minLength: 1, maxLength: 40 }),
    }),
  )
  fc.assert(
    fc.property(near, ({ change: { zone, at }, schedule, moments }) => {
      const [from, to] = [at - 2 * DAY - QUARTER, at + 2 * DAY + QUARTER]
      const all = seen(schedule, zone, everyQuarter(from, to))
      const looked = moments.map((moment) => at + moment).toSorted((a, b) => a - b)
      const got = seen(schedule, zone, [from, ...looked, to])
      // Of those between two looks, the last alone; none twice, none that is no tick.
      const bounds = [from, ...looked, to]
      const expected = bounds.slice(1).flatMap((now, index) => {
        const between = all.filter((tick) => tick > (bounds[index] ?? 0) && tick <= now)
        return between.slice(-1)
      })
      expect(got).toEqual(expected)
    }),
    { numRuns: 60 },
  )
})
