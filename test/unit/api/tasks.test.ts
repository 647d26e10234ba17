import { expect, it } from 'vitest'
import { changeRun, createRun } from '../../../src/control/runs.ts'
import { taskStage } from '../../../src/projections/tasks.ts'
import { deadLettered } from '../../data/dead-letters.ts'
import { entityResult, statusRecord } from '../../data/sync-status.ts'
import { apiFixture } from '../../worlds/api-fixture.ts'
import { batchContext } from '../../worlds/stage-context.ts'

const READ = 'shop.orders.all'

async function fixture() {
  const api = apiFixture()
  const run = async (id: string, read: string, requested_at: string) => {
    await createRun(api.tables, { id, read, trigger: 'schedule', reason: null, requested_at, backfill_from: null })
  }
  await run('t', READ, '2026-01-31T07:00:00.000Z')
  await run('u', 'vendor.products.all', '2026-01-31T07:30:00.000Z')
  await changeRun(api.tables, { id: 't', fence: 1 }, { set: { state: 'ended', published: 3, connections: ['c1'] } })
  const batch = [
    statusRecord(
      READ,
      1,
      [1, 2, 3].map((n) => entityResult({ key: `${n}`, connection: null, status: 'new' })),
    ),
    statusRecord('route-orders', 2, [
      entityResult({ key: '1', status: 'processing' }),
      entityResult({ key: '2', status: 'ignored', code: 'state_not_wanted', message: 'state is new' }),
    ]),
    statusRecord('deliver-erp', 3, [entityResult({ key: '1', status: 'succeeded', targetId: 'SO-1' })]),
  ]
  await taskStage(api).handle(batch, batchContext().context)
  return { ...api, tell: (record: (typeof batch)[number]) => taskStage(api).handle([record], batchContext().context) }
}

it('lists tasks, newest first, with their state', async () => {
  const api = await fixture()
  const { json } = await api.get('/v1/tasks')
  expect(json.items.map((task: { id: string; state: string }) => [task.id, task.state])).toEqual([
    ['u', 'due'],
    ['t', 'processing'],
  ])
  expect((await api.get(`/v1/tasks?read=${READ}`)).json.items).toHaveLength(1)
  expect((await api.get('/v1/tasks?limit=1')).json.items).toHaveLength(1)
  expect((await api.get('/v1/tasks?limit=0')).json).toMatchObject({ code: 'request_invalid', field: 'limit' })
})

it('shows how far the reading is, and what is known of its window', async () => {
  const api = await fixture()
  const window = { window_from: '2026-01-31T06:00:00.000Z', window_to: '2026-01-31T07:00:00.000Z' }
  const reached = { reached_at: '2026-01-31T06:30:00.000Z', read_count: 12 }
  await changeRun(api.tables, { id: 'u', fence: 1 }, { set: { state: 'running', ...window, ...reached } })
  expect((await api.get('/v1/tasks/u')).json).toMatchObject({
    run_state: 'running',
    ...window,
    ...reached,
    proof: 'pending',
    cut_date_moved: false,
    expected: null,
    listed: null,
  })
  await changeRun(api.tables, { id: 'u', fence: 1 }, { set: { state: 'ended', listed: 12, keys: 11 } })
  expect((await api.get('/v1/tasks/u')).json).toMatchObject({
    proof: 'proven',
    cut_date_moved: true,
    listed: 12,
    keys: 11,
  })
})

it('shows how far a task has come', async () => {
  const api = await fixture()
  expect((await api.get('/v1/tasks/t')).json).toMatchObject({
    id: 't',
    state: 'processing',
    run_state: 'ended',
    published: 3,
    connections: { c1: { ended: 2, statuses: { succeeded: 1, ignored: 1 } } },
    error: null,
  })
  await api.tell(statusRecord('route-orders', 4, [entityResult({ key: '3', status: 'canceled' })]))
  expect((await api.get('/v1/tasks/t')).json.state).toBe('completed')
  expect((await api.get('/v1/tasks/none')).json).toMatchObject({ status: 404, code: 'not_found', field: 'id' })
})

it('lists what became of the entities, page by page', async () => {
  const api = await fixture()
  const first = (await api.get('/v1/tasks/t/entities?limit=2')).json
  expect(first.items).toMatchObject([
    { connection: 'c1', key: '1', status: 'succeeded', target_id: 'SO-1', stage: 'deliver-erp' },
    { connection: 'c1', key: '2', status: 'ignored', code: 'state_not_wanted', message: 'state is new' },
  ])
  expect(first.items[0].history).toHaveLength(2)
  const second = (await api.get(`/v1/tasks/t/entities?limit=2&cursor=${first.cursor}`)).json
  expect(second).toMatchObject({ items: [{ connection: null, key: '3', status: 'new' }], cursor: null })
  expect((await api.get('/v1/tasks/t/entities?status=ignored&connection=c1')).json.items).toHaveLength(1)
  const other = await api.get(`/v1/tasks/t/entities?status=failed&cursor=${first.cursor}`)
  expect(other.json).toMatchObject({ status: 400, code: 'cursor_invalid', field: 'status' })
  expect((await api.get('/v1/tasks/t/entities?status=lost')).json).toMatchObject({ status: 400, field: 'status' })
})

