import { createHmac } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { apiFixture } from '../../worlds/api-fixture.ts'

const SECRET = 'secret of env:CLIENT_SECRET'
const store = {
  type: 'bigcommerce',
  address: 'https://api.bigcommerce.com',
  settings: { storeHash: 'abc' },
  secrets: { accessToken: 'env:TOKEN', webhook: 'env:CLIENT_SECRET' },
  reads: [
    { entity: 'orders', startFrom: '2026-01-01T00:00:00Z' },
    ...['products', 'inventory', 'images'].map((entity) => ({ entity })),
  ],
}

const callback = (scope: string, more: object = {}) =>
  JSON.stringify({
    store_id: '1',
    producer: 'stores/abc',
    scope,
    data: { type: 'order', id: 250 },
    hash: `h ${scope}`,
    ...more,
  })

/** As BigCommerce signs it. */
function signed(
  body: string,
  over: { id?: string; at?: number; secret?: string; signatures?: (own: string) => string } = {},
) {
  const {
    id = 'msg_1',
    at = Date.UTC(2026, 0, 31, 8) / 1000,
    secret = SECRET,
    signatures = (own: string) => own,
  } = over
  const own = `v1,${createHmac('sha256', secret).update(`${id}.${at}.${body}`).digest('base64')}`
  return {
    'content-type': 'application/json',
    'webhook-id': id,
    'webhook-timestamp': String(at),
    'webhook-signature': signatures(own),
  }
}

async function fixture() {
  const api = apiFixture({ token: 'token' })
  const auth = { authorization: 'Bearer token' }
  expect((await api.send('PUT', '/v1/systems/bc', store, auth)).status).toBeLessThan(300)
  const { webhook: _, ...others } = store.secrets
  await api.send('PUT', '/v1/systems/deaf', { ...store, secrets: others }, auth)
  const hook = async (body: string, headers: Record<string, string> = signed(body), system = 'bc') => {
    const answer = await api.app.inject({ method: 'POST', url: `/v1/webhooks/${system}`, payload: body, headers })
    return { status: answer.statusCode, json: JSON.parse(answer.body) }
  }
  return { api, hook, requested: () => api.control.requested.map(({ read }) => read) }
}

describe("BigCommerce's webhooks", () => {
  it.each([
    ['store/order/created', ['bc.orders.all']],
    ['store/order/statusUpdated', ['bc.orders.all']],
    ['store/shipment/created', ['bc.orders.all']],
    ['store/company/updated', ['bc.orders.all']],
    ['store/product/updated', ['bc.products.all', 'bc.images.all']],
    ['store/sku/created', ['bc.products.all', 'bc.images.all']],
    ['store/product/inventory/updated', ['bc.inventory.all']],
    ['store/sku/inventory/order/updated', ['bc.inventory.all']],
    ['store/channel/2/order/created', ['bc.orders.all']],
    ['store/channel/2/order/refund/created', ['bc.orders.all']],
    ['store/channel/1/product/assigned', ['bc.products.all', 'bc.images.all']],
    ['store/channel/1/category/product/unassigned', ['bc.products.all', 'bc.images.all']],
    ['store/channel/*/inventory/product/stock_changed', ['bc.inventory.all']],
    ['store/inventory/location/updated', ['bc.inventory.all']],
    ['store/channel/1/settings/product/updated', []],
    ['store/channel/1/cart/created', []],
    ['store/channel/updated', []],
    ['store/customer/created', []],
  ])('%s has %j requested', async (scope, reads) => {
    const { hook, requested } = await fixture()
    expect(await hook(callback(scope))).toMatchObject({ status: 202, json: { duplicate: false } })
    expect(requested()).toEqual(reads)
  })

  it('are one request when the same event comes twice, whatever its delivery is called', async () => {
    const { hook, requested } = await fixture()
    const body = callback('store/order/updated')
    await hook(body)
    expect(await hook(body, signed(body, { id: 'msg_2' }))).toMatchObject({ status: 202, json: { duplicate: true } })
    await hook(callback('store/order/updated', { hash: 'another' }))
    expect(requested()).toEqual(['bc.orders.all', 'bc.orders.all'])
    const at = (created_at: number) => callback('store/order/updated', { hash: 'the same', created_at })
    expect((await hook(at(1))).json.duplicate).toBe(false)
    expect((await hook(at(2))).json.duplicate).toBe(false)
    expect((await hook(at(2))).json.duplicate).toBe(true)
    const unhashed = callback('store/order/updated', { hash: undefined })
    await hook(unhashed, signed(unhashed, { id: 'msg_3' }))
    expect((await hook(unhashed, signed(unhashed, { id: 'msg_3' }))).json.duplicate).toBe(true)
  })

  it('are taken with one right signature among several, and refused with none', async () => {
    const { hook, requested } = await fixture()
    const body = callback('store/order/updated')
    const several = signed(body, { signatures: (own) => `v1,bm8= v1a,abc ${own}` })
    expect((await hook(body, several)).status).toBe(202)
    const wrong = [
      signed(body, { secret: 'other' }),
      signed(body, { secret: '' }),
      signed(callback('store/order/created')),
      signed(body, { signatures: (own) => own.replace('v1,', 'v2,') }),
      signed(body, { id: '' }),
      { ...signed(body), 'webhook-timestamp': 'now' },
      { 'content-type': 'application/json' },
    ]
    for (const headers of wrong) {
      expect(await hook(body, headers)).toMatchObject({ status: 401, json: { code: 'unauthorized' } })
    }
    expect((await hook(body, signed(body, { secret: '' }), 'deaf')).status).toBe(401)
    expect((await hook(body, signed(body), 'none')).status).toBe(401)
    expect(requested()).toHaveLength(1)
  })

  it.each([
    [299, 202],
    [301, 401],
    [-301, 401],
  ])('of %i seconds ago are answered %i', async (age, status) => {
    const { api, hook } = await fixture()
    const body = callback('store/order/updated')
    expect((await hook(body, signed(body, { at: api.clock.time / 1000 - age }))).status).toBe(status)
  })

  it('of another store, or without an id, are refused', async () => {
    const { hook } = await fixture()
    const other = callback('store/order/updated', { producer: 'stores/xyz' })
    expect(await hook(other)).toMatchObject({ status: 400, json: { field: 'producer' } })
    const long = callback('store/order/updated', { hash: 'x'.repeat(300) })
    expect(await hook(long)).toMatchObject({ status: 400, json: { field: 'hash' } })
    expect((await hook('no json')).status).toBe(400)
  })
})
