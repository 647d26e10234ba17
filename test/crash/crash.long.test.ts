import { randomInt } from 'node:crypto'
import { inject, it } from 'vitest'
import { assertNothingWrong, longPlan, runCrashes, tableOf } from './run-crashes.ts'

it('every role killed again and again under load loses, doubles and outdates nothing', async () => {
  const seed = Number(process.env['CRASH_SEED'] ?? randomInt(1_000_000))
  console.log(`seed ${seed}: again with CRASH_SEED=${seed}`)
  const plan = longPlan(seed, 1, { orders: 400, stocks: 1_500 })
  const result = await runCrashes(inject('services'), plan, console.log)
  console.log(tableOf(result.rows))
  assertNothingWrong(result)
})
