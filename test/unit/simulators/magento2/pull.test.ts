import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { PullReport } from '../../../../simulators/magento2/pull-job.ts'
import type { MagentoSimulator } from '../../../../simulators/magento2/start-magento-simulator.ts'
import { imageName } from '../../../../simulators/magento2/wanted-images.ts'
import type { Product, SourceItem } from '../../../../simulators/magento2/wire-types.ts'
import { type FeedApi, feedRow as row, startFeedApi } from './feed-api.ts'
import { call, control, startShop } from './shop-client.ts'

let shop: MagentoSimulator
let api: FeedApi
let feeds: FeedApi['feeds']

const pull = (body: object = {}) => control<PullReport>(shop, 'POST', '/pull', body)
const configure = (settings: object) => control(shop, 'PATCH', '/pulling', settings)
const product = async (sku: string) => (await call<Product>(shop, 'GET', `/products/${sku}`)).body
const state = () => control<{ products: Product[]; sourceItems: SourceItem[] }>(shop, 'GET', '/state')
const stockOf = async (sku: string) => {
  const items = (await state()).sourceItems.filter((item) => item.sku === sku)
  return Object.fromEntries(items.map(({ source_code, quantity, status }) => [source_code, [quantity, status]]))
}

beforeEach(async () => {
  api = await startFeedApi()
  feeds = api.feeds
  shop = await startShop({ orders: 1, sources: ['east', 'west'] })
  await configure({ sources: 'East = east\nWest = west' })
  await control(shop, 'POST', '/feed', { api: api.origin, connection: 'c1', token: 't' })
})
afterEach(async () => {
  await shop.close()
  await api.close()
})

