import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { changeRun, createRun } from '../../../src/control/runs.ts'
import { createTables } from '../../../src/platform/dynamodb/create-tables.ts'
import type { Tables } from '../../../src/platform/dynamodb/tables.ts'
import { evolveEntity } from '../../../src/projections/entity-row.ts'
import { SYNC_ENTITIES } from '../../../src/projections/tables.ts'
import { entityResult } from '../../data/sync-status.ts'
import { apiFixture, apiTestTables } from '../../worlds/api-fixture.ts'
import { silentLogger } from '../../worlds/stage-context.ts'

const services = inject('services')
Object.assign(process.env, services)
const dynamo = createTables({
  endpoint: services['DYNAMODB_ENDPOINT'] ?? null,
  region: services['AWS_REGION'] ?? 'local',
  prefix: `large-${process.pid}-`,
  logger: silentLogger,
})
const ENTITIES = 100_000
/** Rows that an answer may be made of: not those of the whole task. */
const FEW = 1_000
/** What one answer with a filter looks at before it gives a cursor, and the rows it shows. */
const FILTERED = 20_000 + 100

const row = (key: string, connection: string | null, status: string) => {
  const stage = connection === null ? 'shop.orders.all' : 'deliver-erp'
  const result = entityResult({ key, connection, status, message: status === 'failed' ? 'item 7 is inactive' : null })
  return { ...evolveEntity(undefined, { taskId: 't', stage, at: 1, offset: 1, result }) }
}

beforeAll(async () => {
  await dynamo.create(apiTestTables)
  const run = {
    id: 't',
    read: 'shop.orders.all',
    trigger: 'api',
    reason: null,
    requested_at: '2026-01-31T07:00:00.000Z',
  }
  await createRun(dynamo.tables, { ...run, backfill_from: null })
  const set = { state: 'ended' as const, published: ENTITIES, connections: ['c1'] }
  await changeRun(dynamo.tables, { id: 't', fence: 1 }, { set })
  for (let start = 0; start < ENTITIES; start += 5000) {
    const keys = Array.from({ length: 5000 }, (_, n) => String(start + n).padStart(9, '0'))
    const rows = keys.flatMap((key, n) => [
      row(key, null, 'new'),
      row(key, 'c1', (start + n) % (ENTITIES / 10) === 7 ? 'failed' : 'succeeded'),
    ])
    await dynamo.tables.putMany(SYNC_ENTITIES, rows)
  }
}, 900_000)
afterAll(() => dynamo.close())

/** The tables, and how many rows they have given. */
function countedTables(tables: Tables) {
  const counted = { rows: 0 }
  const count = <T extends readonly unknown[]>(items: T): T => {
    counted.rows += items.length
    return items
  }
  const noted: Tables = {
    ...tables,
    get: async (...args) => count([await tables.get(...args)])[0],
    getMany: async (...args) => count(await tables.getMany(...args)),
    query: async (...args) => count(await tables.query(...args)),
  }
  return { counted, tables: noted }
}

it('shows a task of 100,000 entities, its pages and its failed ones from few rows', async () => {
  const { counted, tables } = countedTables(dynamo.tables)
  const api = apiFixture({}, tables)
  const read = async (path: string) => {
    counted.rows = 0
    const { json } = await api.get(path)
    return { json, rows: counted.rows }
  }
  const first = await read('/v1/tasks/t')
  const task = await read('/v1/tasks/t')
  expect(task.json).toEqual(first.json)
  expect(task.json).toMatchObject({
    state: 'failed',
    connections: { c1: { ended: ENTITIES, statuses: { failed: 10, succeeded: ENTITIES - 10 } } },
  })
  const page = await read('/v1/tasks/t/entities?limit=100')
  expect(page.json.items).toHaveLength(100)
  const failed = { rows: 0, keys: [] as string[] }
  for (let cursor: string | null = ''; cursor !== null; ) {
    const more: string = cursor === '' ? '' : `&cursor=${cursor}`
    const { json, rows } = await read(`/v1/tasks/t/entities?status=failed&limit=100${more}`)
    failed.rows = Math.max(failed.rows, rows)
    failed.keys.push(...json.items.map(({ key }: { key: string }) => key))
    cursor = json.cursor
  }
  expect(failed.keys).toHaveLength(10)
  const list = await read('/v1/tasks')
  // It is counted once, then remembered until something is reported.
  expect(first.rows).toBeGreaterThan(2 * ENTITIES)
  expect(task.rows).toBeLessThan(FEW)
  expect(page.rows).toBeLessThan(FEW)
  expect(failed.rows).toBeLessThanOrEqual(FILTERED)
  expect(list.rows).toBeLessThan(FEW)
})
