import { expect, it } from 'vitest'
import { clockTime, dayText, isTimeOrNone, timeOf, timeText } from '../../../web/src/local-time.ts'

it('says a time of the browser’s field as the API takes it', () => {
  expect(timeOf('2026-01-31T23:30')).toBe(new Date(2026, 0, 31, 23, 30).toISOString())
  expect(timeOf('2026-01-31T23:30:15')).toBe(new Date(2026, 0, 31, 23, 30, 15).toISOString())
})

it('has none of what is no time, or of a year that the API does not take', () => {
  for (const local of [
    '',
    '123456-01-01T10:00',
    '012345-01-01T10:00',
    '275761-01-01T10:00',
    '-0044-03-15T12:00',
    'x',
  ]) {
    expect([local, timeOf(local)]).toEqual([local, null])
  }
  expect(['', '123456-01-01T10:00', '2026-01-31T23:30'].map(isTimeOrNone)).toEqual([true, false, true])
})

it('shows a time in the viewer’s zone: to the second this year, with its year else', () => {
  const time = new Date(2026, 8, 3, 4, 5, 6)
  expect([clockTime(time), dayText(time)]).toEqual(['04:05', '3 Sep'])
  expect(timeText(time, new Date(2026, 11, 31))).toBe('3 Sep, 04:05:06')
  expect(timeText(time, new Date(2027, 0, 1))).toBe('3 Sep 2026, 04:05')
})
