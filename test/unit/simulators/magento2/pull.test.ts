import fastify, { type FastifyInstance } from 'fastify'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { locationCode } from '../../../../simulators/magento2/apply-inventory-row.ts'
import type { FeedRow } from '../../../../simulators/magento2/feed-client.ts'
import type { PullReport } from '../../../../simulators/magento2/pull-job.ts'
import type { MagentoSimulator } from '../../../../simulators/magento2/start-magento-simulator.ts'
import type { Product, SourceItem } from '../../../../simulators/magento2/wire-types.ts'
import { call, control, startShop } from './shop-client.ts'

type Feed = 'products' | 'inventory' | 'images'
type Query = Record<string, string | undefined>

let shop: MagentoSimulator
let api: FastifyInstance
let feeds: Record<Feed, FeedRow[]>
let asked: { feed: string; query: Query; authorization: string | undefined }[]
/** Answers given once, before the rows. */
let surprises: { status: number; body: object; headers?: Record<string, string> }[]

/** A feed that pages two rows at a time; its cursor is the number of rows seen. */
async function startFeed(): Promise<FastifyInstance> {
  const app = fastify()
  app.get<{ Params: { feed: Feed }; Querystring: Query }>('/v1/feeds/:feed', async (request, reply) => {
    const { cursor, updated_from: from, updated_to: to } = request.query
    asked.push({ feed: request.params.feed, query: request.query, authorization: request.headers.authorization })
    const surprise = surprises.shift()
    if (surprise)
      return reply
        .code(surprise.status)
        .headers(surprise.headers ?? {})
        .send(surprise.body)
    const rows = feeds[request.params.feed].filter(
      (row) => (from === undefined || row.updated_at >= from) && (to === undefined || row.updated_at < to),
    )
    const start = Number(cursor ?? 0)
    const items = rows.slice(start, start + 2)
    const seen = start + items.length
    return { items, cursor: String(seen), complete: seen >= rows.length }
  })
  await app.listen({ port: 0, host: '127.0.0.1' })
  return app
}

function row(sku: string, data: Record<string, unknown>, rest: Partial<FeedRow> = {}): FeedRow {
  const updated_at = new Date(Date.now() - 60_000).toISOString()
  return { connection: 'c1', source: 'erp', sku, updated_at, position: '1', deleted: false, data, ...rest }
}

const pull = () => control<PullReport>(shop, 'POST', '/pull')
const product = async (sku: string) => (await call<Product>(shop, 'GET', `/products/${sku}`)).body
const state = () => control<{ products: Product[]; sourceItems: SourceItem[] }>(shop, 'GET', '/state')
const stockOf = async (sku: string) => (await state()).sourceItems.filter((item) => item.sku === sku)

beforeEach(async () => {
  feeds = { products: [], inventory: [], images: [] }
  asked = []
  surprises = []
  api = await startFeed()
  shop = await startShop({ orders: 1 })
  const address = api.server.address() as { port: number }
  await control(shop, 'POST', '/feed', { api: `http://127.0.0.1:${address.port}`, connection: 'c1', token: 't' })
})
afterEach(async () => {
  await shop.close()
  await api.close()
})

