import { describe, expect, it } from 'vitest'
import { fromLocalTime, localWindow, toLocalTime } from '../../../../src/systems/kit/local-time.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const YEAR = 2026

const zones = [
  'Etc/GMT+12',
  'Pacific/Honolulu',
  'America/Los_Angeles',
  'America/New_York',
  'America/St_Johns',
  'America/Santiago',
  'Atlantic/Azores',
  'UTC',
  'Europe/London',
  'Europe/Berlin',
  'Africa/Cairo',
  'Asia/Kathmandu',
  'Australia/Lord_Howe',
  'Pacific/Auckland',
  'Pacific/Chatham',
  'Pacific/Kiritimati',
]

/** Every change of the zone's clocks in the year, found half hour by half hour. */
function changesOf(zone: string): number[] {
  const offset = (utc: number) => Date.parse(`${toLocalTime(utc, zone).replace(' ', 'T')}Z`) - utc
  const changes: number[] = []
  for (let time = Date.UTC(YEAR, 0, 1); time < Date.UTC(YEAR + 1, 0, 1); time += HOUR / 2) {
    if (offset(time) !== offset(time - HOUR / 2)) changes.push(time)
  }
  return changes
}

/** Moments worth looking at: around each change of the clocks, and some quiet day. */
function momentsOf(zone: string): number[] {
  return [...changesOf(zone), Date.UTC(YEAR, 5, 15, 12)]
    .toSorted((a, b) => a - b)
    .flatMap((change) => Array.from({ length: 41 }, (_, index) => change + (index - 20) * 10 * MINUTE))
}

describe.each(zones)('account in %s', (zone) => {
  const moments = momentsOf(zone)

  it('takes a local time back to its moment, or to the other pass of a repeated hour', () => {
    const wrong = moments.filter((moment) => {
      const local = toLocalTime(moment, zone)
      const other = fromLocalTime(local, zone, moment + 30 * HOUR)
      return fromLocalTime(local, zone, moment) !== moment || toLocalTime(other, zone) !== local
    })
    expect(wrong).toEqual([])
  })

  it('never takes a change that came after a read for an older one', () => {
    const wrong = moments.flatMap((changed, index) =>
      moments.slice(index, index + 12).filter((read) => {
        const known = fromLocalTime(toLocalTime(changed, zone), zone, read)
        const next = read + MINUTE
        return fromLocalTime(toLocalTime(next, zone), zone, next + 3 * HOUR) <= known
      }),
    )
    expect(wrong).toEqual([])
  })

  it('has every moment of a window between its local bounds', () => {
    const outside: string[] = []
    for (const from of moments.filter((_, index) => index % 3 === 0)) {
      for (const length of [10 * MINUTE, HOUR, 3 * HOUR, 30 * HOUR]) {
        const bounds = localWindow(from, from + length, zone)
        for (let moment = from; moment < from + length; moment += Math.max(length / 18, 10 * MINUTE)) {
          const local = toLocalTime(moment, zone)
          if (local < bounds.from || local >= bounds.to) outside.push(`${local} of ${bounds.from} to ${bounds.to}`)
        }
      }
    }
    expect(outside).toEqual([])
  })
})

describe('changes of the clocks', () => {
  it('are found where there are any', () => {
    expect(changesOf('America/Los_Angeles')).toEqual([Date.UTC(YEAR, 2, 8, 10), Date.UTC(YEAR, 10, 1, 9)])
    expect(changesOf('Pacific/Kiritimati')).toEqual([])
  })

  it('give the repeated hour twice: the last pass that is not after the read, else the first', () => {
    const first = Date.UTC(YEAR, 10, 1, 8, 30)
    const repeated = '2026-11-01 01:30:00'
    expect(fromLocalTime(repeated, 'America/Los_Angeles', first + 10 * MINUTE)).toBe(first)
    expect(fromLocalTime(repeated, 'America/Los_Angeles', first + 2 * HOUR)).toBe(first + HOUR)
    expect(fromLocalTime(repeated, 'America/Los_Angeles', first - HOUR)).toBe(first)
  })

  it('take a time that the clocks skip by the offset before', () => {
    expect(fromLocalTime('2026-03-08 02:30:00', 'America/Los_Angeles', Date.UTC(YEAR, 5, 1))).toBe(
      Date.UTC(YEAR, 2, 8, 10, 30),
    )
  })

  it('widen a window whose start is in the first pass and whose end is in the second', () => {
    const from = Date.UTC(YEAR, 10, 1, 8, 50)
    expect(toLocalTime(from, 'America/Los_Angeles')).toBe('2026-11-01 01:50:00')
    expect(localWindow(from, from + 20 * MINUTE, 'America/Los_Angeles')).toEqual({
      from: '2026-11-01 01:00:00',
      to: '2026-11-01 02:00:00',
    })
  })

  it('leave a quiet window as it is', () => {
    const from = Date.UTC(YEAR, 5, 1, 12)
    expect(localWindow(from, from + HOUR, 'Asia/Kathmandu')).toEqual({
      from: '2026-06-01 17:45:00',
      to: '2026-06-01 18:45:00',
    })
  })
})

it('names the zone that is none', () => {
  expect(() => toLocalTime(0, 'Mars/Olympus')).toThrow(/"Mars\/Olympus" is not an IANA time zone/)
})

it('refuses a text that is no time', () => {
  expect(() => fromLocalTime('3/2/2026', 'UTC', 0)).toThrow(/"3\/2\/2026" is not a time/)
})
