import { expect, it } from 'vitest'
import { applyConfiguration } from '../../../src/operations/configuration.ts'
import { createKey } from '../../../src/operations/keys.ts'
import { releaseOrder } from '../../../src/operations/order-holds.ts'
import { everything } from '../../../src/operations/principal.ts'
import { parkedId } from '../../../src/platform/runtime/parked-item.ts'
import { createParking } from '../../../src/platform/runtime/parking.ts'
import { createDeliveries } from '../../../src/processors/delivery/deliveries.ts'
import { stagedStage } from '../../../src/projections/staged.ts'
import { connectionOf } from '../../data/processor-events.ts'
import { entityResult, statusRecord } from '../../data/sync-status.ts'
import { batchContext } from '../../worlds/stage-context.ts'
import { configurationOf, twoSellers } from '../../worlds/two-sellers.ts'

const boss = everything({ kind: 'cli', name: 'boss' })
const HOLD = '/v1/orders/shop-alder/7/hold'
const RELEASE = '/v1/orders/shop-alder/7/release'

/** Order 7 of a shop with two vendors, which came to one of them and is not sent. */
async function world() {
  const api = await twoSellers(['alder', 'birch'], { parkingStages: async () => ['deliver-erp'] })
  const { systems, connections } = configurationOf(['alder', 'birch'])
  const second = connectionOf('alder-two', '^T', {
    shop: 'shop-alder',
    vendor: 'erp',
    reads: ['shop-alder.orders.all'],
  })
  const all = { revision: 0, systems, connections: [...connections, second], metadata: [] }
  await applyConfiguration(api.operations, boss, { configuration: all, reason: null })
  const result = entityResult({ source: 'shop-alder', connection: 'alder', key: '7', status: 'processing' })
  const places = { source: { topic: 'orders', partition: 0, offset: 1, bytes: 1 }, mapped: null }
  await stagedStage(api).handle([statusRecord('route-orders', 5, [result], 't', [places])], batchContext().context)
  const deliveries = createDeliveries(api.tables)
  const delivery = () => deliveries.find('alder', 'vendor-orders|7')
  return { ...api, deliveries, delivery }
}

it('holds an order at every vendor of its shop, says what can be held, and is audited', async () => {
  const api = await world()
  const preview = await api.put(HOLD, { reason: 'is it fraud?', dryRun: true })
  expect(preview.json).toMatchObject({ dry_run: true, until: null })
  expect(await api.delivery()).toBeUndefined()
  const { status, json } = await api.put(HOLD, { reason: 'is it fraud?', until: '2026-02-01T08:00:00Z' })
  expect(status).toBe(200)
  expect(json).toEqual({
    source: 'shop-alder',
    number: '7',
    dry_run: false,
    until: '2026-02-01T08:00:00.000Z',
    parts: [
      { connection: 'alder', sent: 'not_sent', target_id: null, effect: 'it was not sent to the vendor; it waits' },
      {
        connection: 'alder-two',
        sent: 'none',
        target_id: null,
        effect: 'no part of it is for this vendor yet; later parts wait',
      },
    ],
  })
  expect(await api.delivery()).toMatchObject({ heldUntil: Date.UTC(2026, 1, 1, 8) })
  const hold = {
    reason: 'is it fraud?',
    by: 'api',
    since: '2026-01-31T08:00:00.000Z',
    until: '2026-02-01T08:00:00.000Z',
  }
  expect((await api.get('/v1/orders/shop-alder/7')).json.parts).toMatchObject([{ connection: 'alder', hold }])
  const held = (await api.get('/v1/order-holds')).json.items
  expect(held).toContainEqual({ source: 'shop-alder', number: '7', connection: 'alder', ...hold })
  const { connections } = (await api.get('/v1/status')).json
  expect(connections[0]).toMatchObject({ held_orders: { count: 2, since: '2026-01-31T07:30:00.000Z' } })
  const audit = (await api.get('/v1/audit')).json.items
  expect(audit[0]).toMatchObject({
    what: 'order.hold',
    target: '7 of shop-alder',
    after: { connections: ['alder', 'alder-two'], reason: 'is it fraud?' },
  })
})

