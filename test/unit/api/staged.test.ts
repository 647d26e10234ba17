import { expect, it } from 'vitest'
import { encodeConnection } from '../../../src/configuration/stored-form.ts'
import { CONNECTIONS } from '../../../src/configuration/tables.ts'
import { pause } from '../../../src/control/pauses.ts'
import { parkedId } from '../../../src/platform/runtime/parked-item.ts'
import { createParking } from '../../../src/platform/runtime/parking.ts'
import { stagedStage } from '../../../src/projections/staged.ts'
import { connectionWith } from '../../data/configuration.ts'
import { lineOf, orderChanged, orderOf } from '../../data/processor-events.ts'
import { entityResult, statusRecord } from '../../data/sync-status.ts'
import { memoryCodec } from '../../memory/codec.ts'
import { apiFixture, type noTopics } from '../../worlds/api-fixture.ts'
import { batchContext } from '../../worlds/stage-context.ts'

const codec = memoryCodec()
const order = codec.encode('orders', orderChanged(orderOf([lineOf('1', 'A-1')])))

async function fixture() {
  const reader: (typeof noTopics)['staged']['reader'] = {
    read: async (places) =>
      places.map(({ topic, partition, offset }) => ({
        topic,
        partition,
        offset: BigInt(offset),
        timestamp: 1,
        key: null,
        value: order,
        headers: [],
      })),
  }
  const api = apiFixture({ staged: { reader, codec, topicPrefix: '' } })
  await api.tables.put(CONNECTIONS, { kind: 'connection', id: 'c1', document: encodeConnection(connectionWith('c1')) })
  const tell = async (key: string, status: string, at: number) => {
    const places = { source: { topic: 'orders', partition: 0, offset: at, bytes: 10 }, mapped: null }
    const record = statusRecord('deliver-erp', at, [entityResult({ key, status })], 't', [places])
    await stagedStage(api).handle([record], batchContext().context)
  }
  for (const [n, status] of ['succeeded', 'failed', 'succeeded'].entries()) await tell(`${n}`, status, n + 1)
  return api
}

it('shows what is staged, page by page', async () => {
  const api = await fixture()
  const first = (await api.get('/v1/backend/c1/orders?limit=2')).json
  expect(first.items.map(({ key }: { key: string }) => key)).toEqual(['2', '1'])
  expect(first.items[0]).toMatchObject({
    status: 'succeeded',
    as_read: { topic: 'orders', offset: 3, event: { data: { lines: [{ sku: 'A-1' }] } }, problem: null },
    as_mapped: null,
    answer: { target_id: null, attempts: 1 },
  })
  const second = (await api.get(`/v1/backend/c1/orders?limit=2&cursor=${first.cursor}`)).json
  expect(second).toMatchObject({ items: [{ key: '0' }], cursor: null })
  const failed = (await api.get('/v1/backend/c1/orders?status=failed&payloads=places')).json
  expect(failed.items).toMatchObject([{ key: '1', as_read: { event: null } }])
  const other = await api.get(`/v1/backend/c1/orders?status=failed&cursor=${first.cursor}`)
  expect(other.json).toMatchObject({ status: 400, code: 'cursor_invalid', field: 'status' })
})

it('says where to look when nothing goes that way, and which connections there are', async () => {
  const api = await fixture()
  expect((await api.get('/v1/frontend/c1/products')).json).toEqual({ items: [], cursor: null })
  expect((await api.get('/v1/frontend/c1/orders')).json).toMatchObject({
    status: 404,
    code: 'not_found',
    field: 'entity',
    detail: 'entity: orders go to the ERP, not to the shop; see /v1/backend/c1/orders',
  })
  expect((await api.get('/v1/backend/c9/orders')).json).toMatchObject({ status: 404, field: 'connection' })
  expect((await api.get('/v1/backend/c1/orders?since=today')).json).toMatchObject({ status: 400, field: 'since' })
  expect((await api.get('/v1/backend/c1/orders?state=failed')).json).toMatchObject({ status: 400, field: 'state' })
})

it('asks for the token', async () => {
  const api = apiFixture({ token: 'secret' })
  for (const path of ['/v1/backend/c1/orders', '/v1/frontend/c1/products', '/v1/pauses', '/v1/parked'])
    expect((await api.get(path)).status).toBe(401)
})

it('lists the connections that are held, and lets one go on', async () => {
  const api = await fixture()
  const row = { stage: 'map-products', connection: 'c1', code: 'mapping_failed', message: 'name is missing' }
  await pause(api.tables, { ...row, since: '2026-01-31T08:00:00.000Z', probe_at: Date.UTC(2026, 0, 31, 8, 3) })
  expect((await api.get('/v1/pauses')).json.items).toEqual([
    { ...row, since: '2026-01-31T08:00:00.000Z', probe_at: '2026-01-31T08:03:00.000Z', until: null },
  ])
  expect((await api.get('/v1/pauses')).json.stages).toEqual(['route-orders', 'deliver-erp'])
  expect((await api.post('/v1/pauses/map-products/c1/resume')).json).toEqual({
    stage: 'map-products',
    connection: 'c1',
  })
  expect((await api.get('/v1/pauses')).json.items).toEqual([])
  expect((await api.post('/v1/pauses/map-products/c1/resume')).json).toMatchObject({ status: 404, field: 'connection' })
})

