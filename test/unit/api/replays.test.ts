import { expect, it } from 'vitest'
import { apiFixture } from '../../worlds/api-fixture.ts'

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
  const preview = { ...products, events: 0, keys: 0, to_send: 0, connections: {}, seconds: 0 }
  expect(await post('/v1/replays', { ...products, preview: true })).toEqual({ status: 200, json: preview })
  expect((await get('/v1/replays')).json.items).toEqual([])
})

it('names what is wrong', async () => {
  const { get, post } = apiFixture()
  const wrong = async (body: Readonly<Record<string, unknown>>) => (await post('/v1/replays', body)).json
  expect(await wrong({ topic: 'nothing', processor: 'x' })).toMatchObject({ code: 'request_invalid', field: 'topic' })
  expect(await wrong({ ...products, connection: 'x' })).toMatchObject({ status: 400, field: 'connection' })
  expect(await wrong({ ...products, offsets: '1-2' })).toMatchObject({ status: 400, field: 'offsets' })
  expect((await get('/v1/replays/none')).status).toBe(404)
})
