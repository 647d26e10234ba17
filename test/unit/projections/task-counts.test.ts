import { expect, it } from 'vitest'
import type { Tables } from '../../../src/platform/dynamodb/tables.ts'
import { projectionTables, SYNC_ENTITIES, SYNC_TASK_COUNTS } from '../../../src/projections/tables.ts'
import { knownCounts } from '../../../src/projections/task-counts.ts'
import { taskStage } from '../../../src/projections/tasks.ts'
import { entityResult, statusRecord } from '../../data/sync-status.ts'
import { memoryTables } from '../../memory/tables.ts'
import { batchContext } from '../../worlds/stage-context.ts'

/** Tables in which each query of a counting takes so long by a clock of their own, and which tell how many there were. */
function slowTables(ms: number) {
  const inner = memoryTables(projectionTables)
  const clock = { time: 1_772_000_000_000 }
  let counted = 0
  const tables: Tables = {
    ...inner,
    async query(name, range) {
      if (name === SYNC_ENTITIES) {
        counted += 1
        clock.time += ms
      }
      return await inner.query(name, range)
    },
  }
  const known = (...connections: readonly string[]) => knownCounts(tables, 't', connections, () => clock.time)
  return { tables, clock, known, counted: () => counted }
}
const tell = async (tables: Tables, at: number, status: string) =>
  await taskStage({ tables }).handle(
    [statusRecord('deliver-erp', at, [entityResult({ status })])],
    batchContext().context,
  )

it('counts a small task whenever it is asked for', async () => {
  const { tables, known, counted } = slowTables(0)
  await tell(tables, 1, 'processing')
  for (const status of ['succeeded', 'superseded']) {
    await tell(tables, status.length, status)
    await known('c1')
  }
  expect(counted()).toBe(4)
})

it('keeps the counts of a large one until something is reported of it', async () => {
  const { tables, clock, known, counted } = slowTables(60)
  await tell(tables, 1, 'processing')
  const first = await known('c1')
  expect(await known('c1')).toEqual(first)
  expect(counted()).toBe(2)
  await tell(tables, 2, 'succeeded')
  // Not so soon: what is asked for meanwhile may lag.
  expect(await known('c1')).toEqual(first)
  clock.time += 120 * 10
  expect((await known('c1')).connections['c1']?.statuses).toEqual({ succeeded: 1 })
  // A report that is handed over again says that something may be new.
  await tell(tables, 2, 'succeeded')
  expect((await tables.get(SYNC_TASK_COUNTS, { task: 't' }))?.['version']).toBe(3)
  await known('c1', 'c2')
  expect(counted()).toBe(7)
})
