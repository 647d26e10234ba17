import { describe, expect, it } from 'vitest'
import { nextCursor, readCursor } from '../../../src/api/feed-cursor.ts'
import { inventoryFeed } from '../../../src/projections/inventory-feed.ts'
import { inventoryChanged } from '../../data/feed-events.ts'
import { apiFixture } from '../../worlds/api-fixture.ts'

const FEED = '/v1/feeds/inventory?connection=shop-vendor'
const stock = (sku: string, available: string, readAt = 2000, source = 'vendor') =>
  inventoryChanged({ sku, readAt, source }, available)
const skus = (answer: { json: { items: { sku: string }[] } }) => answer.json.items.map((item) => item.sku).join(' ')

describe('a reader that follows the cursor', () => {
  it('gets every row once, then only what changed, and is told when it has caught up', async () => {
    const api = apiFixture()
    await api.project(0, stock('A', '1'), stock('B', '2'))
    await api.project(1, stock('C', '3'))
    await api.idle()
    const first = await api.get(`${FEED}&limit=2`)
    expect(first).toMatchObject({ status: 200, json: { complete: false } })
    expect(first.json.items[0]).toEqual({
      connection: 'shop-vendor',
      source: 'vendor',
      sku: 'A',
      updated_at: '2026-01-31T08:00:00.000Z',
      as_of: null,
      position: '001769846400000-00000000000000000000',
      deleted: false,
      data: { total: '1', in_stock: true, locations: [{ location: 'main', on_hand: '1', available: '1' }] },
    })
    const second = await api.get(`${FEED}&limit=2&cursor=${first.json.cursor}`)
    expect([skus(first), skus(second), second.json.complete]).toEqual(['A B', 'C', true])
    const idle = await api.get(`${FEED}&cursor=${second.json.cursor}`)
    expect(idle.json).toMatchObject({ items: [], complete: true })
    api.clock.time += 1000
    await api.project(0, stock('A', '9', 3000))
    const third = await api.get(`${FEED}&cursor=${idle.json.cursor}`)
    expect([skus(third), third.json.items[0].data.total]).toEqual(['A', '9'])
  })

  it('sees deletions', async () => {
    const api = apiFixture()
    await api.project(0, stock('A', '1'))
    const { json } = await api.get(FEED)
    await api.project(0, inventoryChanged({ sku: 'A', readAt: 5000, deleted: true }, '1'))
    const next = await api.get(`${FEED}&cursor=${json.cursor}`)
    expect(next.json.items).toMatchObject([{ sku: 'A', deleted: true, data: { total: '1' } }])
  })

  it('gets a source that comes later from its beginning', async () => {
    const api = apiFixture()
    await api.project(0, stock('A', '1'))
    const { json } = await api.get(FEED)
    await api.project(0, stock('A', '7', 2000, 'other'))
    const next = await api.get(`${FEED}&cursor=${json.cursor}`)
    expect(next.json.items).toMatchObject([{ sku: 'A', source: 'other' }])
    expect((await api.get(`${FEED}&source=other`)).json.items).toHaveLength(1)
  })

  it('is shown nothing beyond the watermark', async () => {
    const api = apiFixture()
    await api.project(0, stock('A', '1'))
    await api.tables.update(inventoryFeed.table, { pk: 'meta', sku: 'meta' }, { remove: ['g1_s0_position'] })
    expect((await api.get(FEED)).json).toMatchObject({ items: [], complete: false })
  })

  it('is told to come back when the projector is behind', async () => {
    const api = apiFixture()
    await api.configure('shop-vendor')
    const never = await api.get(FEED)
    expect(never).toMatchObject({ status: 200, json: { items: [], complete: false } })
    expect(Number(never.headers['retry-after'])).toBeGreaterThan(0)
    await api.idle()
    const idle = await api.get(FEED)
    expect(idle.json).toMatchObject({ items: [], complete: true })
    expect(idle.headers['retry-after']).toBeUndefined()
    api.clock.time += 60_000
    expect((await api.get(FEED)).json.complete).toBe(false)
  })
})

