import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { recordKey } from '../../../src/events/topics.ts'
import { partitionOfKey } from '../../../src/platform/kafka/partition-of-key.ts'
import { inventoryChanged } from '../../data/feed-events.ts'
import { apiFixture, SHARDS } from '../../worlds/api-fixture.ts'

const FEED = '/v1/feeds/inventory?connection=shop-vendor'
const ITEMS = '/v1/feeds/inventory/items?connection=shop-vendor'
const stock = (sku: string, available = '1', source = 'vendor') =>
  inventoryChanged({ sku, readAt: 2000, source }, available)

/** An API whose feed has these SKUs, each in the shard of its key. */
async function feedOf(skus: readonly string[], source = 'vendor', api = apiFixture()) {
  for (const sku of skus) {
    await api.project(partitionOfKey(recordKey('shop-vendor', source, sku), SHARDS), stock(sku, '1', source))
  }
  await api.idle()
  return api
}

const many = Array.from({ length: 40 }, (_, index) => `SKU-${index}`)

describe('a page that is compressed', () => {
  it.each([
    ['br', brotliDecompressSync],
    ['gzip', gunzipSync],
  ] as const)('by %s has the same content, a weak tag, and is not sent again', async (coding, open) => {
    const api = await feedOf(many)
    const plain = await api.app.inject(FEED)
    const headers = { 'accept-encoding': coding }
    const answer = await api.app.inject({ url: FEED, headers })
    expect(answer.headers).toMatchObject({ 'content-encoding': coding, vary: 'accept, accept-encoding' })
    expect(answer.headers['etag']).toBe(`W/${plain.headers['etag']}`)
    expect(answer.headers['content-length']).toBe(String(answer.rawPayload.length))
    expect(open(answer.rawPayload).toString()).toBe(plain.body)
    expect(answer.rawPayload.length).toBeLessThan(plain.rawPayload.length / 4)
    const again = await api.app.inject({ url: FEED, headers: { ...headers, 'if-none-match': answer.headers['etag'] } })
    expect([again.statusCode, again.body, again.headers['content-encoding']]).toEqual([304, '', undefined])
    expect(again.headers).toMatchObject({ vary: 'accept, accept-encoding' })
  })

  it('is not: one of a few bytes, an error, and one of a caller that does not accept it', async () => {
    const few = await feedOf(['A'])
    const headers = { 'accept-encoding': 'gzip, br' }
    expect((await few.app.inject({ url: FEED, headers })).headers['content-encoding']).toBeUndefined()
    const refused = await few.app.inject({ url: `${FEED}&limit=0`, headers })
    expect([refused.statusCode, refused.headers['content-encoding']]).toEqual([400, undefined])
    const api = await feedOf(many)
    const plain = await api.app.inject({ url: FEED, headers: { 'accept-encoding': 'identity' } })
    expect(plain.headers['content-encoding']).toBeUndefined()
    expect(plain.headers['vary']).toBe('accept, accept-encoding')
  })
})

it('links to the next page until it is complete', async () => {
  const api = await feedOf(many)
  const seen: string[] = []
  let url: string | undefined = `${FEED}&limit=15&fields=total`
  while (url !== undefined) {
    const { json, headers } = await api.get(url)
    for (const { sku, data } of json.items) {
      expect(data).toEqual({ total: '1' })
      seen.push(sku)
    }
    url = /^<(.+)>; rel="next"$/.exec(String(headers['link'] ?? ''))?.[1]
    expect(url === undefined).toBe(json.complete)
  }
  expect(seen.toSorted()).toEqual(many.toSorted())
})

it('is a line for each row and one for the page as NDJSON', async () => {
  const api = await feedOf(many)
  const plain = await api.app.inject(FEED)
  const answer = await api.app.inject({ url: FEED, headers: { accept: 'application/x-ndjson' } })
  expect(answer.headers['content-type']).toBe('application/x-ndjson; charset=utf-8')
  expect(answer.headers['etag']).not.toBe(plain.headers['etag'])
  const lines = answer.body.split('\n')
  expect(lines.pop()).toBe('')
  const { items, cursor, complete } = plain.json()
  expect(lines.map((line) => JSON.parse(line))).toEqual([...items, { page: { cursor, complete } }])
  const refused = await api.app.inject({ url: `${FEED}&limit=0`, headers: { accept: 'application/x-ndjson' } })
  expect(refused.headers['content-type']).toContain('application/problem+json')
})

describe('fields', () => {
  const columns = async (fields: string) => {
    const { json } = await (await feedOf(['A'])).get(`${FEED}&fields=${fields}`)
    return json.items?.[0] ?? json
  }

  it('are the columns that are named, beside those that a copy needs', async () => {
    expect(await columns('total,updated_at')).toEqual({
      source: 'vendor',
      sku: 'A',
      updated_at: '2026-01-31T08:00:00.000Z',
      deleted: false,
      data: { total: '1' },
    })
    expect(await columns('sku')).toEqual({ source: 'vendor', sku: 'A', deleted: false, data: {} })
    expect(await columns('data.in_stock,%20connection')).toMatchObject({
      connection: 'shop-vendor',
      data: { in_stock: true },
    })
    expect((await columns('data')).data).toHaveProperty('locations')
  })

  it('that the feed does not have are named, with those that it has', async () => {
    const refused = await columns('total,qty')
    expect(refused).toMatchObject({ status: 400, code: 'request_invalid', field: 'fields' })
    expect(refused.detail).toContain('no "qty"')
    expect(refused.detail).toContain('in_stock')
    expect(await columns('total,,sku')).toMatchObject({ status: 400, field: 'fields' })
  })

  it('are any attribute in a feed of free attributes', async () => {
    const api = apiFixture()
    await api.configure('shop-vendor')
    expect(await api.get('/v1/feeds/products?connection=shop-vendor&fields=name')).toMatchObject({ status: 200 })
    expect(await api.get('/v1/feeds/products?connection=shop-vendor&fields=name,')).toMatchObject({ status: 400 })
  })

  it('may be chosen for single rows too', async () => {
    const api = await feedOf(['A'])
    const { json } = await api.get('/v1/feeds/inventory/items/A?connection=shop-vendor&fields=total')
    expect(json.items).toEqual([{ source: 'vendor', sku: 'A', deleted: false, data: { total: '1' } }])
  })
})

