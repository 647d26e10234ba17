import { describe, expect, inject, it, onTestFinished } from 'vitest'
import { readPageFiles } from '../../src/api/page-files.ts'
import { encodeConnection } from '../../src/configuration/stored-form.ts'
import { CONNECTIONS } from '../../src/configuration/tables.ts'
import { decimal8 } from '../../src/events/decimal.ts'
import type { ProductChanged, UniversalInventoryChanged } from '../../src/events/generated/events.ts'
import { createKey } from '../../src/operations/keys.ts'
import { everything } from '../../src/operations/principal.ts'
import { stagedStage } from '../../src/projections/staged.ts'
import { imagesChanged, inventoryChanged, pricesChanged, productsChanged } from '../data/feed-events.ts'
import { connectionOf } from '../data/processor-events.ts'
import { entityResult, statusRecord } from '../data/sync-status.ts'
import { memoryCodec } from '../memory/codec.ts'
import { browserFor, expectNoOverflow, expectOpenToAll, hasBrowser } from '../worlds/browser.ts'
import { batchContext } from '../worlds/stage-context.ts'
import { twoSellers } from '../worlds/two-sellers.ts'

const open = browserFor()
const boss = everything({ kind: 'cli', name: 'boss' })
const SKU = 'WLD-J10/XS'
/** Whatever an ERP lets its people type, as long as a SKU may be. */
const ODD = `A/1 größe %2F #x?y=&z <b>"'\\ 日本 ${'é'.repeat(64)}`.slice(0, 64)
const asRead = (sku: string): ProductChanged['data'] => ({
  sku,
  name: 'Wall Jacket',
  productType: 'simple',
  active: true,
  parentSku: null,
  barcode: null,
  manufacturer: null,
  price: decimal8('52', 'price'),
  currency: 'EUR',
  priceLevels: [],
  weight: null,
  weightUnit: null,
  attributes: { custitem_color: '"Slate"' },
})
const productChanged = (sku: string): ProductChanged => ({
  eventId: 'e',
  source: 'erp',
  key: sku,
  taskId: null,
  contentDigest: 'd',
  occurredAt: 1000,
  readAt: 2000,
  deleted: false,
  raw: null,
  data: asRead(sku),
})

/** The page over an API whose topics have a product, its stock and its images, as read and as the feeds have them. */
async function world(sku = SKU, stock: UniversalInventoryChanged | null = null) {
  const codec = memoryCodec()
  const head = { connection: 'alder', source: 'erp', sku }
  const mapped = productsChanged(head, { name: 'Wall Jacket', color: 'Slate grey', price: '52' })
  const values: readonly (readonly [string, Buffer])[] = [
    ['products', codec.encode('products', productChanged(sku))],
    ['universal-products', codec.encode('universal-products', mapped)],
    ['universal-inventory', codec.encode('universal-inventory', stock ?? inventoryChanged(head, '7.5'))],
    ['universal-prices', codec.encode('universal-prices', pricesChanged(head, '52'))],
    ['universal-images', codec.encode('universal-images', imagesChanged(head, 'https://img.example/a/jacket.jpg'))],
  ]
  const topics = new Map(values)
  const reader = {
    read: async (places: readonly { topic: string; partition: number; offset: number }[]) =>
      places.map(({ topic, partition, offset }) => {
        const value = topics.get(topic)
        const at = { topic, partition, offset: BigInt(offset), timestamp: 0, key: null, headers: [] }
        return value === undefined ? null : { ...at, value }
      }),
  }
  const page = await readPageFiles(inject('builtPage'))
  const api = await twoSellers(['alder', 'birch'], {
    page,
    token: 'the-token',
    staged: { reader, codec, topicPrefix: '' },
  })
  const rules = [
    { attribute: 'name', from: 'name' },
    { attribute: 'color', from: 'attributes.custitem_color', lookup: { Slate: 'Slate grey' } },
    { attribute: 'price', from: 'price', type: 'decimal' },
    { attribute: 'gtin', from: 'barcode' },
  ]
  const admin = { authorization: 'Bearer the-token' }
  expect((await api.send('PUT', '/v1/connections/alder/metadata', { attributes: rules }, admin)).status).toBe(201)
  for (const [index, entity] of ['products', 'inventory', 'prices', 'images'].entries()) {
    const place = (topic: string) => ({ topic, partition: 0, offset: 1, bytes: 10 })
    const result = entityResult({ entity, source: 'erp', connection: 'alder', key: sku, status: 'succeeded' })
    const places = [{ source: place(entity), mapped: place(`universal-${entity}`) }]
    const record = statusRecord(`${entity}-feed`, index + 1, [result], 't', places)
    await stagedStage(api).handle([record], batchContext().context)
  }
  const base = await api.app.listen({ host: '127.0.0.1', port: 0 })
  onTestFinished(() => api.app.close())
  const signIn = async (key: string, options: Parameters<typeof open>[1] = {}) => {
    const opened = await open(base, options)
    await opened.page.addInitScript(`sessionStorage.setItem('waldstream.key', ${JSON.stringify(key)})`)
    return opened
  }
  return { api, signIn }
}

