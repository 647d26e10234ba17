import { expect, it } from 'vitest'
import { textOf } from '../../../src/cli/reads.ts'
import { dispatch } from '../../../src/control/dispatch.ts'
import { endLease, moveCutDate, readControl, takeLease } from '../../../src/control/read-control.ts'
import { changeRun, getRun } from '../../../src/control/runs.ts'
import { apiFixture } from '../../worlds/api-fixture.ts'

const READ = 'shop.orders.all'
const shop = {
  type: 'magento2',
  address: 'https://shop.example.com',
  secrets: { bearer: 'env:SHOP_TOKEN' },
  reads: [
    { entity: 'orders', startFrom: '2026-01-01T00:00:00Z', schedule: '30 9 * * *', zone: 'Europe/Berlin' },
    { entity: 'images' },
  ],
}

async function fixture() {
  const api = apiFixture()
  await api.send('PUT', '/v1/systems/shop', shop)
  const begin = async (requestId: string) => {
    const nothing = { requestedBy: null, reason: null, from: null, queueUrl: null }
    await dispatch(api.tables, { requestId, read: READ, trigger: 'api', requestedAt: api.clock.time, ...nothing })
    const control = await readControl(api.tables, READ)
    const lease = await takeLease(api.tables, control, { id: 'w', now: api.clock.time, leaseMs: 1000 })
    if (lease === undefined) throw new Error('no lease')
    return lease
  }
  const put = (body: unknown) => api.send('PUT', `/v1/reads/${READ}/cut-date`, body, { 'x-actor': 'ann' })
  return { ...api, begin, put }
}

it('shows a read with its schedule, cut date, lease and windows', async () => {
  const api = await fixture()
  const lease = await api.begin('one')
  const window = { window_from: '2026-01-30T00:00:00.000Z', window_to: '2026-01-31T07:59:00.000Z' }
  const counts = { read_count: 7, keys: 6, missed: 1, read_again: 3, published: 2, digest: 'd' }
  await changeRun(
    api.tables,
    { id: lease.run, fence: lease.fence },
    { set: { state: 'running', ...window, ...counts } },
  )
  const { json } = await api.get('/v1/reads')
  expect(json.items.map(({ id }: { id: string }) => id)).toEqual([READ, 'shop.images.all'])
  const read = (await api.get(`/v1/reads/${READ}`)).json
  expect(read).toMatchObject({
    id: READ,
    system: 'shop',
    entity: 'orders',
    scope: 'all',
    cut_date: null,
    revision: 0,
    due: null,
    next_tick: '2026-01-31T08:30:00.000Z',
    last_tick: '2026-01-30T08:30:00.000Z',
    current: lease.run,
    lease: { worker: 'w', until: '2026-01-31T08:00:01.000Z' },
    windows: [{ task: lease.run, from: window.window_from, read: 7, keys: 6, missing: 1, read_again: 3, digest: 'd' }],
  })
  expect((await api.get('/v1/reads/shop.orders.none')).json).toMatchObject({ status: 404, field: 'id' })
})

it('shows why a window was not read completely, and what to do', async () => {
  const api = await fixture()
  const { run, fence } = await api.begin('one')
  const window = { window_from: null, window_to: '2026-01-31T07:59:00.000Z' }
  const error = { code: 'rate_limited', message: 'GET /orders answered 429' }
  await changeRun(api.tables, { id: run, fence }, { set: { state: 'failed', ...window, error } })
  const fix = `waldstream tasks show ${run}; after the fix, at the next scheduled run or at once: waldstream sync ${READ}`
  const { json } = await api.get(`/v1/reads/${READ}`)
  expect(json).toMatchObject({ windows: [{ task: run, state: 'failed', error: { ...error, fix } }] })
  expect(textOf(json)).toMatch(new RegExp(`${run}\n    rate_limited: GET /orders answered 429\n    ${fix}$`))
})

it('sets a cut date on the revision that was read, with its reason in the history', async () => {
  const api = await fixture()
  const wanted = { cut_date: '2026-01-20T10:00:00+02:00', revision: 0, reason: 'orders of the 20th were lost' }
  expect(await api.put(wanted)).toMatchObject({
    status: 200,
    json: { cut_date: '2026-01-20T08:00:00.000Z', revision: 1 },
  })
  expect((await api.put(wanted)).json).toMatchObject({ status: 409, code: 'state_conflict', field: 'revision' })
  expect((await api.put({ ...wanted, revision: 1, cut_date: '2027-01-01T00:00:00Z' })).json.field).toBe('cut_date')
  expect((await api.put({ ...wanted, revision: 1, cut_date: 'yesterday' })).json).toMatchObject({
    status: 400,
    field: 'cut_date',
  })
  expect((await api.put({ cut_date: null, revision: 1 })).json).toMatchObject({ status: 400, field: 'reason' })
  api.clock.time += 1000
  expect((await api.put({ ...wanted, cut_date: null, revision: 1 })).json.cut_date).toBeNull()
  const { json } = await api.get('/v1/configuration/changes?kind=cut-date')
  expect(json.items).toMatchObject([
    { revision: 2, before: { cut_date: '2026-01-20T08:00:00.000Z' }, after: { cut_date: null } },
    { by: 'ann', id: READ, revision: 1, reason: wanted.reason, before: { cut_date: null } },
  ])
})

