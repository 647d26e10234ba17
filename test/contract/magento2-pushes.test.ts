import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Connection } from '../../src/configuration/model.ts'
import type { PerSystemKind, TopicEvents } from '../../src/events/topics.ts'
import { networkRulesOf } from '../../src/platform/network-rules.ts'
import type { Sink } from '../../src/systems/kit/sink.ts'
import { type Wire, wireOf, wiresOf } from '../../src/systems/kit/wire.ts'
import { shopImages, shopProduct, shopStock } from '../data/magento2-events.ts'
import { connectionOf } from '../data/processor-events.ts'
import { startTestShop, type TestShop } from '../worlds/magento2.ts'

const signal = new AbortController().signal
const CLEAR = { targetId: null, unclear: false }
const SKU = 'WLD-K03'

let shop: TestShop
beforeAll(async () => {
  shop = await startTestShop({ orders: 1 })
})
beforeEach(async () => await shop.reset())
afterAll(async () => await shop.close())

const connection = (more: Partial<Connection> = {}) => connectionOf('con', '^WLD', more)
const deliver = <K extends PerSystemKind>(sink: Sink<K>, event: TopicEvents[K], to: Connection = connection()) =>
  sink.deliver(event, to, signal, CLEAR)
const product = async (sku = SKU) => wiresOf((await shop.state())['products']).find((one) => one['sku'] === sku)
const custom = (of: Wire | undefined, code: string) =>
  wiresOf(of?.['custom_attributes']).find((one) => one['attribute_code'] === code)?.['value']
const bulks = async () => (await shop.requests()).filter((request) => request.startsWith('POST /async/bulk'))

describe('products', () => {
  it('are changed in what is named, and made where they are not there', async () => {
    const sink = await shop.sink('shop-products', { attributeSet: '9' })
    const before = await product()
    expect(await deliver(sink, shopProduct(SKU, { price: '12.34', color: 'Teal' }))).toEqual({
      outcome: 'written',
      targetId: SKU,
    })
    const after = await product()
    expect(after).toMatchObject({ price: 12.34, name: before?.['name'], status: before?.['status'] })
    expect(custom(after, 'color')).toBe('Teal')
    await deliver(sink, shopProduct('NEW,1/2 x', { name: 'New', price: '5' }))
    expect(await product('NEW,1/2 x')).toMatchObject({ name: 'New', price: 5, attribute_set_id: 9, type_id: 'simple' })
  })

  it('that are gone are disabled and stay; what was never there is not made', async () => {
    const sink = await shop.sink('shop-products')
    expect(await deliver(sink, shopProduct(SKU, null))).toMatchObject({ outcome: 'written' })
    expect(await product()).toMatchObject({ status: 2, name: expect.any(String) })
    expect(await deliver(sink, shopProduct(SKU, null))).toMatchObject({ outcome: 'unchanged' })
    expect(await deliver(sink, shopProduct('NEVER', null))).toEqual({ outcome: 'unchanged', targetId: null })
    expect(await product('NEVER')).toBeUndefined()
  })

  it('delivered side by side go in few requests, and each has its own end', async () => {
    const sink = await shop.sink('shop-products')
    const good = Array.from({ length: 8 }, (_, index) => shopProduct(`P-${index}`, { name: `P ${index}`, price: '1' }))
    const bad = shopProduct('P-bad', { price: '1' })
    const results = await Promise.allSettled([...good, bad].map((event) => deliver(sink, event)))
    expect(results.slice(0, 8).map(({ status }) => status)).toEqual(Array(8).fill('fulfilled'))
    expect(results[8]).toMatchObject({
      reason: { code: 'target_rejected', message: expect.stringContaining('Product Name') },
    })
    expect((await bulks()).length).toBeLessThanOrEqual(2)
  })

  it.each([
    ['retriable', 'target_unavailable'],
    ['permanent', 'target_rejected'],
  ] as const)('whose operation fails (%s) say %s', async (kind, code) => {
    await shop.switch({ bulkFailures: [{ sku: SKU, kind, times: 1 }] })
    const sink = await shop.sink('shop-products')
    await expect(deliver(sink, shopProduct(SKU, { price: '2' }))).rejects.toMatchObject({ code })
    expect(await deliver(sink, shopProduct(SKU, { price: '2' }))).toMatchObject({ outcome: 'written' })
  })

  it('are told apart also in older releases', async () => {
    await shop.switch({ databaseOperationIds: true })
    const sink = await shop.sink('shop-products')
    const events = [shopProduct(SKU, { price: '3' }), shopProduct('P-bad', { price: '1' })]
    for (let round = 0; round < 2; round += 1) {
      const results = await Promise.allSettled(events.map((event) => deliver(sink, event)))
      expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected'])
    }
  })

  it('whose request’s answer was lost are sent again to the same effect', async () => {
    const sink = await shop.sink('shop-products')
    await shop.faults({ path: '/async/bulk/V1/products', kind: 'commit-then-close', times: 1 })
    await expect(deliver(sink, shopProduct(SKU, { price: '7' }))).rejects.toMatchObject({ code: 'target_unavailable' })
    await deliver(sink, shopProduct(SKU, { price: '7' }))
    expect(await product()).toMatchObject({ price: 7 })
  })
})