describe.skipIf(!hasBrowser)('products', () => {
  it('a SKU is found, with where each of its values came from, its stock, its prices and its pictures', async () => {
    const { signIn } = await world()
    const { page, complaints } = await signIn('the-token')
    const pictures: (string | undefined)[] = []
    await page.route('https://img.example/**', (route) => {
      pictures.push(route.request().headers()['referer'])
      return route.fulfill({ contentType: 'image/svg+xml', body: '<svg xmlns="http://www.w3.org/2000/svg"/>' })
    })
    await page.goto('/products')
    await page.getByRole('link', { name: SKU }).waitFor()
    await page.getByPlaceholder('SKU').fill(SKU)
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { level: 1, name: SKU }).waitFor()
    expect(new URL(page.url()).pathname).toBe(`/products/alder/${encodeURIComponent(SKU)}`)
    await page
      .getByRole('row', { name: 'color Slate grey attributes.custitem_color then a lookup of 1 Slate' })
      .waitFor()
    await page.getByRole('row', { name: 'price 52 price as decimal 52' }).waitFor()
    await page.getByRole('row', { name: 'gtin none barcode –' }).waitFor()
    await page.getByRole('row', { name: 'main 7.50 7.50' }).waitFor()
    await page.getByText('In stock').waitFor()
    await page.getByRole('row', { name: 'Base Price 1 52.00 USD' }).waitFor()
    await page.getByRole('row', { name: 'Base Price 10 46.80 USD' }).waitFor()
    await expect.poll(() => pictures).toEqual([undefined])
    await page.reload()
    await page.getByRole('row', { name: 'main 7.50 7.50' }).waitFor()
    expect(complaints).toEqual([])
  })

  it('stock of a connection that sets what may be sold has the sum, and why nothing may be sold', async () => {
    const { api, signIn } = await world()
    const head = { connection: 'alder', source: 'erp', sku: SKU }
    const sellableStock = {
      locations: { policy: 'list', names: ['main'] },
      buffer: { fixed: 2 },
      reserve: true,
      oversell: { holdMinutes: 60 },
    } as const
    const connection = connectionOf('alder', '.', { shop: 'shop-alder', vendor: 'erp', sellableStock })
    const document = encodeConnection(connection)
    await api.tables.put(CONNECTIONS, { kind: 'connection', id: 'alder', document })
    const claims = { revision: 1, open: decimal8('1.5', 'open'), told: [], heldUntil: null }
    await api.projectByKey({ ...inventoryChanged(head, '7.5'), claims })
    const { page, complaints } = await signIn('the-token')
    await page.goto(`/products/alder/${encodeURIComponent(SKU)}`)
    await page.getByRole('row', { name: 'main 7.50 7.50' }).waitFor()
    await page.getByRole('row', { name: 'At the locations that count 7.50 7.50' }).waitFor()
    await page.getByRole('row', { name: 'Less orders on their way − 1.50' }).waitFor()
    await page.getByRole('row', { name: 'Less the buffer − 2' }).waitFor()
    await page.getByRole('row', { name: 'May be sold In stock 4' }).waitFor()
    await expectOpenToAll(page, 'stock that may be sold')
    const heldUntil = Date.UTC(2026, 1, 1)
    await api.projectByKey({ ...inventoryChanged(head, '7.5'), claims: { ...claims, revision: 2, heldUntil } })
    await page.reload()
    await page.getByRole('row', { name: /Held after an oversell until .* all/ }).waitFor()
    await page.getByRole('row', { name: 'May be sold Out of stock 0' }).waitFor()
    await page.getByText('the vendor canceled an order for lack of stock').waitFor()
    expect(complaints).toEqual([])
  })

  it('stock says that a shortage at a location counts as 0, with and without settings of what may be sold', async () => {
    const head = { connection: 'alder', source: 'erp', sku: SKU }
    const row = inventoryChanged(head, '7.5')
    const level = (location: string, available: string) => {
      return { location, onHand: decimal8('1', 'q'), available: decimal8(available, 'q') }
    }
    const locations = [...row.data.locations, level('east', '-3'), level('west', '-2')]
    const event = { ...row, data: { ...row.data, locations } }
    const { api, signIn } = await world(SKU, event)
    await api.projectByKey(event)
    const { page, complaints } = await signIn('the-token')
    await page.goto(`/products/alder/${encodeURIComponent(SKU)}`)
    await page.getByRole('row', { name: 'main 7.50 7.50', exact: true }).waitFor()
    await page.getByRole('row', { name: 'east · a shortage counts as 0 1 −3', exact: true }).waitFor()
    await page.getByRole('row', { name: 'Available in total In stock 7.50' }).waitFor()
    const sellableStock = { locations: { policy: 'list', names: ['main', 'east'] } } as const
    const connection = connectionOf('alder', '.', { shop: 'shop-alder', vendor: 'erp', sellableStock })
    const document = encodeConnection(connection)
    await api.tables.put(CONNECTIONS, { kind: 'connection', id: 'alder', document })
    await page.reload()
    await page.getByRole('row', { name: 'At the locations that count 8.50 7.50' }).waitFor()
    await page.getByRole('row', { name: 'east · a shortage counts as 0 1 −3', exact: true }).waitFor()
    await page.getByRole('row', { name: 'west · does not count 1 −2', exact: true }).waitFor()
    await expectOpenToAll(page, 'stock with a shortage')
    expect(complaints).toEqual([])
  })

  it('a SKU of any signs is found, opened from the list, reloaded, and tried on the mapping', async () => {
    const { signIn } = await world(ODD)
    const { page, complaints } = await signIn('the-token')
    const address = `/products/alder/${encodeURIComponent(ODD)}`
    await page.route('https://img.example/**', (route) =>
      route.fulfill({ contentType: 'image/svg+xml', body: '<svg xmlns="http://www.w3.org/2000/svg"/>' }),
    )
    await page.goto('/products')
    await page.getByPlaceholder('SKU').fill(` ${ODD} `)
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { level: 1, name: ODD }).waitFor()
    expect(new URL(page.url()).pathname).toBe(new URL(address, page.url()).pathname)
    await page.goBack()
    await page.getByRole('link', { name: ODD }).click()
    await page.getByRole('row', { name: 'main 7.50 7.50' }).waitFor()
    await page.reload()
    await page.getByRole('row', { name: 'price 52 price as decimal 52' }).waitFor()
    await page.setViewportSize({ width: 390, height: 844 })
    await expectNoOverflow(page)
    await page.goto(`/connections/alder/mapping?sku=${encodeURIComponent(ODD)}`)
    await page.getByRole('article', { name: ODD }).waitFor()
    expect(complaints).toEqual([])
  })

  it('shows rules to none who may not see configuration, and says of what is not there what to do', async () => {
    const { api, signIn } = await world()
    const all = { connections: 'all', systems: 'all', expiresAt: null } as const
    const { key } = await createKey(api.operations, boss, { name: 'watcher', scopes: ['observe'], ...all })
    const { page } = await signIn(key)
    await page.goto(`/products/alder/${encodeURIComponent(SKU)}`)
    await page.getByRole('row', { name: 'color Slate grey', exact: true }).waitFor()
    await page.getByText('Rules are shown to a key with the scope configure').waitFor()
    await page.goto('/products?sku=nothing')
    await page.getByText('No feed you can see has a SKU nothing').waitFor()
    await page.goto('/products/birch/A-1')
    await page.getByText('Not in the products feed').waitFor()
  })
})
