import { expect, it } from 'vitest'
import { baseTime, createClock, seededTime } from '../../../../simulators/harness/clock.ts'
import { createRandom } from '../../../../simulators/harness/random.ts'

const draw = (seed: number, salt?: string) => {
  const random = createRandom(seed, salt)
  return [random.next(), random.int(1, 1000), random.pick(['a', 'b', 'c']), random.sample([1, 2, 3, 4, 5], 3)]
}

it('draws the same from the same seed, and other things from another seed or salt', () => {
  expect(draw(7)).toEqual(draw(7))
  expect(draw(7)).not.toEqual(draw(8))
  expect(draw(7)).not.toEqual(draw(7, 'orders'))
})

it('stays within its bounds', () => {
  const random = createRandom(1)
  const seen = new Set(Array.from({ length: 500 }, () => random.int(1, 6)))
  expect([...seen].sort()).toEqual([1, 2, 3, 4, 5, 6])
  expect(random.sample([1, 2], 5).sort()).toEqual([1, 2])
})

it('makes initial times before the base time, in whole seconds', () => {
  const random = createRandom(3)
  for (let n = 0; n < 100; n += 1) {
    const ago = baseTime.getTime() - seededTime(random, 2).getTime()
    expect(ago).toBeGreaterThan(0)
    expect(ago).toBeLessThanOrEqual(2 * 86_400_000)
    expect(ago % 1000).toBe(0)
  }
})

it('stamps changes with whole seconds that never go backwards, also after a restart', () => {
  const wall = [1_800_000_001_900, 1_800_000_000_000, 1_800_000_003_000]
  const clock = createClock(new Date(1_700_000_000_000), () => wall.shift() ?? 0)
  const seconds = [clock.now(), clock.now(), clock.now(), clock.now()].map((time) => time.getTime() / 1000)
  expect(seconds).toEqual([1_800_000_001, 1_800_000_001, 1_800_000_003, 1_800_000_003])
  expect(
    createClock(new Date(1_900_000_000_000), () => 0)
      .now()
      .getTime(),
  ).toBe(1_900_000_000_000)
})