describe('a reader by timeslots', () => {
  const slot = (from: string, to: string) =>
    `${FEED}&updated_from=2026-01-31T08:${from}Z&updated_to=2026-01-31T08:${to}Z`

  it('gets the rows whose last change lies in the slot, from inclusive to exclusive', async () => {
    const api = apiFixture()
    for (const sku of ['A', 'B', 'C']) {
      await api.project(0, stock(sku, '1'))
      api.clock.time += 60_000
    }
    await api.idle()
    const all = await api.get(slot('00:00', '02:00'))
    expect([skus(all), all.json.complete]).toEqual(['A B', true])
    expect(skus(await api.get(slot('01:00', '01:01')))).toBe('B')
    expect(skus(await api.get(slot('00:01', '01:00')))).toBe('')
    const page = await api.get(`${slot('00:00', '02:00')}&limit=1`)
    const rest = await api.get(`${FEED}&cursor=${page.json.cursor}`)
    expect([skus(page), skus(rest), rest.json.complete]).toEqual(['A', 'B', true])
  })

  it('never completes a slot that is not over for every shard', async () => {
    const api = apiFixture()
    await api.project(0, stock('A', '1'))
    await api.idle()
    const open = await api.get(slot('00:00', '01:00'))
    expect([skus(open), open.json.complete]).toEqual(['A', false])
    const wait = await api.get(`${slot('00:00', '01:00')}&cursor=${open.json.cursor}`)
    expect(wait.headers['retry-after']).toBe('65')
    api.clock.time += 61_000
    expect((await api.get(slot('00:00', '01:00'))).json.complete).toBe(false)
    await api.idle()
    expect((await api.get(slot('00:00', '01:00'))).json.complete).toBe(false)
    api.clock.time += 4000
    await api.idle()
    expect((await api.get(slot('00:00', '01:00'))).json.complete).toBe(true)
  })
})

describe('a cursor', () => {
  it('that is none, or is of another feed or other filters, is refused by name', async () => {
    const api = apiFixture()
    await api.project(0, stock('A', '1'))
    await api.project(0, inventoryChanged({ connection: 'other' }, '1'))
    const { cursor } = (await api.get(`${FEED}&source=vendor`)).json
    const other = '/v1/feeds/inventory?connection=other'
    const refused = async (url: string) => {
      const { status, json, headers } = await api.get(url)
      expect(headers['content-type']).toContain('application/problem+json')
      return [status, json.code, json.field]
    }
    expect(await refused(`${FEED}&cursor=nonsense`)).toEqual([400, 'cursor_invalid', 'cursor'])
    expect(await refused(`${FEED}&cursor=${cursor}.`)).toEqual([400, 'cursor_invalid', 'cursor'])
    expect(await refused(`${other}&cursor=${cursor}`)).toEqual([400, 'cursor_invalid', 'connection'])
    expect(await refused(`${FEED}&source=else&cursor=${cursor}`)).toEqual([400, 'cursor_invalid', 'source'])
    const from = `${FEED}&updated_from=2026-01-01T00:00:00Z&cursor=${cursor}`
    expect(await refused(from)).toEqual([400, 'cursor_invalid', 'updated_from'])
    const products = `/v1/feeds/products?connection=shop-vendor&cursor=${cursor}`
    expect(await refused(products)).toEqual([400, 'cursor_invalid', 'cursor'])
  })

  it('that cannot be opened expires, so that its reader begins again', async () => {
    const api = apiFixture()
    await api.project(0, stock('A', '1'))
    const { cursor } = (await api.get(FEED)).json
    const now = api.clock.time
    const ofAnotherInstallation = nextCursor(
      'its key',
      null,
      { cursor: readCursor('key', cursor, now).cursor, hasNews: true },
      now,
    )
    const changed = `${cursor.slice(0, 20)}${cursor[20] === 'A' ? 'B' : 'A'}${cursor.slice(21)}`
    const ofAnEarlierVersion = `eyJrIjoiZmVlZCJ9.${'A'.repeat(43)}`
    for (const text of [ofAnotherInstallation, changed, ofAnEarlierVersion]) {
      expect(await api.get(`${FEED}&cursor=${text}`)).toMatchObject({
        status: 410,
        json: { code: 'cursor_expired', field: 'cursor' },
      })
    }
  })

  it('expires after 30 days and with its generation', async () => {
    const api = apiFixture()
    await api.project(0, stock('A', '1'))
    const { cursor } = (await api.get(FEED)).json
    api.clock.time += 30 * 24 * 3_600_000
    expect((await api.get(`${FEED}&cursor=${cursor}`)).status).toBe(200)
    api.clock.time += 1
    expect(await api.get(`${FEED}&cursor=${cursor}`)).toMatchObject({ status: 410, json: { code: 'cursor_expired' } })
    api.clock.time -= 1
    await api.tables.update(inventoryFeed.table, { pk: 'meta', sku: 'meta' }, { set: { generation: 2 } })
    expect(await api.get(`${FEED}&cursor=${cursor}`)).toMatchObject({ status: 410, json: { code: 'cursor_expired' } })
  })
})

