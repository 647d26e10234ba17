import { expect, it } from 'vitest'
import { decimal4, decimal8 } from '../../../src/events/decimal.ts'
import type { Place, ResultPlaces, VendorOrderRequested } from '../../../src/events/generated/events.ts'
import { madeFromHeader } from '../../../src/events/headers.ts'
import { noteOrderDeed } from '../../../src/operations/order-deeds.ts'
import { orderTimeline } from '../../../src/operations/order-timeline.ts'
import { everything } from '../../../src/operations/principal.ts'
import type { Ids } from '../../../src/operations/scope.ts'
import type { LogRecord } from '../../../src/platform/kafka/event-log.ts'
import { routeOrders } from '../../../src/processors/route-orders.ts'
import { orderFulfilmentsStage } from '../../../src/projections/order-steps.ts'
import { stagedStage } from '../../../src/projections/staged.ts'
import {
  connectionOf,
  contextOf,
  fulfilmentChanged,
  lineOf,
  orderChanged,
  orderOf,
} from '../../data/processor-events.ts'
import { entityResult, statusRecord } from '../../data/sync-status.ts'
import { memoryCodec } from '../../memory/codec.ts'
import { apiFixture } from '../../worlds/api-fixture.ts'
import { batchContext } from '../../worlds/stage-context.ts'

const NUMBER = '000000042'
const codec = memoryCodec()

/** An order of two vendors and the seller, of which one vendor refused its part and the other does not deliver. */
async function fixture() {
  const records: LogRecord[] = []
  const append = (topic: string, value: Buffer): Place => {
    const offset = records.length
    records.push({ topic, partition: 0, offset: BigInt(offset), timestamp: 1, key: null, value, headers: [] })
    return { topic, partition: 0, offset, bytes: value.length }
  }
  const read = async (places: readonly { readonly offset: number }[]) =>
    places.map(({ offset }) => records[offset] ?? null)
  const api = apiFixture({ staged: { reader: { read }, codec, topicPrefix: '' } })
  const report = async (
    stage: string,
    at: number,
    results: Parameters<typeof entityResult>[0][],
    places: ResultPlaces[],
  ) => {
    const about = results.map((result) => entityResult({ source: 'magento', key: NUMBER, ...result }))
    await stagedStage(api).handle([statusRecord(stage, at, about, 't', places)], batchContext().context)
  }

  const lines = [lineOf('1', 'WLD-1'), lineOf('2', 'BX-1'), lineOf('3', 'OWN-1')]
  const event = orderChanged(orderOf(lines, { orderNumber: NUMBER, grandTotal: decimal4('30', 'grandTotal') }))
  const connections = [connectionOf('erp', '^WLD-'), connectionOf('boxes', '^BX-')]
  const { outputs } = await routeOrders.process(event, contextOf(...connections), undefined)
  const source = append('orders', codec.encode('orders', event))
  const mapped = outputs.map((output) =>
    append('vendor-orders.x', codec.encode('vendor-orders', output.event as VendorOrderRequested)),
  )
  await report('magento.orders.all', 1000, [{ connection: null, status: 'new' }], [{ source, mapped: null }])
  const processing = connections.map(({ id }) => ({ connection: id, status: 'processing' }))
  const routed = [1, 2].map(() => ({ source, mapped: null }))
  await report('route-orders', 2000, processing, routed)
  // Delivered again after a crash: the same steps.
  await report('route-orders', 2000, processing, routed)
  const at = (index: number): ResultPlaces => ({ source, mapped: mapped[index] ?? null })
  await report('deliver-a', 3000, [{ connection: 'erp', status: 'succeeded', targetId: 'SO-17' }], [at(0)])
  const refusal = { code: 'target_rejected', message: 'item BX-1 is inactive' }
  await report('deliver-b', 4000, [{ connection: 'boxes', status: 'failed', ...refusal }], [at(1)])

  const what = {
    sku: 'WLD-1',
    lineId: '1',
    quantity: decimal8('2', 'quantity'),
    location: null,
    reason: 'out of stock',
  }
  const ended = fulfilmentChanged(
    { orderNumber: NUMBER, fulfilmentId: '77', kind: 'closure', lines: [what] },
    { source: 'netsuite', key: '77' },
  )
  const { deleted: _deleted, raw: _raw, ...common } = ended
  const made = Object.entries(madeFromHeader({ ...source, topic: 'fulfilments' }))
  const headers = made.map(([key, value]) => ({ key, value: Buffer.from(value) }))
  const record = {
    topic: 'shop-fulfilments.magento',
    partition: 0,
    offset: 5n,
    timestamp: 5000,
    key: null,
    value: Buffer.from('x'),
    headers,
  }
  await orderFulfilmentsStage('magento', api).handle(
    [{ record, event: { ...common, connection: 'erp' } }],
    batchContext().context,
  )
  const ofFulfilment = { entity: 'fulfilments', source: 'netsuite', key: '77', connection: 'erp' }
  await report(
    'deliver-magento',
    6000,
    [{ ...ofFulfilment, status: 'succeeded', targetId: '9' }],
    [{ source: null, mapped: null }],
  )
  return { ...api, report }
}