describe('the job', () => {
  it('follows the cursor to the end, and asks then with the ETag of the last answer', async () => {
    feeds.products = ['WLD-K01', 'WLD-K02', 'WLD-K03'].map((sku) => row(sku, { name: `New ${sku}`, price: '10.10' }))
    const first = await pull()
    expect(first.products).toEqual({ pages: 2, read: 3, complete: true, written: 3, failed: 0 })
    expect(api.asked[0]).toMatchObject({ feed: 'products', query: { connection: 'c1' }, authorization: 'Bearer t' })
    const before = await state()
    const second = await pull()
    expect(second.products).toEqual({ pages: 1, read: 0, complete: true, written: 0, failed: 0 })
    const [empty, unchanged] = api.asked.filter(({ query }) => query['cursor'] === '3')
    expect([empty?.status, unchanged]).toEqual([200, undefined])
    await pull()
    expect(api.asked.filter(({ query }) => query['cursor'] === '3').map(({ status }) => status)).toEqual([200, 304])
    expect(await state()).toEqual(before)
    expect((await control<PullReport[]>(shop, 'GET', '/pulls')).slice(0, 2)).toEqual([first, second])
  })

  it('ends a run at its bounds; the next one continues there', async () => {
    await configure({ pages: 1, batchRows: 1 })
    feeds.products = ['WLD-K01', 'WLD-K02', 'WLD-K03'].map((sku) => row(sku, { name: `New ${sku}` }))
    expect((await pull()).products).toMatchObject({ pages: 1, read: 2, complete: false, written: 2 })
    expect((await pull()).products).toMatchObject({ pages: 1, read: 1, complete: true, written: 1 })
  })

  it('reads the feed in full when the cursor has expired; rows no longer in it count as deleted', async () => {
    feeds.products = [row('WLD-K01', { name: 'A' }), row('WLD-K02', { name: 'B' })]
    await pull()
    feeds.products.pop()
    api.asked.length = 0
    api.surprises.push({ status: 410, body: { code: 'cursor_expired' } })
    expect((await pull()).products).toMatchObject({ read: 1, written: 1, complete: true })
    expect(api.asked.slice(0, 2).map(({ query }) => query['cursor'])).toEqual(['2', undefined])
    expect([(await product('WLD-K01')).status, (await product('WLD-K02')).status]).toEqual([1, 2])
    feeds.products.push(row('WLD-K02', { name: 'B' }))
    await pull()
    expect((await product('WLD-K02')).status).toBe(1)
  })

  it('leaves a feed that is behind to the next run', async () => {
    feeds.products = [row('WLD-K01', { name: 'A' })]
    api.surprises.push({
      status: 200,
      body: { items: [], cursor: '0', complete: false },
      headers: { 'retry-after': '60' },
    })
    expect((await pull()).products).toMatchObject({ read: 0, complete: false })
    expect((await pull()).products).toMatchObject({ read: 1, written: 1, complete: true })
  })

  it('goes on after a page whose rows are all hidden', async () => {
    feeds.products = [row('WLD-K01', { name: 'A' })]
    const body = { items: [], cursor: '0', complete: false }
    api.surprises.push(...[0, 1].map(() => ({ status: 200, body, headers: { 'retry-after': '0' } })))
    expect((await pull()).products).toMatchObject({ pages: 3, read: 1, written: 1, complete: true })
  })

  it('reports a feed that cannot be read, and goes on with the others', async () => {
    feeds.products = [row('WLD-K01', { name: 'A' })]
    feeds.inventory = [row('WLD-K01', { locations: [{ location: 'East', on_hand: '1', available: '1' }] })]
    api.surprises.push({ status: 403, body: { code: 'forbidden' } })
    const failed = await pull()
    expect(failed.products).toMatchObject({ read: 0, complete: false, error: expect.stringContaining('403') })
    expect(failed.inventory).toMatchObject({ read: 1, written: 1 })
    expect((await pull()).products).toMatchObject({ read: 1, written: 1 })
  })

  it('writes a failed row later, or when an operator retries it', async () => {
    feeds.products = [row('NEW-1', { name: 'A', price: '1' })]
    const failures = [{ sku: 'NEW-1', message: 'The catalog has no product "NEW-1".' }]
    expect((await pull()).products).toMatchObject({ written: 0, failed: 1, failures })
    await configure({ createProducts: true })
    expect((await pull()).products).toMatchObject({ written: 0, failed: 0 })
    expect(await control(shop, 'POST', '/retry', {})).toEqual({ rows: 1 })
    expect((await pull()).products).toMatchObject({ written: 1, failed: 0 })
  })

  it('reads in full and writes all rows again on request', async () => {
    feeds.products = [row('WLD-K01', { name: 'A' })]
    await pull()
    await control(shop, 'PATCH', '/products/WLD-K01', { name: 'Renamed in the shop' })
    expect((await pull()).products.written).toBe(0)
    expect((await pull({ again: true })).products).toMatchObject({ read: 1, written: 1 })
    expect((await product('WLD-K01')).name).toBe('A')
  })

  it('runs on its schedule', async () => {
    feeds.products = [row('WLD-K01', { name: 'A' })]
    const feed = { api: api.origin, connection: 'c1' }
    const other = await startShop({ orders: 1, feed, pullEverySeconds: 0.01 })
    await vi.waitFor(async () => {
      const [first] = await control<PullReport[]>(other, 'GET', '/pulls')
      expect(first?.products).toMatchObject({ read: 1, written: 1, complete: true })
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
  it('go to columns and attributes; deleted ones are disabled, and enabled when they return', async () => {
    const data = {
      name: 'Stove',
      price: '65.00',
      weight: '0.310',
      color: 'Red',
      sale: true,
      tags: ['a', 1],
      care: null,
    }
    feeds.products = [row('WLD-K01', data)]
    await pull()
    const stove = await product('WLD-K01')
    expect(stove).toMatchObject({ name: 'Stove', price: 65, weight: 0.31, status: 1 })
    const attributes = Object.fromEntries(stove.custom_attributes.map((one) => [one.attribute_code, one.value]))
    expect(attributes).toMatchObject({ color: 'Red', sale: '1', tags: 'a,1' })
    expect(Object.keys(attributes)).not.toContain('care')
    feeds.products.push(row('WLD-K01', data, { deleted: true }))
    await pull()
    expect((await product('WLD-K01')).status).toBe(2)
    feeds.products.push(row('WLD-K01', { name: 'Stove' }))
    await pull()
    expect((await product('WLD-K01')).status).toBe(1)
  })

  it('of new SKUs without a price are disabled until they have one', async () => {
    await configure({ createProducts: true })
    feeds.products = [row('NEW-1', { name: 'New', status: 1 })]
    await pull()
    expect(await product('NEW-1')).toMatchObject({ name: 'New', price: 0, status: 2 })
    feeds.products.push(row('NEW-1', { name: 'New', price: '5.00' }))
    await pull()
    expect(await product('NEW-1')).toMatchObject({ price: 5, status: 1 })
  })

  it('that the shop disabled stay disabled', async () => {
    await control(shop, 'PATCH', '/products/WLD-K01', { status: 2 })
    feeds.products = [row('WLD-K01', {}, { deleted: true }), row('WLD-K02', {})]
    await pull()
    feeds.products.push(row('WLD-K01', { name: 'Back' }))
    await pull()
    expect(await product('WLD-K01')).toMatchObject({ name: 'Back', status: 2 })
  })

  it('are the same whether their SKU is in upper or lower case', async () => {
    feeds.products = [row('wld-k01', { name: 'Lower' })]
    expect((await pull()).products).toMatchObject({ written: 1 })
    expect((await product('WLD-K01')).name).toBe('Lower')
  })

  it('with a value Magento can’t take are named, the others are written', async () => {
    feeds.products = [row('WLD-K01', { price: 'dear' }), row('WLD-K02', { name: 'Pots' })]
    const { products } = await pull()
    expect(products).toMatchObject({ read: 2, written: 1, failed: 1, failures: [{ sku: 'WLD-K01' }] })
  })
})

describe('inventory', () => {
  const at = (location: string, available: string) => ({ location, on_hand: '9', available })

  it('goes to the sources of the map; what is gone becomes zero, other sources stay', async () => {
    const own = (await stockOf('WLD-K01'))['default']
    feeds.inventory = [row('WLD-K01', { locations: [at('East', '5.5'), at('West', '-1'), at('Elsewhere', '7')] })]
    await pull()
    expect(await stockOf('WLD-K01')).toEqual({ default: own, east: [5.5, 1], west: [0, 0] })
    feeds.inventory.push(row('WLD-K01', { locations: [at('West', '3')] }))
    await pull()
    expect(await stockOf('WLD-K01')).toEqual({ default: own, east: [0, 0], west: [3, 1] })
    feeds.inventory.push(row('WLD-K01', { locations: [at('West', '3')] }, { deleted: true }))
    await pull()
    expect(await stockOf('WLD-K01')).toEqual({ default: own, east: [0, 0], west: [0, 0] })
  })

  it('that is held keeps its quantities and is out of stock', async () => {
    await configure({ sources: '* = east' })
    feeds.inventory = [row('WLD-K01', { in_stock: false, locations: [at('A', '2'), at('B', '3')] })]
    await pull()
    expect((await stockOf('WLD-K01'))['east']).toEqual([5, 0])
    feeds.inventory.push(row('WLD-K01', { in_stock: true, locations: [at('A', '2'), at('B', '3')] }))
    await pull()
    expect((await stockOf('WLD-K01'))['east']).toEqual([5, 1])
  })

  it('of a wrong row or an unknown product fails by itself', async () => {
    feeds.inventory = [
      row('WLD-K01', { locations: [at('East', 'many')] }),
      row('WLD-K02', { locations: [at('East', '2')] }),
      row('GONE-1', { locations: [at('East', '2')] }, { deleted: true }),
      row('NEW-1', { locations: [at('East', '2')] }),
    ]
    const { inventory } = await pull()
    expect(inventory).toMatchObject({ written: 2, failed: 2 })
    expect(inventory.failures?.map(({ sku }) => sku)).toEqual(['WLD-K01', 'NEW-1'])
    expect((await stockOf('WLD-K02'))['east']).toEqual([2, 1])
  })

  it('for a source that the shop does not have fails alone', async () => {
    await configure({ sources: 'East = east\nWest = nowhere' })
    feeds.inventory = [
      row('WLD-K01', { locations: [at('West', '1')] }),
      row('WLD-K02', { locations: [at('East', '2')] }),
    ]
    expect((await pull()).inventory).toMatchObject({ written: 1, failed: 1, failures: [{ sku: 'WLD-K01' }] })
  })

  it('is not written while the map of sources is wrong', async () => {
    await configure({ sources: '* = *' })
    feeds.inventory = [row('WLD-K01', { locations: [at('East', '1')] })]
    expect((await pull()).inventory).toMatchObject({ read: 1, failed: 0, error: expect.stringContaining('Sources') })
    await configure({ sources: '* = east' })
    expect((await pull()).inventory).toMatchObject({ written: 1 })
  })
})

describe('images', () => {
  const picture = (name: string) => `${api.origin}/pictures/${name}`
  const gallery = (...urls: string[]) => ({
    gallery: urls.map((url, index) => ({ url, position: index + 1, label: `L${index}`, media_type: 'image' })),
  })
  const pulled = async (sku: string) =>
    (await product(sku)).media_gallery_entries.filter(({ file }) => file.startsWith('/w/s/ws-'))
  const file = (url: string, source = 'erp') => `/w/s/${imageName(source, url)}.png`

  it('of others are downloaded, the shop’s own stay, and only free roles are given', async () => {
    const own = `${shop.url}/media/catalog/product/w/l/wld-k01_main.jpg`
    const [a, moved] = [picture('a.png'), picture('moved')]
    feeds.images = [row('WLD-K01', { image: a, swatch_image: moved, thumbnail: own, ...gallery(own, a, moved) })]
    expect((await pull()).images).toMatchObject({ read: 1, written: 1 })
    expect(await pulled('WLD-K01')).toMatchObject([
      { file: file(a), types: [], position: 2, label: 'L1' },
      { file: file(moved), types: ['swatch_image'], label: 'L2' },
    ])
    const { custom_attributes: attributes } = await product('WLD-K01')
    expect(attributes).toContainEqual({ attribute_code: 'swatch_image', value: file(moved) })
    expect(attributes).toContainEqual({ attribute_code: 'image', value: '/w/l/wld-k01_main.jpg' })
    expect(api.fetched).toEqual(['a.png', 'moved', 'b.png'])
  })

  it('of the shop itself change nothing', async () => {
    const before = await product('WLD-K01')
    const own = `${shop.url}/media/catalog/product/w/l/wld-k01_main.jpg`
    feeds.images = [row('WLD-K01', { image: own, ...gallery(own) }, { source: 'magento' })]
    expect((await pull()).images).toMatchObject({ read: 1, written: 1 })
    expect(await product('WLD-K01')).toEqual(before)
  })

  it('that their source no longer has are removed, those of another source stay', async () => {
    const [a, b, c] = [picture('a.png'), picture('b.png'), picture('c.png')]
    feeds.images = [row('WLD-K01', gallery(a, b)), row('WLD-K01', gallery(c), { source: 'other' })]
    await pull()
    const files = async () => (await pulled('WLD-K01')).map((entry) => entry.file)
    expect(await files()).toEqual([file(a), file(b), file(c, 'other')])
    feeds.images.push(row('WLD-K01', gallery(b)))
    await pull()
    expect(await files()).toEqual([file(b), file(c, 'other')])
    feeds.images.push(row('WLD-K01', gallery(b), { deleted: true }))
    await pull()
    expect(await files()).toEqual([file(c, 'other')])
    expect(api.fetched).toEqual(['a.png', 'b.png', 'c.png'])
  })

  it('that cannot be downloaded hold up no other of the product', async () => {
    feeds.images = [row('WLD-K01', gallery(picture('old.png'), picture('b.png')))]
    await pull()
    const [a, b, c, d] = [picture('missing-a'), picture('b.png'), picture('c.png'), picture('missing-d')]
    feeds.images.push(row('WLD-K01', { swatch_image: c, ...gallery(a, b, c, d) }))
    const message = `${a} answered with status 404. ${d} answered with status 404.`
    expect((await pull()).images).toMatchObject({ written: 0, failed: 1, failures: [{ sku: 'WLD-K01', message }] })
    expect(await pulled('WLD-K01')).toMatchObject([
      { file: file(picture('old.png')) },
      { file: file(b), label: 'L1' },
      { file: file(c), label: 'L2', types: ['swatch_image'] },
    ])
  })

  it('that cannot be downloaded leave the old ones in place', async () => {
    feeds.images = [row('WLD-K01', gallery(picture('a.png')))]
    await pull()
    for (const [name, why] of [
      ['missing', 'status 404'],
      ['text', 'is no JPEG, PNG or GIF'],
      ['webp', 'is a WebP image, which Magento does not accept'],
    ] as const) {
      feeds.images.push(row('WLD-K01', gallery(picture(name))))
      const { images } = await pull()
      expect(images).toMatchObject({ written: 0, failed: 1, failures: [{ message: expect.stringContaining(why) }] })
    }
    expect(await pulled('WLD-K01')).toMatchObject([{ file: file(picture('a.png')) }])
  })
})
