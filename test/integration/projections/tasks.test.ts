import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { cursorKey } from '../../../src/operations/cursor-key.ts'
import { createTables } from '../../../src/platform/dynamodb/create-tables.ts'
import { taskCounts, taskState } from '../../../src/projections/task-status.ts'
import { taskStage } from '../../../src/projections/tasks.ts'
import { entityResult, statusRecord } from '../../data/sync-status.ts'
import { apiTestTables } from '../../worlds/api-fixture.ts'
import { batchContext, silentLogger } from '../../worlds/stage-context.ts'

const services = inject('services')
Object.assign(process.env, services)
const dynamo = createTables({
  endpoint: services['DYNAMODB_ENDPOINT'] ?? null,
  region: services['AWS_REGION'] ?? 'local',
  prefix: `tasks-${process.pid}-`,
  logger: silentLogger,
})

beforeAll(() => dynamo.create(apiTestTables))
afterAll(() => dynamo.close())

it('counts a task to its end while stages report of its entities at once', async () => {
  const keys = Array.from({ length: 120 }, (_, n) => String(n))
  const results = (status: string, connection: string | null = 'c1') =>
    keys.map((key) => entityResult({ key, status, connection }))
  const stage = taskStage({ tables: dynamo.tables })
  await Promise.all([
    stage.handle([statusRecord('shop.orders.all', 1, results('new', null))], batchContext(0).context),
    stage.handle([statusRecord('route-orders', 2, results('processing'))], batchContext(1).context),
    stage.handle([statusRecord('deliver-erp', 3, results('succeeded'))], batchContext(2).context),
  ])
  const counts = await taskCounts(dynamo.tables, 't', ['c1'])
  expect(counts).toEqual({
    published: 120,
    connections: { c1: { ended: 120, statuses: { succeeded: 120 } } },
    unrouted_failed: 0,
  })
  expect(taskState({ state: 'ended', published: 120, connections: ['c1'] }, counts)).toBe('completed')
})

it('shares one cursor key', async () => {
  const keys = await Promise.all(Array.from({ length: 4 }, () => cursorKey(dynamo.tables, null)))
  expect(new Set(keys).size).toBe(1)
})
