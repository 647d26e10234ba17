import { randomInt } from 'node:crypto'
import { expect, inject, it } from 'vitest'
import { runCrashes, shortPlan, tableOf } from './run-crashes.ts'

it('processes killed at work lose, double and outdate nothing', async () => {
  const seed = Number(process.env['CRASH_SEED'] ?? randomInt(1_000_000))
  console.log(`seed ${seed}: again with CRASH_SEED=${seed}`)
  const { rows, faults, surprises } = await runCrashes(inject('services'), shortPlan(seed), console.log)
  console.log(tableOf(rows))
  expect(faults).toEqual([])
  expect(surprises).toEqual([])
  expect(rows.reduce((kills, row) => kills + row.kills, 0)).toBe(rows.length)
})
