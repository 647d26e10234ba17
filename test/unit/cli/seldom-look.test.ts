import { expect, it } from 'vitest'
import { seldomLook } from '../../../src/cli/seldom-look.ts'
import { manualClock } from '../../memory/manual-clock.ts'
import { silentLogger } from '../../worlds/stage-context.ts'

it('a look is shared by all who ask within 15 s', async () => {
  const clock = manualClock(0)
  let looks = 0
  const look = seldomLook(async () => (looks += 1), { clock, logger: silentLogger })
  expect(await Promise.all([look(), look()])).toEqual([1, 1].map((found) => ({ found, tookMs: 0, ageMs: 0 })))
  clock.set(14_999)
  expect(await look()).toEqual({ found: 1, tookMs: 0, ageMs: 14_999 })
  clock.set(15_000)
  expect(await look()).toMatchObject({ found: 2 })
})

it('a look that takes long is repeated seldom, and nobody waits for it for long', async () => {
  const clock = manualClock(0)
  const ends: (() => void)[] = []
  const slow = () => new Promise<number>((resolve) => ends.push(() => resolve(ends.length)))
  const look = seldomLook(slow, { clock, logger: silentLogger })
  const first = look()
  clock.set(3_000)
  expect(await first).toBeNull()
  clock.set(4_000)
  ends[0]?.()
  expect(await look()).toEqual({ found: 1, tookMs: 4_000, ageMs: 4_000 })
  clock.set(83_000)
  await look()
  expect(ends).toHaveLength(1)
  clock.set(84_000)
  const second = look()
  expect(ends).toHaveLength(2)
  clock.set(87_000)
  expect(await second).toMatchObject({ found: 1, ageMs: 87_000 })
})

it('a look that fails leaves the last one', async () => {
  const clock = manualClock(0)
  const found = [1, new Error('gone')]
  const look = seldomLook(
    async () => {
      const next = found.shift()
      if (next instanceof Error) throw next
      return next
    },
    { clock, logger: silentLogger },
  )
  await look()
  clock.set(20_000)
  expect(await look()).toEqual({ found: 1, tookMs: 0, ageMs: 20_000 })
})