it('says what is too late to be held', async () => {
  const api = await world()
  const origin = { topic: 'vendor-orders.erp', partition: 0, offset: '1' }
  const row = {
    connection: 'alder',
    key: 'vendor-orders|7',
    rank: '1',
    digest: 'd',
    contentId: null,
    origin,
    state: 'delivering',
  } as const
  const none = {
    until: 0,
    unsettledUntil: 0,
    unsettledDigest: '',
    targetId: null,
    parked: false,
    heldUntil: 0,
    cancellation: null,
    decisions: 0,
  }
  await api.deliveries.begin({ ...row, ...none, fence: 1 })
  const sending = (await api.put(HOLD, { reason: 'wait', connection: 'alder' })).json
  expect(sending.parts).toMatchObject([
    { sent: 'sending', effect: 'it is being sent, which can no longer be stopped; later changes wait' },
  ])
  await api.deliveries.finish({ ...row, ...none, fence: 1 }, '45')
  const sent = (await api.put(HOLD, { reason: 'wait', connection: 'alder' })).json
  expect(sent.parts).toMatchObject([
    { sent: 'sent', target_id: '45', effect: 'the vendor has it (45), and it stays there; later changes wait' },
  ])
  // Who does not know that it is held finds out before it is sent again.
  expect(await api.deliveries.begin({ ...row, ...none, fence: 2 })).toBe(false)
})

it('releases it, has what waits taken up at once, and is repeatable', async () => {
  const api = await world()
  const key = 'vendor-orders|7'
  await api.put(HOLD, { reason: 'wait' })
  const record = { topic: 't', partition: 1, offset: 1n, timestamp: 1, key: null, value: null, headers: [] }
  const about = { entity: 'orders', source: 'shop-alder', key: '7', connection: 'alder', eventId: 'e', occurredAt: 1 }
  const why = { code: 'order_held', message: 'held', rank: '1', whole: true, attempts: 0, firstAt: 0 }
  const parking = createParking(api.tables, 'deliver-erp', 1)
  const id = parkedId('alder', key, 1n)
  const waiting = { id, connection: 'alder', key, record, ...why, about: { ...about, readAt: 1, taskId: null } }
  await parking.park(waiting, { at: Number.MAX_SAFE_INTEGER })
  const preview = await api.post(RELEASE, { dryRun: true })
  expect(preview.json.parts).toMatchObject([
    { connection: 'alder', waiting: 1 },
    { connection: 'alder-two', waiting: 0 },
  ])
  expect(await parking.due(1, 10)).toEqual([])
  const listed = (await api.get('/v1/parked?stage=deliver-erp&connection=alder')).json.items
  expect(listed.find((one: { key: string }) => one.key === key)).toMatchObject({ code: 'order_held', release_at: null })

  expect((await api.post(RELEASE)).status).toBe(200)
  expect(await api.delivery()).toMatchObject({ heldUntil: 0, fence: 0 })
  expect(await parking.due(1, 10)).toMatchObject([{ id }])
  expect((await api.post(RELEASE)).json).toMatchObject({ status: 409, code: 'state_conflict' })
  const { json } = await api.get('/v1/orders/shop-alder/7')
  expect(json.parts[0].hold).toBeNull()
  expect((await api.get('/v1/audit')).json.items[1]).toMatchObject({ what: 'order.release', outcome: 'done' })
})

it('releases nothing that was held again meanwhile', async () => {
  const api = await world()
  await api.put(HOLD, { reason: 'one', connection: 'alder' })
  const { delete: remove } = api.tables
  let again = true
  const tables: typeof api.tables = {
    ...api.tables,
    async delete(...given) {
      if (given[0] === 'held_orders' && again) {
        again = false
        api.clock.time += 1
        await api.put(HOLD, { reason: 'two', connection: 'alder' })
      }
      return await remove(...given)
    },
  }
  const place = { source: 'shop-alder', number: '7', connection: 'alder', dryRun: false }
  await releaseOrder({ ...api.operations, tables }, boss, place)
  expect((await api.get('/v1/order-holds')).json.items).toContainEqual(expect.objectContaining({ reason: 'two' }))
  expect((await api.delivery())?.heldUntil).toBeGreaterThan(0)
})