describe('stock', () => {
  const stock = async (sku = SKU) =>
    wiresOf((await shop.state())['sourceItems'])
      .filter((item) => item['sku'] === sku)
      .map(({ source_code: code, quantity, status }) => `${code} ${quantity} ${status}`)

  it('is set absolutely, by the policy of the connection', async () => {
    await shop.sources('east', 'west')
    const sink = await shop.sink('shop-inventory')
    await deliver(sink, shopStock(SKU, { E: '3', W: '-1', S: '0.5' }))
    expect(await stock()).toEqual(['default 3.5 1'])
    const mapped = connection({ stock: { locations: { E: 'east', '*': 'west' } } })
    expect(await deliver(sink, shopStock(SKU, { E: '3', W: '2', S: '1' }), mapped)).toMatchObject({
      outcome: 'written',
    })
    await deliver(sink, shopStock(SKU, { E: '3', W: '2', S: '1' }), mapped)
    expect(await stock()).toEqual(['default 3.5 1', 'east 3 1', 'west 3 1'])
    await deliver(sink, shopStock(SKU, { W: '2' }), mapped)
    expect(await stock()).toEqual(['default 3.5 1', 'east 0 0', 'west 2 1'])
  })

  it('of an item that is gone is nothing; of a product that is not there yet it waits', async () => {
    const sink = await shop.sink('shop-inventory')
    await deliver(sink, shopStock(SKU, null))
    expect(await stock()).toEqual(['default 0 0'])
    await expect(deliver(sink, shopStock('LATER', { E: '1' }))).rejects.toMatchObject({ code: 'item_missing' })
    expect(await deliver(sink, shopStock('LATER', null))).toMatchObject({ outcome: 'unchanged' })
    await deliver(await shop.sink('shop-products'), shopProduct('LATER', { name: 'Later', price: '1' }))
    await deliver(sink, shopStock('LATER', { E: '1' }))
    expect(await stock('LATER')).toEqual(['default 1 1'])
  })

  it('for a source the shop does not have is refused with its words', async () => {
    const sink = await shop.sink('shop-inventory')
    const mapped = connection({ stock: { locations: { '*': 'nowhere' } } })
    await expect(deliver(sink, shopStock(SKU, { E: '1' }), mapped)).rejects.toMatchObject({
      code: 'target_rejected',
      message: expect.stringContaining('nowhere'),
    })
  })

  it('that the queue has not set yet comes to its end before a newer one is sent', async () => {
    await shop.switch({ bulkDelayMs: null })
    const sink = await shop.sink('shop-inventory')
    const older = deliver(sink, shopStock(SKU, { E: '5' }))
    await expect.poll(async () => (await bulks()).length).toBe(1)
    const newer = deliver(sink, shopStock(SKU, { E: '4' }))
    await shop.switch({ bulkDelayMs: 0 })
    await shop.control('/_sim/bulk/run', {})
    await Promise.all([older, newer])
    expect(await stock()).toEqual(['default 4 1'])
  })
})

