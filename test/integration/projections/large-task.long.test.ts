import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { changeRun, createRun } from '../../../src/control/runs.ts'
import { createTables } from '../../../src/platform/dynamodb/create-tables.ts'
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
/** What a page may take on two cores with all servers beside it. */
const QUICK_MS = 3_000

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

it('shows a task of 100,000 entities, its pages and its failed ones quickly', async () => {
  const api = apiFixture({}, dynamo.tables)
  const timed = async (path: string) => {
    const start = performance.now()
    const { json } = await api.get(path)
    return { json, ms: Math.round(performance.now() - start) }
  }
  const first = await timed('/v1/tasks/t')
  const task = await timed('/v1/tasks/t')
  expect(task.json).toEqual(first.json)
  expect(task.json).toMatchObject({
    state: 'failed',
    connections: { c1: { ended: ENTITIES, statuses: { failed: 10, succeeded: ENTITIES - 10 } } },
  })
  const page = await timed('/v1/tasks/t/entities?limit=100')
  expect(page.json.items).toHaveLength(100)
  const failed = { ms: 0, keys: [] as string[] }
  for (let cursor: string | null = ''; cursor !== null; ) {
    const more: string = cursor === '' ? '' : `&cursor=${cursor}`
    const { json, ms } = await timed(`/v1/tasks/t/entities?status=failed&limit=100${more}`)
    failed.ms = Math.max(failed.ms, ms)
    failed.keys.push(...json.items.map(({ key }: { key: string }) => key))
    cursor = json.cursor
  }
  expect(failed.keys).toHaveLength(10)
  const list = await timed('/v1/tasks')
  const times = { first: first.ms, task: task.ms, page: page.ms, failed: failed.ms, list: list.ms }
  console.log(JSON.stringify(times))
  for (const [name, ms] of Object.entries(times)) {
    // It is counted once, then remembered until something is reported.
    expect(ms, name).toBeLessThan(name === 'first' ? 10 * QUICK_MS : QUICK_MS)
  }
})
