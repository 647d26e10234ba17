import { describe, expect, it } from 'vitest'
import { isoTime } from '../../../../src/events/times.ts'
import { common, periodOf } from '../../../../src/systems/sap-b1/price-lists.ts'

const period = (from: unknown, to: unknown, zone: string) => {
  const found = periodOf({ ValidFrom: from, ValidTo: to }, 'ValidFrom', 'ValidTo', zone)
  return [isoTime(found.from), isoTime(found.to)]
}

describe('a period of days', () => {
  it('begins and ends at midnight in the zone of the server', () => {
    expect(period('2026-03-02', '2026-03-02', 'Asia/Kathmandu')).toEqual([
      '2026-03-01T18:15:00.000Z',
      '2026-03-02T18:15:00.000Z',
    ])
    expect(period('2026-12-31T00:00:00Z', '2026-12-31', 'UTC')).toEqual([
      '2026-12-31T00:00:00.000Z',
      '2027-01-01T00:00:00.000Z',
    ])
    expect(period(null, null, 'UTC')).toEqual([null, null])
  })

  it('includes all of a day whose midnight comes twice, or not at all', () => {
    // In Havana the clocks go back from one to midnight, and forward from midnight to one.
    expect(period('2026-11-01', '2026-11-01', 'America/Havana')).toEqual([
      '2026-11-01T04:00:00.000Z',
      '2026-11-02T05:00:00.000Z',
    ])
    expect(period('2026-03-08', '2026-03-07', 'America/Havana')).toEqual([
      '2026-03-08T05:00:00.000Z',
      '2026-03-08T05:00:00.000Z',
    ])
  })

  it.each(['soon', '2026-13-01', '20260301'])('is refused with %s', (day) => {
    expect(() => period(day, null, 'UTC')).toThrow(
      expect.objectContaining({ code: 'time_invalid', field: 'ValidFrom' }),
    )
  })
})

it('periods have in common what is in both', () => {
  expect(common({ from: 1, to: null }, { from: 3, to: 9 })).toEqual({ from: 3, to: 9 })
  expect(common({ from: null, to: 5 }, { from: null, to: null })).toEqual({ from: null, to: 5 })
  expect(common({ from: null, to: 5 }, { from: 5, to: null })).toBeNull()
})