it('keeps what the vendor was sent and made of it when a later version asks nothing of the vendor', async () => {
  const api = await fixture()
  const later = { connection: 'erp', eventId: 'later', occurredAt: 7000, readAt: 7000 }
  const delivered = { ...later, status: 'ignored', code: 'delivered', message: 'the vendor delivered all of it' }
  await api.report('route-orders', 7000, [delivered], [{ source: null, mapped: null }])
  const { json } = await api.get(`/v1/orders/magento/${NUMBER}`)
  expect(json.parts[1]).toMatchObject({ status: 'ignored', code: 'delivered', total: '10', target_id: 'SO-17' })
  expect(json.order.own).toBe('10')
  expect(json.order.lines.map(({ connection }: { connection: string }) => connection)).toEqual(['erp', 'boxes', null])
})

it('shows an order from beginning to end, with the route of each line and money that adds up', async () => {
  const api = await fixture()
  const { status, json } = await api.get(`/v1/orders/magento/${NUMBER}`)
  expect(status).toBe(200)
  expect(json.order).toMatchObject({ state: 'processing', total: '30', own: '10' })
  expect(json.order.lines.map(({ sku, connection }: Record<string, string>) => [sku, connection])).toEqual([
    ['WLD-1', 'erp'],
    ['BX-1', 'boxes'],
    ['OWN-1', null],
  ])
  const lines = [{ sku: 'WLD-1', quantity: '2', reason: 'out of stock' }]
  expect(json.parts).toMatchObject([
    { connection: 'boxes', total: '10', status: 'failed', code: 'target_rejected', fulfilments: [] },
    {
      connection: 'erp',
      total: '10',
      status: 'succeeded',
      target_id: 'SO-17',
      fulfilments: [{ id: '77', source: 'netsuite', kind: 'closure', lines, status: 'succeeded', target_id: '9' }],
    },
  ])
  const steps = json.steps.map(({ stage, connection, status: one }: Record<string, string>) => [stage, connection, one])
  expect(steps.toSorted()).toEqual(
    [
      ['magento.orders.all', null, 'new'],
      ['route-orders', 'erp', 'processing'],
      ['route-orders', 'boxes', 'processing'],
      ['deliver-a', 'erp', 'succeeded'],
      ['deliver-b', 'boxes', 'failed'],
      ['route-fulfilments', 'erp', 'processing'],
      ['deliver-magento', 'erp', 'succeeded'],
    ].toSorted(),
  )
  const times = json.steps.map(({ at }: { at: string }) => at)
  expect(times).toEqual(times.toSorted())
})

it('says so where there is no such order', async () => {
  const api = await fixture()
  const { json } = await api.get('/v1/orders/magento/000000043')
  expect(json).toMatchObject({ status: 404, code: 'not_found', field: 'number' })
})

it('shows who sees one vendor that part alone, and who sees another one nothing', async () => {
  const api = await fixture()
  const show = (connections: Ids) => {
    const by = { ...everything({ kind: 'api', name: 'key' }), scope: { connections, systems: new Set<string>() } }
    return orderTimeline(api.operations, by, { source: 'magento', number: NUMBER })
  }
  const own = await show(new Set(['boxes']))
  expect(own.order).toBeNull()
  expect(own.parts.map(({ connection }) => connection)).toEqual(['boxes'])
  expect(new Set(own.steps.map(({ connection }) => connection))).toEqual(new Set(['boxes']))
  await expect(show(new Set(['another']))).rejects.toMatchObject({ code: 'not_found' })
})

it('has what people did about it, with who and why', async () => {
  const api = await fixture()
  const place = { source: 'magento', number: NUMBER }
  const done = { ...place, connections: ['erp'], reason: 'another address' }
  await noteOrderDeed(api.operations, everything({ kind: 'cli', name: 'ada' }), 'hold', done)
  const { json } = await api.get(`/v1/orders/magento/${NUMBER}`)
  const held = json.steps.find(({ stage }: { stage: string }) => stage === 'people')
  expect(held).toMatchObject({ connection: 'erp', status: 'hold', message: 'another address' })
  expect(held.by).toContain('ada')
  expect(json.steps.filter(({ by }: { by: string | null }) => by !== null)).toHaveLength(1)
})

it('opens a step of a read to the event that was read', async () => {
  const api = await fixture()
  const { json } = await api.get(`/v1/orders/magento/${NUMBER}`)
  const read = json.steps.find(({ stage }: { stage: string }) => stage === 'magento.orders.all')
  expect(read.source_place).toMatchObject({ offset: 0 })
  const { json: opened } = await api.get(`/v1/orders/magento/${NUMBER}/steps/${encodeURIComponent(read.step)}`)
  expect(opened.as_read.event.data.orderNumber).toBe(NUMBER)
})

it('has what the shop answered to a shipment, a refusal too', async () => {
  const api = await fixture()
  const about = { entity: 'fulfilments', source: 'netsuite', key: '77', connection: 'erp' }
  const refusal = { status: 'failed', code: 'target_conflict', message: 'line 1 is shipped already' }
  await api.report(
    'deliver-magento:shop-fulfilments',
    8000,
    [{ ...about, ...refusal }],
    [{ source: null, mapped: null }],
  )
  const { json } = await api.get(`/v1/orders/magento/${NUMBER}`)
  const answer = json.steps.at(-1)
  expect(answer).toMatchObject({
    stage: 'deliver-magento:shop-fulfilments',
    connection: 'erp',
    ...refusal,
    fulfilment: { id: '77', kind: 'closure' },
  })
  const opened = await api.get(`/v1/orders/magento/${NUMBER}/steps/${encodeURIComponent(answer.step)}`)
  expect(opened.status).toBe(200)
})