describe('a poll with nothing new', () => {
  const caughtUp = async () => {
    const api = apiFixture()
    await api.project(0, stock('A', '1'))
    await api.idle()
    const { cursor } = (await api.get(FEED)).json
    const poll = (tag?: string) =>
      api.get(`${FEED}&cursor=${cursor}`, tag === undefined ? {} : { 'if-none-match': tag })
    return { api, cursor, poll }
  }

  it('is answered with the cursor it came with for an hour, and then with a new one', async () => {
    const { api, cursor, poll } = await caughtUp()
    api.clock.time += 60 * 60 * 1000 - 1
    expect((await poll()).json).toMatchObject({ items: [], cursor })
    api.clock.time += 1
    const renewed = (await poll()).json.cursor
    expect(renewed).not.toBe(cursor)
    api.clock.time += 30 * 24 * 3_600_000
    expect((await api.get(`${FEED}&cursor=${renewed}`)).status).toBe(200)
  })

  it('gets what came since, each time it asks with the same cursor', async () => {
    const { api, poll } = await caughtUp()
    expect(skus(await poll())).toBe('')
    await api.project(1, stock('C', '3'))
    expect([skus(await poll()), skus(await poll())]).toEqual(['C', 'C'])
  })

  it('is told by 304 that it has the answer, as long as there is no other', async () => {
    const { api, poll } = await caughtUp()
    const first = await poll()
    const tag = String(first.headers['etag'])
    expect(tag).toMatch(/^"[\w-]{43}"$/)
    for (const given of [tag, `W/${tag}`, `"other", ${tag}`, '*']) {
      const again = await poll(given)
      expect([again.status, again.headers['etag'], again.headers['content-type']]).toEqual([304, tag, undefined])
    }
    expect(await poll('"other"')).toMatchObject({ status: 200, json: first.json })
    await api.project(1, stock('C', '3'))
    const next = await poll(tag)
    expect([next.status, skus(next)]).toEqual([200, 'C'])
    expect(next.headers['etag']).not.toBe(tag)
  })

  it('is told by 304 also while stock of other connections changes', async () => {
    const { api, poll } = await caughtUp()
    const tag = String((await poll()).headers['etag'])
    await api.project(0, { ...stock('A', '7'), connection: 'other-shop' })
    await api.idle()
    expect((await poll(tag)).status).toBe(304)
    await api.project(0, stock('A', '7'))
    await api.idle()
    expect(skus(await poll(tag))).toBe('A')
  })

  it('is refused by 304 nothing that it may not see', async () => {
    const { api } = await caughtUp()
    const answer = await api.get('/v1/feeds/inventory?connection=shop-vendro', { 'if-none-match': '*' })
    expect(answer).toMatchObject({ status: 404, json: { code: 'not_found' } })
  })
})

describe('parameters', () => {
  const refused = async (url: string) => {
    const api = apiFixture()
    await api.configure('shop-vendor')
    const { status, json } = await api.get(url)
    return [status, json.code, json.field]
  }

  it('that are wrong are named', async () => {
    expect(await refused('/v1/feeds/inventory')).toEqual([400, 'request_invalid', 'connection'])
    expect(await refused(`${FEED}&limit=1001`)).toEqual([400, 'request_invalid', 'limit'])
    expect(await refused(`${FEED}&limit=0`)).toEqual([400, 'request_invalid', 'limit'])
    expect(await refused(`${FEED}&update_from=x`)).toEqual([400, 'request_invalid', 'update_from'])
    expect(await refused(`${FEED}&updated_from=2026-01-01`)).toEqual([400, 'request_invalid', 'updated_from'])
    expect(await refused(`${FEED}&updated_from=2026-02-30T00:00:00Z`)).toEqual([400, 'request_invalid', 'updated_from'])
    expect(await refused(`${FEED}&updated_to=2026-02-31T25:00:00Z`)).toEqual([400, 'request_invalid', 'updated_to'])
    const backward = '&updated_from=2026-01-02T00:00:00Z&updated_to=2026-01-02T00:00:00Z'
    expect(await refused(`${FEED}${backward}`)).toEqual([400, 'request_invalid', 'updated_to'])
    expect(await refused(`${FEED}&source=vendro`)).toEqual([400, 'request_invalid', 'source'])
  })

  it('name a connection that is configured, even when it has no rows yet', async () => {
    const api = apiFixture()
    await api.configure('shop-vendor')
    expect((await api.get(FEED)).status).toBe(200)
    const { status, json } = await api.get('/v1/feeds/inventory?connection=shop-vendro')
    expect([status, json.code]).toEqual([404, 'not_found'])
    expect(json.detail).toContain('there are: shop-vendor')
  })

  it('may have a plus sign that was not encoded', async () => {
    const api = apiFixture()
    await api.configure('shop-vendor')
    expect((await api.get(`${FEED}&updated_from=2026-01-01T00:00:00+02:00`)).status).toBe(200)
  })
})

