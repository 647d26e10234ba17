import { createHmac } from 'node:crypto'
import { expect, it } from 'vitest'
import { apiFixture } from '../../worlds/api-fixture.ts'

const ORDERS = 'shop.orders.all'
const IMAGES = 'shop.images.all'
const QUEUED = 'pushed.orders.all'
const QUEUE = 'https://sqs.example.com/1/tmp-1'
const shop = {
  type: 'magento2',
  address: 'https://shop.example.com',
  secrets: { bearer: 'env:SHOP_TOKEN', webhook: 'env:SHOP_HOOK' },
  reads: [{ entity: 'orders', startFrom: '2026-01-01T00:00:00Z' }, { entity: 'images' }],
}

const queued = {
  type: 'sqs',
  address: 'https://sqs.example.com',
  settings: { region: 'eu-central-1', ordersQueue: 'orders' },
  reads: [{ entity: 'orders' }],
}

async function fixture(over: Parameters<typeof apiFixture>[0] = {}) {
  const api = apiFixture(over)
  const auth: Record<string, string> = over?.token ? { authorization: `Bearer ${over.token}` } : {}
  await api.send('PUT', '/v1/systems/shop', shop, auth)
  await api.send('PUT', '/v1/systems/pushed', queued, auth)
  await api.send('PUT', '/v1/systems/other', { ...shop, secrets: { bearer: 'env:X' } }, auth)
  return api
}
const PATH = '/v1/sync-requests'

it('requests a run, by its read or by system and entity, and says which run it joined', async () => {
  const api = await fixture()
  const first = await api.send('POST', PATH, { read: ORDERS, reason: 'late' }, { 'x-actor': 'ann' })
  expect(first).toMatchObject({
    status: 202,
    json: { read: ORDERS, state: 'due', merged_into: null, requested_by: 'ann', reason: 'late', trigger: 'api' },
  })
  api.clock.time += 1000
  const second = await api.send('POST', PATH, { system: 'shop', entity: 'orders', from: '2026-01-05T00:00:00Z' })
  expect(second.json).toMatchObject({ read: ORDERS, state: 'merged', merged_into: first.json.task })
  expect((await api.get(`${PATH}/${second.json.id}`)).json).toEqual(second.json)
  expect((await api.get(`/v1/tasks/${first.json.task}`)).json).toMatchObject({ state: 'due', trigger: 'api' })
  expect((await api.get(`${PATH}/none`)).status).toBe(404)
})

it('drains a queue, beside the runs of the read and of other queues', async () => {
  const api = await fixture()
  const drain = async (queueUrl: string) => (await api.send('POST', PATH, { read: QUEUED, queueUrl })).json
  const plain = (await api.send('POST', PATH, { read: QUEUED })).json
  const [first, other] = [await drain(QUEUE), await drain(`${QUEUE}b`)]
  expect([plain, first, other].map(({ state, queue_url }) => [state, queue_url])).toEqual([
    ['due', null],
    ['due', QUEUE],
    ['due', `${QUEUE}b`],
  ])
  expect(api.control.requested.map(({ queueUrl }) => queueUrl)).toEqual([null, QUEUE, `${QUEUE}b`])
  expect((await api.get(`${PATH}/${other.id}`)).json).toMatchObject({ queue_url: `${QUEUE}b` })
  expect((await api.get(`/v1/tasks/${first.task}`)).json).toMatchObject({ queue_url: QUEUE, queue_end: null })
})

it('takes the same request for the same queue alone', async () => {
  const api = await fixture()
  const key = { 'idempotency-key': 'q1' }
  const drain = (queueUrl: string) => api.send('POST', PATH, { read: QUEUED, queueUrl }, key)
  const first = await drain(QUEUE)
  expect((await drain(QUEUE)).json).toEqual(first.json)
  expect((await drain(`${QUEUE}b`)).json).toMatchObject({ status: 409, code: 'state_conflict' })
  expect(api.control.requested).toHaveLength(1)
})

it('takes the same request once, whoever sends it again, and refuses another under its key', async () => {
  const api = await fixture()
  const key = { 'idempotency-key': 'k1' }
  const first = await api.send('POST', PATH, { read: ORDERS }, key)
  api.clock.time += 60_000
  expect((await api.send('POST', PATH, { read: ORDERS, requestId: 'k1' })).json).toEqual(first.json)
  expect(api.control.requested).toHaveLength(1)
  const other = await api.send('POST', PATH, { read: IMAGES }, key)
  expect(other.json).toMatchObject({ status: 409, code: 'state_conflict', field: 'idempotency-key' })
  const both = await api.send('POST', PATH, { read: ORDERS, requestId: 'k2' }, key)
  expect(both.json).toMatchObject({ status: 400, field: 'requestId' })
})

