import { expect, it } from 'vitest'
import { madeFromHeader } from '../../../src/events/headers.ts'
import { deadLettered } from '../../data/dead-letters.ts'
import { lineOf, orderChanged, orderOf, vendorOrder } from '../../data/processor-events.ts'
import { readableTopics } from '../../worlds/problem-orders.ts'
import { twoSellers } from '../../worlds/two-sellers.ts'

const order = (orderNumber: string) =>
  orderChanged(orderOf([lineOf('1', 'A-1')], { orderNumber, shippingMethod: `ship ${orderNumber}` }), {
    source: 'shop-alder',
    key: orderNumber,
    occurredAt: Date.UTC(2026, 0, 31),
  })

/** Two orders whose letters have one cause: one failed where it was mapped, one was refused by the vendor's ERP. */
async function fixture(over: Parameters<typeof twoSellers>[1] = {}) {
  const topics = readableTopics()
  const api = await twoSellers(['alder'], { staged: topics.staged, topicPrefix: 't.', ...over })
  const common = { connection: 'alder', code: 'mapping_failed', field: 'memo' }
  const mapped = deadLettered({
    ...common,
    deadLetterId: 'o1',
    stage: 'route-orders',
    key: '1',
    topic: 't.orders',
    originalValue: api.letters.codec.encode('orders', order('1')),
  })
  const place = topics.put('t.orders', 7, topics.codec.encode('orders', order('2')))
  const refused = deadLettered({
    ...common,
    deadLetterId: 'o2',
    stage: 'deliver-erp',
    key: '2',
    topic: 't.vendor-orders.erp',
    originalValue: api.letters.codec.encode('vendor-orders', vendorOrder('alder', '2')),
    headers: Object.entries(madeFromHeader(place)).map(([key, value]) => ({ key, value: Buffer.from(value) })),
  })
  await api.letters.project(mapped, refused)
  const { groups } = (await api.get('/v1/dead-letters?group=true&state=open')).json
  const groupOf = (stage: string) =>
    groups.find((one: { stage: string; field: string }) => one.stage === stage && one.field === 'memo').group
  const preview = async (body: Readonly<Record<string, unknown>>) =>
    await api.post('/v1/connections/alder/order-map/preview', body)
  return { ...api, groupOf, preview }
}

it.each([
  ['route-orders', '1'],
  ['deliver-erp', '2'],
])('tries an order map on the orders behind the open dead letters of %s', async (stage, key) => {
  const { groupOf, preview } = await fixture()
  const fields = [{ attribute: 'custbody_ship', from: 'shippingMethod', lookup: { [`ship ${key}`]: 'EXPRESS' } }]
  const { status, json } = await preview({ orderMap: { fields }, groupId: groupOf(stage) })
  expect([status, json]).toMatchObject([
    200,
    {
      counts: { entities: 1, changed: 1, passing: 1 },
      entities: [{ key, changes: [{ field: 'fields', before: {}, after: { custbody_ship: 'EXPRESS' } }] }],
    },
  ])
})

it('names every mistake of the map, changes nothing, and asks for a map', async () => {
  const { get, preview } = await fixture()
  const before = (await get('/v1/connections/alder')).json
  const { status, json } = await preview({
    orderMap: { fields: [{ attribute: 'custbody_ship', from: 'shipingMethod' }] },
  })
  expect([status, json.code, json.field]).toEqual([400, 'request_invalid', 'orderMap.fields[0].from'])
  expect((await preview({})).json).toMatchObject({ status: 400, field: 'orderMap' })
  expect((await preview({ orderMap: {} })).status).toBe(200)
  expect((await get('/v1/connections/alder')).json).toEqual(before)
})