it('refuses a cut date while a run is under way, and a run reads by the one that was set before it began', async () => {
  const api = await fixture()
  const stale = await readControl(api.tables, READ)
  await api.put({ cut_date: '2026-01-20T00:00:00Z', revision: 0, reason: 'again' })
  await expect(
    takeLease(api.tables, { ...stale, due: 'r' }, { id: 'w', now: api.clock.time, leaseMs: 1 }),
  ).resolves.toBeUndefined()
  const lease = await api.begin('one')
  expect(lease.cutDate).toBe('2026-01-20T00:00:00.000Z')
  const refused = await api.put({ cut_date: '2026-01-10T00:00:00Z', revision: 1, reason: 'again' })
  expect(refused.json).toMatchObject({ status: 409, detail: expect.stringContaining(lease.run) })
  expect(await moveCutDate(api.tables, lease, '2026-01-31T00:00:00.000Z', api.clock.time)).toBe(true)
  await endLease(api.tables, lease)
  expect((await api.put({ cut_date: '2026-01-10T00:00:00Z', revision: 2, reason: 'again' })).status).toBe(200)
  expect((await getRun(api.tables, lease.run))?.read).toBe(READ)
})

it('holds a read, or all of a system, and says so', async () => {
  const api = await fixture()
  const hold = (target: string, body: object) => api.send('PUT', `/v1/pauses/reads/${target}`, body)
  const held = async () => {
    const { items } = (await api.get('/v1/reads')).json
    return items.map((read: { readonly held: unknown }) => read.held)
  }
  expect(await held()).toEqual([null, null])
  expect((await hold(READ, { reason: 'stock take', until: '2026-02-02T08:00:00Z' })).status).toBe(200)
  expect(await held()).toEqual([{ reason: 'stock take (api)', until: '2026-02-02T08:00:00.000Z' }, null])
  expect((await hold('shop', { reason: 'it moves' })).status).toBe(200)
  expect((await held())[1]).toEqual({ reason: 'it moves (api)', until: null })
  expect((await api.get('/v1/pauses')).json.items).toMatchObject([
    { stage: 'reads', connection: READ, code: 'held', until: '2026-02-02T08:00:00.000Z' },
    { stage: 'reads', connection: 'shop', code: 'held', until: null },
  ])
  expect((await hold('shop', { reason: 'again' })).status).toBe(409)
  expect((await hold('shop.orders.none', { reason: 'x' })).json).toMatchObject({ status: 404, field: 'connection' })
  expect((await api.post('/v1/pauses/reads/shop/resume')).json).toEqual({ stage: 'reads', connection: 'shop' })
  // The end of a hold that nothing has noticed is none in the way of the next.
  api.clock.time = Date.parse('2026-02-03T00:00:00Z')
  expect(await held()).toEqual([null, null])
  expect((await hold(READ, { reason: 'again' })).status).toBe(200)
})

it('shows what its document switches off, and stores it so', async () => {
  const api = await fixture()
  const [orders, images] = shop.reads
  await api.send('PUT', '/v1/systems/shop', { ...shop, reads: [{ ...orders, enabled: false }, images] })
  const held = async () => (await api.get('/v1/reads')).json.items.map((read: { readonly held: unknown }) => read.held)
  const reason = (of: string) => `the document of ${of} says enabled: false; set it to true to resume`
  expect(await held()).toEqual([{ reason: reason(`read ${READ}`), until: null }, null])
  await api.send('PUT', '/v1/systems/shop', { ...shop, enabled: false })
  expect((await api.get('/v1/systems/shop')).json.document).toMatchObject({ enabled: false })
  const off = { reason: reason('system shop'), until: null }
  expect(await held()).toEqual([off, off])
  await api.send('PUT', '/v1/systems/shop', { ...shop, enabled: true })
  expect(await held()).toEqual([null, null])
})

it('cancels a run that waits, and one under way when its worker hears of it', async () => {
  const api = await fixture()
  const cancel = (task: string, body: Readonly<Record<string, unknown>>) => api.post(`/v1/tasks/${task}/cancel`, body)
  const { run } = await api.begin('one')
  const nothing = { requestedBy: null, reason: null, from: null, queueUrl: null }
  const request = { requestId: 'two', read: READ, trigger: 'api', requestedAt: api.clock.time + 1, ...nothing }
  await dispatch(api.tables, request)
  const { due } = await readControl(api.tables, READ)
  expect((await cancel(due ?? '', {})).json).toMatchObject({ status: 400 })
  expect(await cancel(due ?? '', { reason: 'by mistake' })).toMatchObject({
    status: 202,
    json: { state: 'failed', run_state: 'failed', error: { code: 'canceled', message: 'canceled by api: by mistake' } },
  })
  expect((await readControl(api.tables, READ)).due).toBeNull()
  await changeRun(api.tables, { id: run, fence: 1 }, { set: { state: 'running' } })
  expect((await cancel(run, { reason: 'too much' })).json).toMatchObject({ run_state: 'running' })
  expect((await getRun(api.tables, run))?.cancel).toEqual({ by: 'api', reason: 'too much' })
  expect((await cancel('none', { reason: 'x' })).json).toMatchObject({ status: 404, field: 'id' })
})

it('refuses a revision that no number is exact for, by its name', async () => {
  const { put } = await fixture()
  const { status, json } = await put({ cut_date: null, revision: 1e18, confirm: true, reason: 'no' })
  expect([status, json.field]).toEqual([400, 'revision'])
})

it('answers the largest exact revision as the conflict it is', async () => {
  const { put } = await fixture()
  const asked = { cut_date: null, revision: Number.MAX_SAFE_INTEGER, confirm: true, reason: 'no' }
  const { status, json } = await put(asked)
  expect([status, json.code, json.field]).toEqual([409, 'state_conflict', 'revision'])
})