describe('the job', () => {
  it('follows the cursor to the end, then reads the time slot, and writes nothing twice', async () => {
    feeds.products = ['WLD-K01', 'WLD-K02', 'WLD-K03'].map((sku) => row(sku, { name: `New ${sku}`, price: '10.10' }))
    const first = await pull()
    expect(first.products.cursor).toEqual({ rows: 3, changed: 3, complete: true })
    expect(first.products.timeslot).toEqual({ rows: 3, changed: 0, complete: true })
    expect(asked[0]).toMatchObject({ feed: 'products', query: { connection: 'c1' }, authorization: 'Bearer t' })
    const before = await state()
    const second = await pull()
    expect(second.products).toMatchObject({ cursor: { rows: 0, changed: 0 }, timeslot: { rows: 0, changed: 0 } })
    expect(await state()).toEqual(before)
    expect(await control<PullReport[]>(shop, 'GET', '/pulls')).toEqual([first, second])
    const slots = asked.filter(({ feed, query }) => feed === 'products' && query['updated_from'] !== undefined)
    expect(slots.at(-1)?.query['updated_from']).toBe(slots[0]?.query['updated_to'])
  })

  it('begins again when the cursor has expired', async () => {
    feeds.products = [row('WLD-K01', { name: 'A' })]
    await pull()
    asked = []
    surprises = [{ status: 410, body: { code: 'cursor_expired' } }]
    expect((await pull()).products.cursor).toEqual({ rows: 1, changed: 0, complete: true })
    expect(asked.slice(0, 2).map(({ query }) => query['cursor'])).toEqual(['1', undefined])
  })

  it('waits while the feed is behind', async () => {
    feeds.products = [row('WLD-K01', { name: 'A' })]
    const behind = { status: 200, body: { items: [], cursor: '0', complete: false }, headers: { 'retry-after': '0' } }
    surprises = [behind, behind]
    expect((await pull()).products.cursor).toEqual({ rows: 1, changed: 1, complete: true })
  })

  it('tells what failed, keeps the slot open, and goes on with the other feeds', async () => {
    feeds.products = [row('WLD-K01', { name: 'A' })]
    feeds.inventory = [row('WLD-K01', { locations: [{ location: 'A', on_hand: '1', available: '1' }] })]
    surprises = [
      { status: 500, body: {} },
      { status: 503, body: {} },
    ]
    const failed = await pull()
    expect(failed.products.cursor).toMatchObject({ rows: 0, complete: false, error: expect.stringContaining('500') })
    expect(failed.inventory.cursor).toMatchObject({ rows: 1, changed: 1 })
    expect((await pull()).products.cursor).toMatchObject({ rows: 1, changed: 1 })
  })

  it('runs on its schedule', async () => {
    feeds.products = [row('WLD-K01', { name: 'A' })]
    const address = api.server.address() as { port: number }
    const feed = { api: `http://127.0.0.1:${address.port}`, connection: 'c1' }
    const other = await startShop({ orders: 1, feed, pullEverySeconds: 0.01 })
    await vi.waitFor(async () => {
      const [first] = await control<PullReport[]>(other, 'GET', '/pulls')
      expect(first?.products.cursor).toEqual({ rows: 1, changed: 1, complete: true })
    }, 30_000)
    await other.close()
  })

  it('has nothing to do before its feed is set', async () => {
    const other = await startShop({ orders: 1 })
    expect((await fetch(`${other.url}/_sim/pull`, { method: 'POST' })).status).toBe(409)
    await other.close()
  })
})

describe('products', () => {
  it('go to columns and attributes; unknown ones are created, deleted ones disabled and enabled again', async () => {
    feeds.products = [
      row('WLD-K01', { name: 'Stove', price: '65.00', weight: '0.310', color: 'Red', sale: true, care: null }),
      row('NEW-1', { price: '5.00' }),
    ]
    await pull()
    const stove = await product('WLD-K01')
    expect(stove).toMatchObject({ name: 'Stove', price: 65, weight: 0.31, status: 1 })
    const attributes = Object.fromEntries(stove.custom_attributes.map((one) => [one.attribute_code, one.value]))
    expect(attributes).toMatchObject({ color: 'Red', sale: '1' })
    expect(Object.keys(attributes)).not.toContain('care')
    expect(await product('NEW-1')).toMatchObject({ name: 'NEW-1', price: 5 })
    feeds.products.push(row('WLD-K01', {}, { deleted: true, data: null }))
    await pull()
    expect((await product('WLD-K01')).status).toBe(2)
    feeds.products.push(row('WLD-K01', { name: 'Stove' }))
    await pull()
    expect((await product('WLD-K01')).status).toBe(1)
  })

  it('with a value Magento can’t take are named, the others are written', async () => {
    feeds.products = [row('WLD-K01', { price: 'dear' }), row('WLD-K02', { name: 'Pots' })]
    const { cursor } = (await pull()).products
    expect(cursor).toMatchObject({ rows: 2, changed: 1, failed: [{ sku: 'WLD-K01' }] })
  })
})