it('refuses an end that has passed, an order or a connection that there is not', async () => {
  const api = await world()
  const late = await api.put(HOLD, { reason: 'wait', until: '2026-01-31T08:00:00Z' })
  expect(late.json).toMatchObject({ status: 400, code: 'request_invalid', field: 'until' })
  const wrong = await api.put('/v1/orders/shop-alder/8/hold', { reason: 'wait' })
  expect(wrong.json).toMatchObject({ status: 404, field: 'number' })
  const other = await api.put(HOLD, { reason: 'wait', connection: 'birch' })
  expect(other.json).toMatchObject({ status: 404, field: 'connection' })
  expect((await api.put(HOLD, { reason: '' })).status).toBe(400)
})

it("holds and shows a vendor's key its own part alone", async () => {
  const api = await world()
  const reach = { connections: ['alder-two'], systems: [], expiresAt: null }
  const { key } = await createKey(api.operations, boss, { name: 'vendor', scopes: ['observe', 'operate'], ...reach })
  const headers = { authorization: `Bearer ${key}` }
  expect((await api.send('PUT', HOLD, { reason: 'no stock' }, headers)).status).toBe(404)
  const result = entityResult({ source: 'shop-alder', connection: 'alder-two', key: '7', status: 'processing' })
  await stagedStage(api).handle([statusRecord('route-orders', 6, [result], 't')], batchContext().context)
  const { json } = await api.send('PUT', HOLD, { reason: 'no stock' }, headers)
  expect(json.parts.map(({ connection }: { connection: string }) => connection)).toEqual(['alder-two'])
  expect((await api.get('/v1/order-holds', headers)).json.items).toMatchObject([
    { connection: 'alder-two', number: '7' },
  ])
})

it('lists what is held page by page, the oldest first, and of one connection', async () => {
  const api = await world()
  for (const [index, number] of ['7', '8', '9'].entries()) {
    const told = ['alder', 'alder-two'].map((connection) =>
      entityResult({ source: 'shop-alder', connection, key: number, status: 'processing' }),
    )
    await stagedStage(api).handle([statusRecord('route-orders', 20 + index, told, 't')], batchContext().context)
    api.clock.time += 1_000
    const until = number === '8' ? new Date(api.clock.time + 60_000).toISOString() : undefined
    const held = await api.put(`/v1/orders/shop-alder/${number}/hold`, { reason: 'wait', ...(until && { until }) })
    expect(held.status).toBe(200)
  }
  const all: string[] = []
  let [cursor, pages] = ['', 0]
  do {
    const { json } = await api.get(`/v1/order-holds?limit=2${cursor && `&cursor=${cursor}`}`)
    all.push(...json.items.map((one: { number: string; connection: string }) => `${one.number} ${one.connection}`))
    ;[cursor, pages] = [json.cursor ?? '', pages + 1]
  } while (cursor !== '')
  // Those of one order are held at once.
  const inPairs = [
    all.slice(0, 2).toSorted(),
    all.slice(2, 4).toSorted(),
    all.slice(4, 6).toSorted(),
    all.slice(6).toSorted(),
  ]
  expect(inPairs).toEqual([
    ['k-alder alder', 'k-birch birch'],
    ['7 alder', '7 alder-two'],
    ['8 alder', '8 alder-two'],
    ['9 alder', '9 alder-two'],
  ])
  expect(pages).toBe(4)

  api.clock.time += 60_000
  const { json } = await api.get('/v1/order-holds?connection=alder-two')
  expect(json.items.map(({ number }: { number: string }) => number)).toEqual(['7', '9'])
  expect(json.cursor).toBeNull()
  const { connections } = (await api.get('/v1/status')).json
  expect(connections.map((one: { held_orders: unknown }) => one.held_orders)).toMatchObject([
    { count: 3, more: false },
    { count: 2, more: false, since: '2026-01-31T08:00:01.000Z' },
    { count: 1 },
  ])
  const first = (await api.get('/v1/order-holds?limit=1')).json
  const other = await api.get(`/v1/order-holds?limit=1&connection=alder&cursor=${first.cursor}`)
  expect(other.json).toMatchObject({ status: 400, code: 'cursor_invalid', field: 'connection' })
  expect((await api.get('/v1/order-holds?connection=none')).json).toMatchObject({ status: 404, field: 'connection' })
  expect((await api.get('/v1/order-holds?limit=201')).status).toBe(400)
})
