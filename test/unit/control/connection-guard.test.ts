import { describe, expect, it } from 'vitest'
import { noteOutcome, type Outcomes } from '../../../src/control/connection-guard.ts'

/** Index of the outcome that trips, counted from 1; 0: none. */
function tripsAt(outcomes: readonly (readonly [key: string, failed: boolean])[]): number {
  let known: Outcomes = new Map()
  for (const [index, [key, failed]] of outcomes.entries()) {
    const noted = noteOutcome(known, key, failed, { window: 5, most: 3 })
    if (noted.tripped) return index + 1
    known = noted.outcomes
  }
  return 0
}

describe('the threshold of a connection', () => {
  it('trips when enough of the last keys failed', () => {
    expect(
      tripsAt([
        ['a', true],
        ['b', false],
        ['c', true],
        ['d', true],
      ]),
    ).toBe(4)
  })

  it('counts a key once, with its last outcome', () => {
    expect(
      tripsAt([
        ['a', true],
        ['a', true],
        ['a', true],
        ['b', true],
        ['b', false],
        ['c', true],
      ]),
    ).toBe(0)
  })

  it('forgets what is longer ago than its window', () => {
    const good = ['1', '2', '3', '4'].map((key) => [key, false] as const)
    expect(tripsAt([['a', true], ['b', true], ...good, ['c', true], ['d', true]])).toBe(0)
  })

  it('does not trip by a success', () => {
    expect(
      tripsAt([
        ['a', true],
        ['b', true],
        ['c', false],
      ]),
    ).toBe(0)
  })
})
