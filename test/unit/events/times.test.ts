import { describe, expect, it } from 'vitest'
import { assertPossibleTimes, isPossibleTime } from '../../../src/events/times.ts'

describe('a time', () => {
  it.each([0, -1, Date.parse('0000-01-01T00:00:00Z'), 999_999_999_999_999])('%d is possible', (ms) => {
    expect(isPossibleTime(ms)).toBe(true)
    expect(new Date(ms).toISOString()).toMatch(/^(\d{4}|\+0\d{5})-/)
  })

  it.each([1e15, 9e15, -(2 ** 52), Number.NaN, Number.POSITIVE_INFINITY, 0.5])('%d is none', (ms) => {
    expect(isPossibleTime(ms)).toBe(false)
  })

  it.each([
    [{ occurredAt: null, readAt: 1e15 }, 'readAt'],
    [{ occurredAt: -1e15, readAt: 1 }, 'occurredAt'],
    [{ sendAfter: 9e15, occurredAt: null, readAt: 1 }, 'sendAfter'],
    [{ readAt: 1, data: { placedAt: 9e15 } }, 'data.placedAt'],
    [{ readAt: 1, data: { shippedAt: 9e15 } }, 'data.shippedAt'],
    [{ firstAt: 1, lastAt: 9e15 }, 'lastAt'],
  ])('of an event is named where it is none: %j', (event, field) => {
    expect(() => assertPossibleTimes(event)).toThrow(expect.objectContaining({ code: 'time_invalid', field }))
  })

  it('may be left out, and so may the data', () => {
    assertPossibleTimes({ occurredAt: null, readAt: 1, data: null })
    assertPossibleTimes({ at: 9e15, results: [] })
  })
})