it('holds a connection until a time, or until somebody ends it', async () => {
  const api = await fixture()
  const hold = (body: object, path = 'deliver-erp/c1') => api.put(`/v1/pauses/${path}`, body)
  expect((await hold({ reason: 'stock take', until: '2026-02-02T08:00:00Z' })).json).toEqual({
    stage: 'deliver-erp',
    connection: 'c1',
    code: 'held',
    message: 'stock take (api)',
    since: '2026-01-31T08:00:00.000Z',
    probe_at: '2026-02-02T08:00:00.000Z',
    until: '2026-02-02T08:00:00.000Z',
  })
  expect((await hold({ reason: 'again' })).json).toMatchObject({ status: 409, field: 'connection' })
  await api.post('/v1/pauses/deliver-erp/c1/resume')
  expect((await hold({ reason: 'for good' })).json).toMatchObject({ until: null })
  expect((await hold({ reason: 'x' }, 'deliver-other/c1')).json).toMatchObject({ status: 400, field: 'stage' })
  expect((await hold({ reason: 'x' }, 'deliver-erp/c9')).json).toMatchObject({ status: 404, field: 'connection' })
  const past = { reason: 'x', until: '2026-01-31T07:00:00Z' }
  expect((await hold(past, 'route-orders/c1')).json).toMatchObject({ status: 400, field: 'until' })
  expect((await hold({ reason: '' }, 'route-orders/c1')).json).toMatchObject({ status: 400, field: 'reason' })
})

it('lists every record that waits, without what it holds', async () => {
  const api = await fixture()
  const park = async (stage: string, partition: number, connection: string, offset: bigint, held: boolean) => {
    const key = `vendor-orders|${offset}`
    const record = { topic: 'p.t', partition, offset, timestamp: 1, key: null, value: Buffer.from('x'), headers: [] }
    const about = { entity: 'orders', source: 's', key: '1', connection, eventId: 'e', occurredAt: 1, readAt: 1 }
    const why = { code: 'item_missing', message: 'no item', rank: '1', whole: true, attempts: 2, firstAt: 0 }
    const parked = { id: parkedId(connection, key, offset), connection, key, record, ...why }
    const release = held ? { held: connection } : { at: 60_000 }
    await createParking(api.tables, stage, partition).park({ ...parked, about: { ...about, taskId: 't' } }, release)
  }
  await park('deliver-erp', 1, 'c1', 5n, false)
  await park('deliver-erp', 1, 'c2', 6n, true)
  await park('route-orders', 0, 'c1', 7n, true)
  const check = { connection: 'c1', key: 'vendor-orders|5', attempts: 0, firstAt: 0, mark: 'm', told: false }
  await createParking(api.tables, 'deliver-erp', 1).check(check, 1)
  const { items, cursor } = (await api.get('/v1/parked?limit=2')).json
  expect(items).toMatchObject([
    { stage: 'route-orders', partition: 0, connection: 'c1', offset: '7', release_at: null },
    { stage: 'deliver-erp', partition: 1, offset: '5', attempts: 2, release_at: '1970-01-01T00:01:00.000Z' },
  ])
  const next = (await api.get(`/v1/parked?limit=2&cursor=${cursor}`)).json
  expect(next).toMatchObject({ items: [{ connection: 'c2', code: 'item_missing' }], cursor: null })
  expect((await api.get('/v1/parked?connection=c2')).json.items).toHaveLength(1)
  expect((await api.get('/v1/parked?stage=deliver-erp')).json.items).toHaveLength(2)
  expect((await api.get('/v1/parked?stage=none')).json).toMatchObject({ status: 404, field: 'stage' })
  const tryNow = (connection: string, key: string) =>
    api.send('POST', '/v1/parked/try', { stage: 'deliver-erp', connection, key })
  expect((await tryNow('c1', 'vendor-orders|5')).json).toMatchObject({ tried: 1 })
  const due = await createParking(api.tables, 'deliver-erp', 1).due(0, 10)
  expect(due.map(({ key }) => key)).toEqual(['vendor-orders|5'])
  expect((await tryNow('c2', 'vendor-orders|6')).json).toMatchObject({ status: 409, field: 'key' })
  expect((await tryNow('c1', 'vendor-orders|6')).json).toMatchObject({ status: 404, field: 'key' })
  expect((await api.get('/v1/audit?what=parked.try')).json.items).toMatchObject([
    { target: 'deliver-erp c1 vendor-orders|5' },
  ])
})

it('tells with its readiness what is held back because its target is down', async () => {
  const api = apiFixture({ heldBack: () => ['deliver-erp: erp does not answer since 2026-01-31T08:00:00.000Z'] })
  expect((await api.get('/health/ready')).json).toEqual({
    status: 'ready',
    checks: {},
    held_back: ['deliver-erp: erp does not answer since 2026-01-31T08:00:00.000Z'],
  })
})
