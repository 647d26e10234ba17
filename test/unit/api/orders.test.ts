import { expect, it } from 'vitest'
import { decimal4, decimal8 } from '../../../src/events/decimal.ts'
import { toPlainEvent } from '../../../src/platform/registry/plain-event.ts'
import { lineOf, orderChanged, orderOf } from '../../data/processor-events.ts'
import { apiFixture } from '../../worlds/api-fixture.ts'

const shop = {
  type: 'magento2',
  address: 'https://shop.example.com',
  secrets: { bearer: 'env:SHOP_TOKEN' },
  reads: [{ entity: 'orders', startFrom: '2026-01-01T00:00:00Z' }],
}
const total = decimal4('12.3456', 'total')
const price = decimal8('12.34560001', 'price')
const order = orderOf([lineOf('1', 'A-1', { rowTotal: total, unitPrice: price })], { grandTotal: total })
const json = (toPlainEvent('orders', orderChanged(order)) as { data: Record<string, unknown> }).data

async function fixture() {
  const api = apiFixture()
  await api.send('PUT', '/v1/systems/shop', shop)
  const push = (body: unknown, headers = {}, query = '') => api.send('POST', `/v1/orders/shop${query}`, body, headers)
  return { ...api, push }
}

it('publishes an order as JSON with decimals as text, exactly', async () => {
  const api = await fixture()
  expect(json).toMatchObject({ grandTotal: '12.3456', lines: [{ unitPrice: '12.34560001' }] })
  const { status, json: answer } = await api.push(json, {}, '?occurredAt=2026-01-31T07:00:00Z')
  expect([status, answer]).toMatchObject([202, { source: 'shop', key: '000000001', published: true }])
  const [event] = await api.control.orders()
  expect(event).toMatchObject({
    eventId: answer.event_id,
    source: 'shop',
    key: '000000001',
    taskId: null,
    deleted: false,
    data: order,
    occurredAt: Date.UTC(2026, 0, 31, 7),
    readAt: api.clock.time,
  })
  expect(api.control.producer.sent[0]?.key).toBe('shop|000000001')
})

it('does not publish again what was published, and publishes what changed', async () => {
  const api = await fixture()
  await api.push(json)
  api.clock.time += 1000
  expect((await api.push(json)).json.published).toBe(false)
  expect((await api.push({ ...json, state: 'complete' })).json.published).toBe(true)
  expect(await api.control.orders()).toHaveLength(2)
})

it('answers the same request under the same key the same, also after its process ended before it answered', async () => {
  const api = await fixture()
  const key = { 'idempotency-key': 'k' }
  api.control.producer.failNext('after')
  expect((await api.push(json, key)).status).toBe(500)
  api.clock.time += 5000
  const first = await api.push(json, key)
  expect(first).toMatchObject({ status: 202, json: { published: true } })
  const [one, two] = await api.control.orders()
  expect([two?.eventId, two?.occurredAt, two?.readAt]).toEqual([one?.eventId, one?.occurredAt, one?.readAt])
  expect((await api.push(json, key)).json).toEqual(first.json)
  const other = await api.push({ ...json, state: 'complete' }, key)
  expect(other.json).toMatchObject({ status: 409, code: 'state_conflict', field: 'idempotency-key' })
})

it('gives the second order of a number a key of its own, and keeps both as they are', async () => {
  const api = await fixture()
  const other = { ...json, orderId: '9', placedAt: '2026-03-02T05:00:00Z', customerEmail: 'two@example.com' }
  await api.push(json)
  const first = await api.push(other)
  expect(first.json).toMatchObject({ key: '000000001~9', published: true })
  expect((await api.push(other)).json).toMatchObject({ key: '000000001~9', published: false })
  expect((await api.push(json)).json).toMatchObject({ key: '000000001', published: false })
  const events = await api.control.orders()
  expect(events.map(({ key, data }) => [key, data.orderNumber, data.orderId])).toEqual([
    ['000000001', '000000001', '1'],
    ['000000001~9', '000000001~9', '9'],
  ])
  expect(events[1]?.eventId).toBe(first.json.event_id)
})

it('tells everything that is wrong, with its field', async () => {
  const api = await fixture()
  const [line] = json['lines'] as readonly Record<string, unknown>[]
  const { customerEmail: _left, ...rest } = json
  const wrong = {
    ...rest,
    placedAt: 'yesterday',
    subtotal: 12.3,
    colour: 'red',
    billingAddress: { street: 'x' },
    lines: [{ ...line, quantityOrdered: '0.000000001', tax: '1e3' }],
  }
  const { json: problem } = await api.push(wrong)
  expect(problem).toMatchObject({ status: 400, code: 'request_invalid' })
  expect(problem.errors.map(({ field }: { field: string }) => field).toSorted()).toEqual([
    'billingAddress.street',
    'colour',
    'customerEmail',
    'lines[0].quantityOrdered',
    'lines[0].tax',
    'placedAt',
    'subtotal',
  ])
  expect((await api.push({ ...json, grandTotal: '12.34' })).json).toMatchObject({ status: 400, field: 'grandTotal' })
  expect((await api.push([])).json).toMatchObject({ status: 400, detail: 'the order must be an object' })
  expect((await api.send('POST', '/v1/orders/none', json)).json).toMatchObject({ status: 404, field: 'source' })
  expect(await api.control.orders()).toEqual([])
})

it('fills in the defaults of what is left out', async () => {
  const api = await fixture()
  const { giftCard: _g, storeCredit: _s, attributes: _a, couponCode: _c, shippingAddress: _h, ...less } = json
  expect((await api.push(less)).status).toBe(202)
  const [event] = await api.control.orders()
  expect(event?.data).toMatchObject({
    giftCard: 0n,
    storeCredit: 0n,
    attributes: {},
    couponCode: null,
    shippingAddress: null,
  })
})

it.each([
  ['orderNumber', { orderNumber: 'x'.repeat(3000) }],
  ['orderNumber', { orderNumber: 'a\u0000' }],
  ['currency', { currency: 'dollars' }],
  ['lines', { lines: [] }],
  ['subtotal', { subtotal: '99' }],
] as const)('refuses at once what would fail later: %s', async (field, change) => {
  const { push, control } = await fixture()
  const { status, json: answer } = await push({ ...json, ...change })
  expect([status, answer.field]).toEqual([400, field])
  expect(control.producer.sent).toEqual([])
})

it('refuses lines of no quantity, and two of one id', async () => {
  const { push, control } = await fixture()
  const [line] = json['lines'] as readonly Record<string, unknown>[]
  const none = await push({ ...json, lines: [{ ...line, quantityOrdered: '0' }] })
  expect([none.status, none.json.field]).toEqual([400, 'lines[0].quantityOrdered'])
  const twice = await push({ ...json, lines: [line, { ...line, rowTotal: '0' }] })
  expect([twice.status, twice.json.field]).toEqual([400, 'lines[1].lineId'])
  expect(control.producer.sent).toEqual([])
})

it('knows SKUs without the blanks around them, and refuses those with a control character', async () => {
  const { push, control } = await fixture()
  const [line] = json['lines'] as readonly Record<string, unknown>[]
  const odd = await push({ ...json, lines: [{ ...line, sku: 'A\t1' }] })
  expect([odd.status, odd.json.field, odd.json.detail]).toEqual([
    400,
    'lines[0].sku',
    'lines[0].sku has a control character',
  ])
  expect((await push({ ...json, lines: [{ ...line, sku: ' A1\u00a0' }] })).status).toBe(202)
  expect((await control.orders()).map(({ data }) => data.lines.map(({ sku }) => sku))).toEqual([['A1']])
})