describe('several sources in one feed', () => {
  const three = async () => {
    const api = await feedOf(['A'])
    await feedOf(['A', 'B'], 'files', api)
    return await feedOf(['C'], 'other', api)
  }
  const rows = (json: { items: readonly { source: string; sku: string }[] }) =>
    json.items.map(({ source, sku }) => `${source} ${sku}`).toSorted()

  it('are followed together, and alone these', async () => {
    const api = await three()
    const { json } = await api.get(`${FEED}&source=vendor,files`)
    expect(rows(json)).toEqual(['files A', 'files B', 'vendor A'])
    await feedOf(['D'], 'files', api)
    await feedOf(['E'], 'other', api)
    const cursor = `${FEED}&cursor=${json.cursor}`
    expect(rows((await api.get(cursor)).json)).toEqual(['files D'])
    expect(rows((await api.get(`${cursor}&source=files,vendor`)).json)).toEqual(['files D'])
    expect(await api.get(`${cursor}&source=files`)).toMatchObject({ status: 400, json: { field: 'source' } })
  })

  it('are named where one is mistyped', async () => {
    const api = await three()
    const { status, json } = await api.get(`${FEED}&source=vendor,flies`)
    expect([status, json.field, json.detail]).toEqual([400, 'source', expect.stringContaining('"flies"')])
  })
})

describe('rows of many keys', () => {
  it('are answered in the order of the keys, with the keys that have none', async () => {
    const api = await feedOf(['A', 'B/1 ü'])
    await feedOf(['A'], 'files', api)
    const { status, json } = await api.post(`${ITEMS}&fields=total`, { keys: ['none', 'B/1 ü', 'A', 'A'] })
    expect(status).toBe(200)
    expect(json).toEqual({
      items: [
        { source: 'vendor', sku: 'B/1 ü', deleted: false, data: { total: '1' } },
        { source: 'files', sku: 'A', deleted: false, data: { total: '1' } },
        { source: 'vendor', sku: 'A', deleted: false, data: { total: '1' } },
      ],
      missing: ['none'],
    })
    const one = await api.post(`${ITEMS}&source=files`, { keys: ['A', 'B/1 ü'] })
    expect(one.json).toMatchObject({ items: [{ source: 'files', sku: 'A' }], missing: ['B/1 ü'] })
  })

  it('cost a read for each key and source', async () => {
    const api = apiFixture()
    const read: number[] = []
    const tables = {
      ...api.tables,
      getMany: async (...[table, keys]: Parameters<typeof api.tables.getMany>) => {
        read.push(keys.length)
        return await api.tables.getMany(table, keys)
      },
    }
    const counted = await feedOf(many, 'vendor', apiFixture({ tables }, tables))
    read.length = 0
    const { json } = await counted.post(ITEMS, { keys: many })
    expect([json.items.length, read]).toEqual([many.length, [many.length]])
  })

  it('are at most a thousand, of a connection that is there', async () => {
    const api = await feedOf(['A'])
    const keys = Array.from({ length: 1_001 }, (_, index) => `SKU-${index}`)
    expect(await api.post(ITEMS, { keys })).toMatchObject({ status: 400, json: { field: 'keys' } })
    expect(await api.post(ITEMS, { keys: keys.slice(1) })).toMatchObject({ status: 200 })
    expect(await api.post(ITEMS, { keys: [] })).toMatchObject({ status: 400, json: { field: 'keys' } })
    expect(await api.post(ITEMS, { keys: [''] })).toMatchObject({ status: 400, json: { field: 'keys.0' } })
    expect(await api.post(ITEMS, {})).toMatchObject({ status: 400, json: { field: 'keys' } })
    const other = '/v1/feeds/inventory/items?connection=nobody'
    expect(await api.post(other, { keys: ['A'] })).toMatchObject({ status: 404, json: { field: 'connection' } })
  })

  it('leave no entry in the audit trail: nothing is changed', async () => {
    const api = await feedOf(['A'])
    await api.post(ITEMS, { keys: ['A'] })
    expect((await api.get('/v1/audit')).json.items).toEqual([])
  })
})

it('is described with its types, parameters and the rows of many keys', async () => {
  const { paths } = (await apiFixture().get('/openapi.json')).json
  const { parameters, responses } = paths['/v1/feeds/inventory'].get
  expect(parameters.map(({ name }: { name: string }) => name)).toEqual(expect.arrayContaining(['source', 'fields']))
  expect(Object.keys(responses['200'].content)).toEqual(['application/json', 'text/csv', 'application/x-ndjson'])
  const { requestBody } = paths['/v1/feeds/inventory/items'].post
  expect(requestBody.content['application/json'].schema.properties.keys).toMatchObject({ maxItems: 1_000 })
})