it.each([
  [{ read: 'shop.orders.none' }, 404, 'read'],
  [{}, 400, 'read'],
  [{ system: 'shop' }, 400, 'entity'],
  [{ read: ORDERS, scope: 'all' }, 400, 'read'],
  [{ read: ORDERS, from: 'monday' }, 400, 'from'],
  [{ read: ORDERS, when: 'now' }, 400, 'when'],
  [{ queueUrl: 'https://sqs.example.com/1/q' }, 400, 'read'],
  [{ read: ORDERS, queueUrl: 'https://sqs.example.com/1/q' }, 400, 'queueUrl'],
  [{ read: QUEUED, queueUrl: 'https://sqs.other.com/1/q' }, 400, 'queueUrl'],
  [{ read: QUEUED, queueUrl: 'https://sqs.example.com/1/q', from: '2026-01-05T00:00:00Z' }, 400, 'from'],
])('refuses %j', async (body, status, field) => {
  const { json } = await (await fixture()).send('POST', PATH, body)
  expect(json).toMatchObject({ status, field })
})

const sign = (text: string, secret = 'secret of env:SHOP_HOOK') => ({
  'content-type': 'application/json',
  'x-waldstream-signature': `sha256=${createHmac('sha256', secret).update(text).digest('hex')}`,
})

it('makes a signed hook a request of the reads it names, once, without the token', async () => {
  const api = await fixture({ token: 'secret' })
  const hook = async (text: string, headers = sign(text), system = 'shop') => {
    const answer = await api.app.inject({ method: 'POST', url: `/v1/webhooks/${system}`, payload: text, headers })
    return { status: answer.statusCode, json: JSON.parse(answer.body) }
  }
  const one = JSON.stringify({ id: 'h1', reads: [ORDERS], more: 1 })
  expect(await hook(one)).toMatchObject({ status: 202, json: { duplicate: false, requests: [{ read: ORDERS }] } })
  expect(await hook(one)).toMatchObject({ status: 202, json: { duplicate: true, requests: [{ read: ORDERS }] } })
  expect(api.control.requested.map(({ read, trigger }) => [read, trigger])).toEqual([[ORDERS, 'webhook']])
  const all = await hook('{ "id": "h2" }')
  expect(all.json.requests.map(({ read }: { read: string }) => read)).toEqual([ORDERS, IMAGES])
  for (const wrong of [
    await hook(one, sign(one, 'other')),
    await hook(one, sign('{}')),
    await hook(one, sign(one), 'other'),
    await hook(one, sign(one, ''), 'none'),
  ]) {
    expect(wrong).toMatchObject({ status: 401, json: { code: 'unauthorized', field: 'x-waldstream-signature' } })
  }
  expect((await hook('{"reads":[]}')).json).toMatchObject({ status: 400, field: 'id' })
  expect((await hook('{"id":"h3","reads":["erp.products.all"]}')).json).toMatchObject({ status: 400, field: 'reads' })
  expect((await hook('no json')).json).toMatchObject({ status: 400 })
  expect((await api.get('/v1/reads')).status).toBe(401)
})

it('sweeps, or says what a sweep would delete, and not beside a date or a queue', async () => {
  const api = await fixture()
  const sweep = (over: object) => api.send('POST', PATH, { read: IMAGES, sweep: 'preview', ...over })
  const { json } = await sweep({})
  expect(json).toMatchObject({ read: IMAGES, state: 'due', trigger: 'sweep-preview' })
  expect((await api.get(`/v1/tasks/${json.task}`)).json).toMatchObject({ trigger: 'sweep-preview', proof: 'none' })
  expect((await sweep({ sweep: 'check', requestId: 'k' })).json.trigger).toBe('sweep')
  expect((await sweep({ sweep: 'accept', requestId: 'k' })).status).toBe(409)
  expect((await sweep({ read: ORDERS })).json).toMatchObject({ status: 400, field: 'sweep' })
  expect((await sweep({ from: '2026-01-05T00:00:00Z' })).json).toMatchObject({ status: 400, field: 'from' })
  expect((await sweep({ queueUrl: QUEUE })).json).toMatchObject({ status: 400, field: 'queueUrl' })
  expect((await sweep({ sweep: 'delete' })).json).toMatchObject({ status: 400, field: 'sweep' })
  const { items } = (await api.get('/v1/reads')).json
  const swept = items.map((read: { id: string; sweep: unknown }) => [read.id, read.sweep])
  expect(swept).toContainEqual([IMAGES, { schedule: null, most_gone: 0.2 }])
  expect(swept).toContainEqual([ORDERS, null])
})
