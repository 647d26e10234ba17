import { expect, it } from 'vitest'
import { changeRun, createRun } from '../../../src/control/runs.ts'
import { taskStage } from '../../../src/projections/tasks.ts'
import { apiFixture } from '../../support/api-fixture.ts'
import { batchContext } from '../../support/stage-context.ts'
import { entityResult, statusRecord } from '../../support/sync-status.ts'

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