it('answers a single SKU with its rows of every source, and counts rows', async () => {
  const api = apiFixture()
  await api.project(0, stock('A/1 ü', '1'), inventoryChanged({ sku: 'B', deleted: true }, '0'))
  await api.project(1, stock('A/1 ü', '2', 2000, 'other'))
  const item = await api.get(`/v1/feeds/inventory/items/${encodeURIComponent('A/1 ü')}?connection=shop-vendor`)
  expect(item.json.items).toMatchObject([
    { source: 'other', data: { total: '2' } },
    { source: 'vendor', data: { total: '1' } },
  ])
  expect(await api.get('/v1/feeds/inventory/items/none?connection=shop-vendor')).toMatchObject({
    status: 404,
    json: { code: 'not_found', field: 'sku' },
  })
  const count = await api.get('/v1/feeds/inventory/count?connection=shop-vendor')
  expect(count.json).toEqual({ rows: 3, deleted: 1, exact: true })
})

describe('a connection that reads the same of the vendor and of the shop', () => {
  // These SKUs have their rows of the shop in shard 0, and those of the vendor in shard 1.
  const own = (sku: string, readAt = 2000, deleted = false) =>
    inventoryChanged({ sku, readAt, source: 'magento', deleted }, '2')
  const gone = (sku: string, readAt: number) => inventoryChanged({ sku, readAt, source: 'vendor', deleted: true }, '1')
  const read = async (api: ReturnType<typeof apiFixture>, more = '') => {
    const { json, headers } = await api.get(`${FEED}${more}`)
    const items = json.items as readonly { source: string; sku: string; deleted: boolean }[]
    const rows = items.map(({ source, sku, deleted }) => source + sku + (deleted ? ' gone' : ''))
    return { rows, cursor: `&cursor=${json.cursor}`, complete: json.complete, headers }
  }
  const both = async () => {
    const api = apiFixture()
    await api.configure('shop-vendor', ['vendor.inventory.all', 'magento.inventory.all'])
    return api
  }

  it("is given one row of a SKU: the vendor's, or the shop's where the vendor has none", async () => {
    const api = await both()
    await api.project(0, own('G'), own('X'))
    await api.project(1, stock('G', '1'))
    await api.idle()
    expect((await read(api)).rows).toEqual(['vendorG', 'magentoX'])
    expect((await read(api, '&source=magento')).rows).toEqual(['magentoG', 'magentoX'])
    await api.configure('shop-vendor', ['magento.inventory.all'])
    expect((await read(api)).rows).toEqual(['vendorG', 'magentoX'])
  })

  it("is given the shop's when the vendor's goes, and the vendor's when it comes", async () => {
    const api = await both()
    await api.project(0, own('G'), own('X'))
    await api.project(1, stock('G', '1'))
    const first = await read(api)
    expect(first.rows).toEqual(['vendorG', 'magentoX'])
    await api.project(1, gone('G', 3000), stock('X', '1', 3000))
    const second = await read(api, first.cursor)
    expect(second.rows).toEqual(['vendorG gone', 'vendorX', 'magentoG'])
    await api.project(0, own('G', 4000, true))
    await api.project(1, gone('X', 4000), stock('H2', '1'))
    const third = await read(api, second.cursor)
    expect(third.rows).toEqual(['vendorX gone', 'vendorH2', 'magentoG gone', 'magentoX'])
    expect((await read(api, third.cursor)).rows).toEqual([])
  })

  it('reads on where all of a page is hidden', async () => {
    const api = await both()
    await api.project(0, own('G'), own('X'), own('H2'))
    await api.project(1, stock('G', '1'), stock('X', '1'))
    await api.idle()
    const first = await read(api, '&limit=2')
    expect([first.rows, first.complete, first.headers['retry-after']]).toEqual([[], false, '0'])
    const second = await read(api, `&limit=2${first.cursor}`)
    expect([second.rows, second.complete]).toEqual([['vendorG', 'magentoH2'], false])
    const third = await read(api, `&limit=2${second.cursor}`)
    expect([third.rows, third.complete]).toEqual([['vendorX'], true])
  })
})
