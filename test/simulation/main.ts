/**
 * `npm run test:simulation -- --seeds 10000 [--from N] [--guard NAME] [--steps N]`: runs seeds, tells those that failed
 * with their last steps and keeps them in failed-seeds.json. With a guard taken out it is the other way round: then it is
 * a failure when no seed fails.
 */
import { parseArgs } from 'node:util'
import { keepFailed } from './failed-seeds.ts'
import { type GuardName, guardOf, guards, isGuardName } from './guards.ts'
import type { SeedResult } from './run-seed.ts'
import { runSeeds } from './run-seeds.ts'
import { tellSeed } from './tell-seed.ts'

const TOLD = 3
const PROGRESS_EVERY = 1000

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '1000' },
    from: { type: 'string', default: '1' },
    guard: { type: 'string' },
    steps: { type: 'string', default: '60' },
  },
})

function number(text: string, name: string): number {
  const value = Number(text)
  if (Number.isSafeInteger(value) && value >= 0) return value
  console.error(`--${name} takes a whole number, not "${text}"`)
  return process.exit(2)
}

function guardName(text: string | undefined): GuardName | null {
  if (text === undefined) return null
  if (isGuardName(text)) return text
  console.error(`there is no guard "${text}"; there are: ${Object.keys(guards).join(', ')}`)
  return process.exit(2)
}

const [from, count, steps] = [number(values.from, 'from'), number(values.seeds, 'seeds'), number(values.steps, 'steps')]
const guard = guardName(values.guard)
const startedAt = performance.now()
const total = { seeds: 0, steps: 0 }
const seconds = () => (performance.now() - startedAt) / 1000

function onResult(result: SeedResult): void {
  total.seeds += 1
  total.steps += result.steps
  if (total.seeds % PROGRESS_EVERY === 0) {
    console.log(`${total.seeds} seeds, ${(total.seeds / seconds()).toFixed(0)} a second`)
  }
}

const seeds = Array.from({ length: count }, (_, index) => from + index)
const failed = await runSeeds({ seeds, guard, onResult })
for (const { seed } of failed.slice(0, TOLD)) console.log(`\n${await tellSeed(seed, guardOf(guard), steps)}`)
const speed = `${total.steps} steps in ${seconds().toFixed(0)} s, ${(total.seeds / seconds()).toFixed(0)} seeds a second`
console.log(`\nseeds ${from} to ${from + count - 1}${guard === null ? '' : ` without ${guard}`}: ${speed}`)
console.log(
  `failed: ${failed.length}${
    failed.length === 0
      ? ''
      : ` (${failed
          .slice(0, 20)
          .map(({ seed }) => seed)
          .join(', ')})`
  }`,
)
if (guard === null) keepFailed(failed)
process.exitCode = (failed.length === 0) === (guard === null) ? 0 : 1
