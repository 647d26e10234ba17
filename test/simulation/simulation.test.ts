import { describe, expect, it } from 'vitest'
import { failedSeeds } from './failed-seeds.ts'
import { type GuardName, guardOf } from './guards.ts'
import { runSeed } from './run-seed.ts'
import { runSeeds } from './run-seeds.ts'
import { tellSeed } from './tell-seed.ts'

const NEW_SEEDS = 200
const STEPS = 40
/** New ones each time; the first is printed, and a failure names its own. */
const first = Math.floor(Date.now() / 1000) * 1000

async function expectAllPass(seeds: readonly number[]): Promise<void> {
  const failed = await runSeeds({ seeds })
  const told = await Promise.all(failed.slice(0, 1).map(({ seed }) => tellSeed(seed, null, STEPS)))
  const again = failed.map(({ seed }) => `npm run test:simulation -- --seeds 1 --from ${seed}`)
  expect(failed, [...told, ...again].join('\n')).toEqual([])
}

describe('the simulation', () => {
  it(`keeps the guarantees in ${NEW_SEEDS} new worlds, from seed ${first}`, async () => {
    console.log(`seeds ${first} to ${first + NEW_SEEDS - 1}`)
    await expectAllPass(Array.from({ length: NEW_SEEDS }, (_, index) => first + index))
  })

  it('keeps them in every world that ever broke one', async () => {
    await expectAllPass(failedSeeds().map(({ seed }) => seed))
  })

  it('is the same each time', async () => {
    for (const seed of [3, 14, 159]) {
      const [once, again] = [await runSeed(seed), await runSeed(seed)]
      expect(again).toEqual(once)
      expect(once.steps).toBeGreaterThan(500)
    }
    expect((await runSeed(4)).hash).not.toBe((await runSeed(5)).hash)
  })
})

/** What has to be found, and in how many worlds at most. */
const found: readonly [guard: GuardName, within: number, guarantee: RegExp][] = [
  ['commit-after-handling', 20, /./],
  ['published-after-acknowledgement', 200, /./],
  ['replace-lines', 60, /./],
  ['row-condition', 200, /./],
  ['watermark', 20, /./],
]

describe('the simulation finds', () => {
  it.each(found)('that %s is missing, within %i worlds', async (name, within, guarantee) => {
    const seeds = Array.from({ length: within }, (_, index) => index + 1)
    const [result] = await runSeeds({ seeds, guard: name, untilFound: true })
    expect(result?.violations[0]).toMatch(guarantee)
    console.log(`${name}: seed ${result?.seed}: ${result?.violations[0]}`)
    expect((await runSeed(result?.seed ?? 0, guardOf(name))).hash).toBe(result?.hash)
  })
})
