import { expect, it } from 'vitest'
import { createKey } from '../../../src/operations/keys.ts'
import { everything } from '../../../src/operations/principal.ts'
import { apiFixture } from '../../worlds/api-fixture.ts'
import { twoSellers } from '../../worlds/two-sellers.ts'

const products = { topic: 'products', processor: 'map-products' }

it('takes a replay, lists it, shows what became of it, and cancels it', async () => {
  const { get, post } = apiFixture()
  const asked = await post('/v1/replays', { ...products, key: 'S-1', reason: 'new mapping', by: 'ann', rate: 20 })
  expect(asked).toMatchObject({
    status: 202,
    json: { ...products, state: 'due', key: 'S-1', trigger: 'api', by: 'ann', rate: 20, sent: 0, selected: null },
  })
  expect((await get('/v1/replays')).json.items).toEqual([asked.json])
  const one = `/v1/replays/${asked.json.id}`
  expect((await get(one)).json).toEqual({ ...asked.json, connections: {} })
  expect(await post(`${one}/cancel`)).toMatchObject({ status: 202, json: { cancel: true } })
})

it('says what a replay would be, and sends nothing', async () => {
  const { get, post } = apiFixture()
  const preview = { ...products, events: 0, keys: 0, to_send: 0, connections: {}, seconds: 0, amounts: [], samples: [] }
  expect(await post('/v1/replays', { ...products, preview: true })).toEqual({ status: 200, json: preview })
  expect((await get('/v1/replays')).json.items).toEqual([])
})

it('says what can be replayed, to each what they reach', async () => {
  const api = await twoSellers(['alder'], { token: 'the-token' })
  const { key } = await createKey(api.operations, everything({ kind: 'cli', name: 'boss' }), {
    name: 'shop alone',
    scopes: ['observe'],
    connections: [],
    systems: ['shop-alder'],
    expiresAt: null,
  })
  const targetsFor = async (bearer: string) =>
    (await api.get('/v1/replay-targets', { authorization: `Bearer ${bearer}` })).json.items
  const delivery = { topic: 'vendor-orders.erp', processor: 'deliver-erp' }
  expect(await targetsFor('the-token')).toEqual(expect.arrayContaining([products, delivery]))
  expect(await targetsFor(key)).toContainEqual(products)
  expect(await targetsFor(key)).not.toContainEqual(delivery)
})

it('names what is wrong', async () => {
  const { get, post } = apiFixture()
  const wrong = async (body: Readonly<Record<string, unknown>>) => (await post('/v1/replays', body)).json
  expect(await wrong({ topic: 'nothing', processor: 'x' })).toMatchObject({ code: 'request_invalid', field: 'topic' })
  expect(await wrong({ ...products, connection: 'x' })).toMatchObject({ status: 400, field: 'connection' })
  expect(await wrong({ ...products, offsets: '1-2' })).toMatchObject({ status: 400, field: 'offsets' })
  expect((await get('/v1/replays/none')).status).toBe(404)
})
