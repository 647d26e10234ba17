import { describe, expect, it } from 'vitest'
import { failedSeeds } from './failed-seeds.ts'
import { type GuardName, guardOf } from './guards.ts'
import { runSeed } from './run-seed.ts'
import { runSeeds } from './run-seeds.ts'
import { tellSeed } from './tell-seed.ts'

const SEEDS = 40
const STEPS = 40
/** The same in every run: what fails is of the change that is tested. `SIMULATION_SEED=random` tries others, and says which. */
const first = process.env['SIMULATION_SEED'] === 'random' ? Math.floor(Date.now() / 1000) * 1000 : 1

async function expectAllPass(seeds: readonly number[]): Promise<void> {
  const failed = await runSeeds({ seeds })
  const told = await Promise.all(failed.slice(0, 1).map(({ seed }) => tellSeed(seed, null, STEPS)))
  const again = failed.map(({ seed }) => `npm run test:simulation -- --seeds 1 --from ${seed}`)
  expect(failed, [...told, ...again].join('\n')).toEqual([])
}

describe('the simulation', () => {
  it(`keeps the guarantees in ${SEEDS} worlds, from seed ${first}`, async () => {
    await expectAllPass(Array.from({ length: SEEDS }, (_, index) => first + index))
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

/**
 * What has to be found, and among which worlds. `delivery-row` and `taken-back` are found in one of a hundred: their worlds were
 * chosen because one of them is known to fail. After a change of the program it may be others.
 */
const found: readonly [guard: GuardName, from: number, within: number][] = [
  ['commit-after-handling', 1, 20],
  ['published-after-acknowledgement', 1, 60],
  ['replace-lines', 1, 60],
  ['delivery-row', 121, 200],
  ['taken-back', 361, 60],
  ['sent-before', 1, 20],
  ['hold-status', 1, 60],
  ['shipped-lines', 1, 60],
  ['held-order', 1, 60],
  ['canceled-by-hand', 1, 60],
  ['watermark', 1, 20],
  ['rebuild-join', 1, 20],
]

describe('the simulation finds', () => {
  it.each(found)('that %s is missing, from seed %i on within %i worlds', async (name, from, within) => {
    const seeds = Array.from({ length: within }, (_, index) => from + index)
    const [result] = await runSeeds({ seeds, guard: name, untilFound: true })
    expect(result?.violations[0]).toMatch(/^guarantee \d+: /)
    console.log(`${name}: seed ${result?.seed}: ${result?.violations[0]}`)
    expect((await runSeed(result?.seed ?? 0, guardOf(name))).hash).toBe(result?.hash)
  })
})