describe('inventory', () => {
  it('makes a source for each location and takes its own stock back, not the shop’s', async () => {
    const at = (location: string, available: string) => ({ location, on_hand: '9', available })
    feeds.inventory = [row('WLD-K01', { locations: [at('Lager Süd / 1', '5.5'), at('East', '0')] })]
    await pull()
    const own = (await stockOf('WLD-K01')).find((item) => item.source_code === 'default')
    expect(await stockOf('WLD-K01')).toEqual([
      own,
      { sku: 'WLD-K01', source_code: 'east', quantity: 0, status: 0 },
      { sku: 'WLD-K01', source_code: 'lager-sud-1', quantity: 5.5, status: 1 },
    ])
    feeds.inventory.push(row('WLD-K01', { locations: [at('East', '3')] }))
    await pull()
    expect((await stockOf('WLD-K01')).map((item) => item.quantity)).toEqual([own?.quantity, 3, 0])
    feeds.inventory.push(row('WLD-K01', {}, { deleted: true }))
    await pull()
    expect((await stockOf('WLD-K01')).map((item) => item.quantity)).toEqual([own?.quantity, 0, 0])
  })

  it('names sources by their location', () => {
    expect(['Main Warehouse', 'Århus 2', '富士'].map(locationCode)).toEqual([
      'main-warehouse',
      'arhus-2',
      'location-e5af8ce5a3ab',
    ])
  })
})

describe('images', () => {
  const gallery = (...urls: string[]) => ({
    gallery: urls.map((url, index) => ({ url, position: index + 1, label: `L${index}`, media_type: 'image' })),
  })
  const foreign = async (sku: string) => {
    const found = (await state()).products.find((one) => one.sku === sku)
    return found?.media_gallery_entries.filter(({ file }) => file.startsWith('/w/s/ws-')) ?? []
  }

  it('takes over foreign ones, leaves its own, gives only free roles', async () => {
    const own = `${shop.url}/media/catalog/product/w/l/wld-k01_main.jpg`
    const [a, b] = ['https://img.example.com/a.png', 'https://img.example.com/b']
    feeds.images = [row('WLD-K01', { image: a, swatch_image: b, thumbnail: own, ...gallery(own, a, b) })]
    expect((await pull()).images.cursor).toMatchObject({ rows: 1, changed: 1 })
    const entries = await foreign('WLD-K01')
    expect(entries).toMatchObject([
      { file: expect.stringMatching(/^\/w\/s\/ws-[0-9a-f]{16}\.png$/), source_url: a, types: [], position: 2 },
      { file: expect.stringMatching(/\.jpg$/), source_url: b, types: ['swatch_image'], label: 'L2' },
    ])
    const { custom_attributes: attributes, media_gallery_entries: media } = await product('WLD-K01')
    expect(attributes).toContainEqual({ attribute_code: 'swatch_image', value: entries[1]?.file })
    expect(attributes).toContainEqual({ attribute_code: 'image', value: '/w/l/wld-k01_main.jpg' })
    expect(JSON.stringify(media)).not.toContain('example.com')
  })

  it('writes nothing for a row of the shop’s own images', async () => {
    const before = await product('WLD-K01')
    const own = `${shop.url}/media/catalog/product/w/l/wld-k01_main.jpg`
    feeds.images = [row('WLD-K01', { image: own, ...gallery(own) }, { source: 'magento' })]
    expect((await pull()).images.cursor).toMatchObject({ rows: 1, changed: 0 })
    expect(await product('WLD-K01')).toEqual(before)
  })

  it('removes what its source no longer has, not what another source gave', async () => {
    const [a, b, c] = ['https://one.example/a.jpg', 'https://one.example/b.jpg', 'https://two.example/c.jpg']
    feeds.images = [row('WLD-K01', gallery(a, b)), row('WLD-K01', gallery(c), { source: 'other' })]
    await pull()
    expect((await foreign('WLD-K01')).map((entry) => entry.source_url)).toEqual([a, b, c])
    feeds.images.push(row('WLD-K01', gallery(b)))
    await pull()
    expect((await foreign('WLD-K01')).map((entry) => entry.source_url)).toEqual([b, c])
    feeds.images.push(row('WLD-K01', {}, { deleted: true, data: null }))
    await pull()
    expect((await foreign('WLD-K01')).map((entry) => entry.source_url)).toEqual([c])
  })
})
