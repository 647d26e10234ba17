import { expect, it } from 'vitest'
import type { Tables } from '../../../src/platform/dynamodb/tables.ts'
import { projectionTables, SYNC_ENTITIES, SYNC_TASK_COUNTS } from '../../../src/projections/tables.ts'
import { knownCounts } from '../../../src/projections/task-counts.ts'
import { taskStage } from '../../../src/projections/tasks.ts'
import { entityResult, statusRecord } from '../../data/sync-status.ts'
import { memoryTables } from '../../memory/tables.ts'
import { batchContext } from '../../worlds/stage-context.ts'

/** Tables in which counting takes so long, and which tell how often it was done. */
function slowTables(ms: number) {
  const inner = memoryTables(projectionTables)
  let counted = 0
  const tables: Tables = {
    ...inner,
    async query(name, range) {
      if (name === SYNC_ENTITIES) {
        counted += 1
        const until = performance.now() + ms
        while (performance.now() < until) await null
      }
      return await inner.query(name, range)
    },
  }
  return { tables, counted: () => counted }
}
const tell = async (tables: Tables, at: number, status: string) =>
  await taskStage({ tables }).handle(
    [statusRecord('deliver-erp', at, [entityResult({ status })])],
    batchContext().context,
  )

it('counts a small task whenever it is asked for', async () => {
  const { tables, counted } = slowTables(0)
  await tell(tables, 1, 'processing')
  for (const status of ['succeeded', 'superseded']) {
    await tell(tables, status.length, status)
    await knownCounts(tables, 't', ['c1'])
  }
  expect(counted()).toBe(4)
})

it('keeps the counts of a large one until something is reported of it', async () => {
  const { tables, counted } = slowTables(60)
  await tell(tables, 1, 'processing')
  const first = await knownCounts(tables, 't', ['c1'])
  expect(await knownCounts(tables, 't', ['c1'])).toEqual(first)
  expect(counted()).toBe(2)
  await tell(tables, 2, 'succeeded')
  // Not so soon: what is asked for meanwhile may lag.
  expect(await knownCounts(tables, 't', ['c1'])).toEqual(first)
  const item = await tables.get(SYNC_TASK_COUNTS, { task: 't' })
  const kept = item?.['kept'] as { readonly counted_at: number; readonly took_ms: number }
  const older = { ...kept, counted_at: kept.counted_at - kept.took_ms * 10 }
  await tables.update(SYNC_TASK_COUNTS, { task: 't' }, { set: { kept: older } })
  expect((await knownCounts(tables, 't', ['c1'])).connections['c1']?.statuses).toEqual({ succeeded: 1 })
  // A report that is handed over again says that something may be new.
  await tell(tables, 2, 'succeeded')
  expect((await tables.get(SYNC_TASK_COUNTS, { task: 't' }))?.['version']).toBe(3)
  await knownCounts(tables, 't', ['c1', 'c2'])
  expect(counted()).toBe(7)
})