describe('images', () => {
  const url = (name: string) => `${shop.url}/media/catalog/product/${name}`
  const open = () => shop.sink('shop-images', {})
  const gallery = async () => wiresOf((await product())?.['media_gallery_entries'])
  const ours = async () => (await gallery()).filter(({ file }) => String(file).startsWith('/w/s/ws-'))
  const picture = (name: string, position: number, more: object = {}) => ({
    url: url(name),
    position,
    label: name,
    mediaType: 'image',
    picture: null,
    ...more,
  })
  const uploads = async () => (await shop.requests()).filter((one) => one === `POST /V1/products/${SKU}/media`)

  it('are uploaded once, changed where they differ, and taken away when they are gone', async () => {
    const sink = await open()
    const own = (await gallery()).length
    const event = shopImages(SKU, { gallery: [picture('a.jpg', 1), picture('b.png', 2)] })
    expect(await deliver(sink, event)).toEqual({ outcome: 'written', targetId: SKU })
    expect(await deliver(sink, event)).toEqual({ outcome: 'unchanged', targetId: SKU })
    expect(await uploads()).toHaveLength(2)
    expect(await ours()).toMatchObject([
      { label: 'a.jpg', position: 1 },
      { label: 'b.png', position: 2 },
    ])
    const moved = shopImages(SKU, { gallery: [picture('b.png', 1, { label: 'B' }), picture('c.gif', 2)] })
    await deliver(sink, moved)
    expect(await ours()).toMatchObject([{ label: 'B', position: 1 }, { label: 'c.gif' }])
    expect(await uploads()).toHaveLength(3)
    await deliver(sink, shopImages(SKU, null))
    expect(await ours()).toEqual([])
    expect(await gallery()).toHaveLength(own)
  })

  it('have the roles that no image of the store has', async () => {
    const without = 'WLD-J10'
    const entries = wiresOf((await product(without))?.['media_gallery_entries'])
    const taken = new Set(entries.flatMap(({ types }) => types as string[]))
    const data = { image: url('a.jpg'), swatchImage: url('a.jpg'), gallery: [picture('a.jpg', 1)] }
    await deliver(await open(), shopImages(without, data))
    const now = wiresOf((await product(without))?.['media_gallery_entries'])
    const added = now.find(({ file }) => String(file).startsWith('/w/s/ws-'))
    expect(added?.['types']).toEqual(['image', 'swatch_image'].filter((type) => !taken.has(type)))
    expect(now.slice(0, entries.length)).toEqual(entries)
  })

  it('whose upload got no answer are not there twice', async () => {
    const sink = await open()
    const event = shopImages(SKU, { gallery: [picture('a.jpg', 1)] })
    await shop.faults({ method: 'POST', path: '/media$', kind: 'commit-then-close', times: 1 })
    await expect(deliver(sink, event)).rejects.toMatchObject({ code: 'target_unavailable' })
    expect(await deliver(sink, event)).toMatchObject({ outcome: 'unchanged' })
    expect(await ours()).toHaveLength(1)
  })

  it('that can’t be had keep no other away, and nothing goes before they came', async () => {
    const sink = await open()
    await deliver(sink, shopImages(SKU, { gallery: [picture('old.jpg', 1)] }))
    const mixed = shopImages(SKU, {
      gallery: [{ ...picture('x', 1), url: `${shop.url}/_sim/state` }, picture('a.jpg', 2)],
    })
    await expect(deliver(sink, mixed)).rejects.toMatchObject({
      code: 'source_data_invalid',
      message: expect.stringContaining('not a JPEG, PNG or GIF'),
    })
    expect((await ours()).map(({ label }) => label)).toEqual(['old.jpg', 'a.jpg'])
    await shop.faults({ path: '/media/catalog/product/b.jpg', kind: 'status', status: 503, times: 1 })
    await expect(deliver(sink, shopImages(SKU, { gallery: [picture('b.jpg', 1)] }))).rejects.toMatchObject({
      code: 'item_missing',
    })
  })

  it('in WebP are refused by name, because Magento accepts none', async () => {
    const webp = deliver(await open(), shopImages(SKU, { gallery: [picture('a.webp', 1), picture('b.jpg', 2)] }))
    await expect(webp).rejects.toMatchObject({
      code: 'source_data_invalid',
      message: expect.stringMatching(/a\.webp is a WebP image, .* use JPEG, PNG or GIF$/),
    })
    expect((await ours()).map(({ label }) => label)).toEqual(['b.jpg'])
  })

  it('behind private addresses are not fetched unless the operator allows it', async () => {
    const sink = await shop.sink('shop-images', { allowPrivateAddresses: 'true' }, networkRulesOf({}))
    await expect(deliver(sink, shopImages(SKU, { gallery: [picture('a.jpg', 1)] }))).rejects.toMatchObject({
      code: 'source_data_invalid',
      message: expect.stringContaining('private network'),
    })
  })

  it('of the shop itself are there, and of a product that is not there yet wait', async () => {
    const sink = await open()
    const own = shopImages(SKU, { gallery: [picture('a.jpg', 1)] }, 'magento')
    expect(await deliver(sink, own)).toEqual({ outcome: 'unchanged', targetId: SKU })
    await expect(deliver(sink, shopImages('LATER', {}))).rejects.toMatchObject({ code: 'item_missing' })
    expect(await deliver(sink, shopImages('LATER', null))).toMatchObject({ outcome: 'unchanged' })
  })
})

it('every kind can be probed', async () => {
  for (const kind of ['shop-products', 'shop-inventory', 'shop-images', 'shop-fulfilments'] as const) {
    const sink = await shop.sink(kind)
    await expect(sink.probe?.(signal)).resolves.toBeUndefined()
    expect(wireOf(sink)).toMatchObject({ kind, naturalKey: kind === 'shop-products' || kind === 'shop-inventory' })
  }
})
