import { expect, it } from 'vitest'
import { firstHours } from '../../../web/src/pages/overview/first-hours.ts'

const none = { count: 0, p50: null, p95: null }
const of = (...times: readonly string[]) => ({
  to: '2026-01-31T12:02:00.000Z',
  parts: times.map((time) => ({
    from: `2026-01-31T${time}:00.000Z`,
    done: {},
    failed: {},
    end_to_end: none,
    freshness: none,
  })),
})

it('shows two hours where nothing is older, and a day otherwise', () => {
  expect(firstHours(of('11:45', '11:30'))).toBe('2026-01-31T10:05:00.000Z')
  expect(firstHours(of('10:15', '12:00'))).toBe('2026-01-31T10:05:00.000Z')
  expect(firstHours(of('10:00', '12:00'))).toBeNull()
  expect(firstHours(of())).toBeNull()
})
