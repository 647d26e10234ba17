import { randomInt } from 'node:crypto'
import { expect, inject, it } from 'vitest'
import { assertNothingWrong, runCrashes, shortPlan, tableOf } from './run-crashes.ts'

it('processes killed at work lose, double and outdate nothing', async () => {
  const seed = Number(process.env['CRASH_SEED'] ?? randomInt(1_000_000))
  console.log(`seed ${seed}: again with CRASH_SEED=${seed}`)
  const result = await runCrashes(inject('services'), shortPlan(seed), console.log)
  console.log(tableOf(result.rows))
  assertNothingWrong(result)
  expect(result.rows.map(({ kills }) => kills)).toEqual(result.rows.map(() => 1))
})