it('filters tasks by read, state and time, page by page', async () => {
  const api = await fixture()
  for (let n = 0; n < 7; n += 1) {
    const requested_at = `2026-01-30T0${n}:00:00.000Z`
    await createRun(api.tables, {
      id: `r${n}`,
      read: READ,
      trigger: 'api',
      reason: null,
      requested_at,
      backfill_from: null,
    })
    const state = n % 3 === 0 ? 'ended' : 'failed'
    await changeRun(api.tables, { id: `r${n}`, fence: 1 }, { set: { state, connections: ['c1'] } })
  }
  const ids = async (query: string) => {
    const found: string[] = []
    for (let cursor = '', pages = 0; pages < 20; pages += 1) {
      const { json } = await api.get(`/v1/tasks?${query}${cursor}`)
      found.push(...json.items.map(({ id }: { id: string }) => id))
      if (json.cursor === null) return found.join(' ')
      cursor = `&cursor=${json.cursor}`
    }
    throw new Error('the list does not end')
  }
  for (const limit of [1, 2, 50]) {
    expect(await ids(`limit=${limit}`)).toBe('u t r6 r5 r4 r3 r2 r1 r0')
    expect(await ids(`limit=${limit}&state=failed`)).toBe('r5 r4 r2 r1')
    expect(await ids(`limit=${limit}&state=completed&read=${READ}`)).toBe('r6 r3 r0')
    expect(await ids(`limit=${limit}&state=due`)).toBe('u')
    expect(await ids(`limit=${limit}&since=2026-01-30T05:00:00Z`)).toBe('u t r6 r5')
  }
  const { json } = await api.get('/v1/tasks?limit=1')
  expect((await api.get(`/v1/tasks?limit=1&state=due&cursor=${json.cursor}`)).json.code).toBe('cursor_invalid')
  expect((await api.get('/v1/tasks?state=lost')).json).toMatchObject({ status: 400, field: 'state' })
  expect((await api.get('/v1/tasks?since=monday')).json).toMatchObject({ status: 400, field: 'since' })
})

it('shows the history of one entity', async () => {
  const api = await fixture()
  const { json } = await api.get('/v1/tasks/t/entities/c1/1')
  expect(json).toMatchObject({ status: 'succeeded', version: { occurred_at: '1970-01-01T00:00:01.000Z' } })
  expect(json.history).toMatchObject([
    { stage: 'route-orders', status: 'processing', attempts: 1, target_id: null },
    { stage: 'deliver-erp', status: 'succeeded', target_id: 'SO-1', version: { read_at: '1970-01-01T00:00:02.000Z' } },
  ])
  expect((await api.get('/v1/tasks/t/entities/*/3')).json).toMatchObject({ connection: null, status: 'new' })
  expect((await api.get('/v1/tasks/t/entities/c1/none')).json).toMatchObject({ status: 404, field: 'key' })
})

it('retries exactly what failed: by its dead letter, or by reading it again', async () => {
  const api = await fixture()
  const letter = { stage: 'deliver-erp', topic: 't.vendor-orders.erp', taskId: 't', connection: 'c1' }
  await api.letters.project(
    deadLettered({ ...letter, deadLetterId: 'a', key: '1', originalKey: Buffer.from('c1|1') }),
    deadLettered({ ...letter, deadLetterId: 'other', taskId: 'u', key: '9' }),
    deadLettered({
      deadLetterId: 'raw',
      stage: READ,
      connection: null,
      key: 'bad',
      topic: '',
      offset: -1,
      taskId: 't',
    }),
  )
  await api.tell(
    statusRecord('deliver-erp', 9, [
      entityResult({ key: '1', status: 'failed', occurredAt: 5000 }),
      entityResult({ key: '2', status: 'failed', occurredAt: 5000 }),
    ]),
  )
  await api.tell(statusRecord('route-orders', 9, [entityResult({ key: '3', status: 'unknown' })]))
  await api.tell(statusRecord(READ, 10, [entityResult({ key: 'bad', connection: null, status: 'failed' })]))
  for (const id of ['shop|orders|2', 'shop|orders|4']) await api.tables.put('published', { id, state: 'published' })
  await changeRun(api.tables, { id: 't', fence: 1 }, { set: { window_from: '2026-01-30T00:00:00.000Z' } })
  const counted = { task: 't', retried: 1, skipped: [], read_again: 3, more: false }
  const dry = await api.send('POST', '/v1/tasks/t/retry', { dryRun: true })
  expect(dry.json).toMatchObject({ ...counted, dry_run: true, read_by: null })
  const { json } = await api.send('POST', '/v1/tasks/t/retry', undefined, { 'x-actor': 'ann' })
  expect(json).toMatchObject({ ...counted, dry_run: false })
  expect(api.letters.retried().map(({ key }) => key)).toEqual(['c1|1'])
  expect(api.control.requested).toMatchObject([
    { read: READ, from: Date.parse('2026-01-30T00:00:00Z'), requestedBy: 'ann', reason: 'retry of task t' },
  ])
  expect((await api.get(`/v1/tasks/${json.read_by}`)).json).toMatchObject({ state: 'due', read: READ })
  const note = async (id: string) => (await api.tables.get('published', { id }))?.['state']
  expect([await note('shop|orders|2'), await note('shop|orders|4')]).toEqual(['publishing', 'published'])
  expect((await api.send('POST', '/v1/tasks/none/retry')).status).toBe(404)
})
