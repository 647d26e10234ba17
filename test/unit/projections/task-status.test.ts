import { beforeEach, expect, it } from 'vitest'
import type { EntityResult } from '../../../src/events/generated/events.ts'
import type { Tables } from '../../../src/platform/dynamodb/tables.ts'
import { listEntities } from '../../../src/projections/list-entities.ts'
import { projectionTables } from '../../../src/projections/tables.ts'
import { type TaskRun, taskCounts, taskState } from '../../../src/projections/task-status.ts'
import { taskStage } from '../../../src/projections/tasks.ts'
import { entityResult, statusRecord } from '../../data/sync-status.ts'
import { memoryTables } from '../../memory/tables.ts'
import { batchContext } from '../../worlds/stage-context.ts'

let tables: Tables
let at = 0
beforeEach(() => {
  tables = memoryTables(projectionTables)
})

const CONNECTIONS = ['c1', 'c2']
const run = (over: Partial<TaskRun> = {}): TaskRun => ({
  state: 'ended',
  published: 2,
  connections: CONNECTIONS,
  ...over,
})
const tell = async (stage: string, ...results: (Partial<EntityResult> & { status: string })[]) => {
  at += 1
  await taskStage({ tables }).handle([statusRecord(stage, at, results.map(entityResult))], batchContext().context)
}
const counts = async () => await taskCounts(tables, 't', CONNECTIONS)
const state = async (over: Partial<TaskRun> = {}) => taskState(run(over), await counts())
const published = async (...keys: string[]) =>
  await tell('shop.orders.all', ...keys.map((key) => ({ key, connection: null, status: 'new' })))

it('is processing until every entity is at its end for every connection', async () => {
  await published('1', '2')
  expect(await state()).toBe('processing')
  await tell('route-orders', { key: '1', status: 'processing' }, { key: '1', connection: 'c2', status: 'ignored' })
  await tell('route-orders', { key: '2', status: 'ignored' }, { key: '2', connection: 'c2', status: 'canceled' })
  expect(await state()).toBe('processing')
  await tell('deliver-erp', { key: '1', status: 'succeeded' })
  expect(await state()).toBe('completed')
  expect((await counts()).connections).toEqual({
    c1: { ended: 2, statuses: { succeeded: 1, ignored: 1 } },
    c2: { ended: 2, statuses: { ignored: 1, canceled: 1 } },
  })
  expect(await state({ state: 'running' })).toBe('processing')
})

it('waits for entities that the run counts but whose status has not come yet', async () => {
  await tell('route-orders', ...CONNECTIONS.map((connection) => ({ key: '1', connection, status: 'ignored' })))
  expect(await state({ published: 2 })).toBe('processing')
  expect(await state({ published: 1 })).toBe('completed')
})

it('is failed when an entity failed for one connection', async () => {
  await tell('route-orders', { status: 'failed' }, { connection: 'c2', status: 'ignored' })
  expect(await state({ published: 1 })).toBe('failed')
})

it('is failed by what could not be read, without waiting for it to be routed', async () => {
  await published('1')
  await tell('shop.orders.all', { key: 'bad', connection: null, status: 'failed' })
  expect(await state({ published: 1 })).toBe('processing')
  await tell('route-orders', ...CONNECTIONS.map((connection) => ({ key: '1', connection, status: 'ignored' })))
  expect(await state({ published: 1 })).toBe('failed')
  expect((await counts()).unrouted_failed).toBe(1)
})

it('counts what failed before it was routed for every connection, until a retry routes it', async () => {
  await published('1')
  await tell('route-orders', { key: '1', connection: null, status: 'failed' })
  expect(await state({ published: 1 })).toBe('failed')
  await tell('route-orders', ...CONNECTIONS.map((connection) => ({ key: '1', connection, status: 'ignored' })))
  expect(await state({ published: 1 })).toBe('completed')
})

it('takes the state of a run that did not end well, or did not begin', async () => {
  for (const own of ['due', 'failed', 'incomplete', 'merged'] as const) expect(await state({ state: own })).toBe(own)
})

it('is completed when nothing changed or nobody subscribes', async () => {
  expect(await state({ published: 0 })).toBe('completed')
  expect(await state({ published: 5, connections: [] })).toBe('completed')
})

it('lists entities of connections first, then those that are not routed everywhere', async () => {
  await published('1', '2', '3')
  await tell('route-orders', { key: '1', status: 'succeeded' }, { key: '1', connection: 'c2', status: 'ignored' })
  await tell('route-orders', { key: '2', status: 'failed' })
  const list = async (over: { connection?: string; status?: string }, limit = 10) => {
    const filter = {
      task: 't',
      connections: CONNECTIONS,
      connection: null,
      status: null,
      seen: 'all' as const,
      ...over,
    }
    const keys: string[] = []
    for (let after: string | null = null, pages = 0; pages < 20; pages += 1) {
      const page: Awaited<ReturnType<typeof listEntities>> = await listEntities(tables, filter, limit, after)
      keys.push(...page.rows.map((row) => row.entity))
      if (page.next === null) return keys.join(' ')
      after = page.next
    }
    throw new Error('the list does not end')
  }
  for (const limit of [1, 2, 10]) {
    expect(await list({}, limit)).toBe('c1#1 c1#2 c2#1 *#2 *#3')
    expect(await list({ connection: 'c1' }, limit)).toBe('c1#1 c1#2')
    expect(await list({ connection: '*' }, limit)).toBe('*#1 *#2 *#3')
    expect(await list({ status: 'failed' }, limit)).toBe('c1#2')
  }
})
