// B2B Edition's orders were asked for by a field that its documents do not have: every read of such a store would have failed.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { BigCommerceSimulator } from '../../simulators/bigcommerce/start.ts'
import { writeBigCommerceFulfilments } from '../../src/systems/bigcommerce/write-fulfilments.ts'
import { writeBigCommerceImages } from '../../src/systems/bigcommerce/write-images.ts'
import { writeBigCommerceInventory } from '../../src/systems/bigcommerce/write-inventory.ts'
import { writeBigCommerceProducts } from '../../src/systems/bigcommerce/write-products.ts'
import { wiresOf } from '../../src/systems/kit/wire.ts'
import {
  bcConnection,
  FIRST,
  shopFulfilment,
  shopImages,
  shopInventory,
  shopProduct,
} from '../data/bigcommerce-events.ts'
import { connectTo, startStore, stateOf } from '../worlds/bigcommerce.ts'
import { bigcommerceDocuments, withoutErrata } from '../worlds/bigcommerce-documents.ts'
import { type ContractMock, contractMock } from '../worlds/contract-mock.ts'
import { type RecordedCall, type Recorder, startRecorder } from '../worlds/recorder.ts'
import { listAll, readAll } from '../worlds/sources.ts'
import { hasSpecFile } from '../worlds/spec-file.ts'

const signal = new AbortController().signal

/** Those that mistakes are planted in. */
const hasPlanted = bigcommerceDocuments('').every(
  ({ file }) => !/(order|products_catalog.v3|inventory.v3)\.ya?ml$/.test(file) || hasSpecFile(file),
)
const isWhole = bigcommerceDocuments('').every(({ file }) => hasSpecFile(file))

describe('what is said to BigCommerce and by it, as its documents have it', () => {
  let store: BigCommerceSimulator
  let recorder: Recorder
  let mock: ContractMock
  let calls: readonly RecordedCall[]

  beforeAll(async () => {
    store = await startStore({ orders: 30 })
    recorder = await startRecorder(store.url)
    mock = await contractMock(bigcommerceDocuments(`/stores/${store.credentials.storeHash}`))
    const through = { ...store, url: recorder.url, b2bUrl: recorder.url }
    const hook = { scope: 'store/order/*', destination: 'https://example.com/hook', is_active: true }
    await registerHook(store, hook)
    await readEverything(through)
    await writeEverything(through)
    calls = recorder.calls.filter(({ url }) => !/^\/(_sim|product_images)\//.test(url))
  }, 300_000)
  afterAll(async () => {
    recorder.close()
    await store.close()
  })

  it('is in one of the documents', () => {
    expect(
      calls.filter((call) => mock.documentOf(call) === undefined).map(({ method, url }) => `${method} ${url}`),
    ).toEqual([])
  })

  // One that was not fetched is reported as skipped.
  for (const { file } of bigcommerceDocuments('')) {
    it.skipIf(!hasSpecFile(file))(`has every path, parameter, header, body and answer in ${file}`, async () => {
      const own = calls.filter((call) => mock.documentOf(call) === file)
      expect(own).not.toEqual([])
      const sent = await Promise.all(own.map((call) => mock.requestFaults(call)))
      const answered = await Promise.all(own.map((call) => mock.answerFaults(call)))
      expect(withoutErrata([...sent, ...answered].flat())).toEqual([])
    })
  }

  it.skipIf(!isWhole)('is all that is read and written', () => {
    expect([...new Set(calls.map((call) => mock.nameOf(call)))].toSorted()).toEqual([...EVERY_CALL].toSorted())
  })

  it.skipIf(!hasPlanted).each([
    ['GET', '/api/v3/io/orders?sortBy=bcOrderId'],
    ['GET', '/api/v3/io/orders?limit=250'],
    ['GET', '/api/v3/io/orders?invented=1'],
    ['GET', '/stores/wldstore1/v3/catalog/products?sort=invented'],
    ['GET', '/stores/wldstore1/v3/invented'],
    ['PUT', '/stores/wldstore1/v3/inventory/adjustments/absolute'],
  ])('finds what is wrong with %s %s', async (method, url) => {
    const [first] = calls
    if (first === undefined) throw new Error('nothing was sent')
    const sent = method === 'PUT' ? '{"items":[{"location_id":"east","quantity":"many"}]}' : ''
    expect(withoutErrata(await mock.requestFaults({ ...first, method, url, sent }))).not.toEqual([])
  })

  it.skipIf(!hasPlanted)('finds an answer of another type', async () => {
    const call = calls.find((one) => mock.nameOf(one) === 'GET /catalog/products')
    if (call === undefined) throw new Error('no products were read')
    const answered = call.answered.replaceAll(/"price":[\d.]+/g, '"price":"dear"')
    expect(withoutErrata(await mock.answerFaults({ ...call, answered }))).not.toEqual([])
  })
})

const EVERY_CALL = [
  'GET /orders',
  'GET /orders/{order_id}',
  'GET /orders/{order_id}/products',
  'GET /orders/{order_id}/shipping_addresses',
  'GET /orders/{order_id}/coupons',
  'GET /orders/{order_id}/shipments',
  'POST /orders/{order_id}/shipments',
  'PUT /orders/{order_id}/shipments/{shipment_id}',
  'PUT /orders/{order_id}',
  'GET /orders/{bcOrderId}',
  'GET /companies/{companyId}',
  'GET /channels',
  'GET /store',
  'GET /hooks',
  'GET /catalog/products',
  'GET /catalog/variants',
  'GET /catalog/brands',
  'POST /catalog/products',
  'PUT /catalog/products/{product_id}',
  'PUT /catalog/products/{product_id}/variants/{variant_id}',
  'POST /catalog/products/{product_id}/custom-fields',
  'PUT /catalog/products/{product_id}/custom-fields/{custom_field_id}',
  'DELETE /catalog/products/{product_id}/custom-fields/{custom_field_id}',
  'POST /catalog/products/{product_id}/images',
  'PUT /catalog/products/{product_id}/images/{image_id}',
  'DELETE /catalog/products/{product_id}/images/{image_id}',
  'GET /inventory/items',
  'PUT /inventory/adjustments/absolute',
]

/** A value of each filter of the lists. */
const ORDER_FILTER = { channel_id: '1', customer_id: '1', payment_method: 'Manual', external_order_id: 'x' }
const CATALOG_FILTER = {
  'channel_id:in': '1',
  'categories:in': '1,2',
  'id:in': '1,2',
  'sku:in': 'WLD-J10,WLD-K03',
  'id:not_in': '3',
  name: 'Jacket',
  mpn: 'm',
  upc: '1',
  keyword: 'jacket',
  is_free_shipping: '0',
  brand_id: '1',
  type: 'physical',
  condition: 'new',
  availability: 'available',
  is_visible: '1',
  is_featured: '0',
}

async function readEverything(store: BigCommerceSimulator): Promise<void> {
  const { client, reader } = connectTo(store, { settings: { b2b: 'true' } })
  for (const entity of ['orders', 'products', 'inventory', 'images'] as const) {
    await readAll(reader(entity, 7))
    await listAll(reader(entity, 100))
  }
  const window = { from: Date.now() - 86_400_000, to: Date.now() + 60_000 }
  await readAll(reader('orders', 7), window)
  const filters = { orders: ORDER_FILTER, products: CATALOG_FILTER, images: { 'sku:in': 'WLD-J10' } }
  for (const [entity, filter] of Object.entries(filters)) {
    await readAll(reader(entity as 'orders' | 'products' | 'images', 7, filter))
  }
  await client().check(signal)
}

/** Fields of a product that are written under the attribute's own name. */
const OFFICIAL = {
  brand_name: 'Waldwerk',
  tax_class_id: '1',
  is_free_shipping: 'true',
  is_featured: 'false',
  categories: '1,2',
  condition: 'New',
  availability: 'available',
  meta_description: 'M',
  order_quantity_minimum: '1',
  warranty: 'W',
  bin_picking_number: 'B1',
}

async function writeEverything(store: BigCommerceSimulator): Promise<void> {
  const client = connectTo(store).client()
  const { orders } = await stateOf(store)
  const order = orders.find((one) => one['id'] === 100) ?? {}
  const lines = wiresOf(order['products'])
    .filter((row) => row['parent_order_product_id'] === null)
    .map((row) => [String(row['sku']), String(row['quantity']), String(row['id'])] as const)
  const track = (number: string) => ({ number, carrier: 'ups', title: null })
  const fulfil = writeBigCommerceFulfilments(client, { closureStatus: 10, cancellationStatus: 5 })
  for (const event of [
    shopFulfilment('900', '100', lines, { tracks: [track('T1')] }),
    shopFulfilment('900', '100', lines, { tracks: [track('T1'), track('T2')] }),
    shopFulfilment('901', '101', [], { kind: 'closure' }),
  ]) {
    await fulfil.deliver(event, bcConnection(), signal, FIRST)
  }
  const products = writeBigCommerceProducts(client)
  const attributes = { name: 'New', price: '19.90', weight: '1.5', description: 'D', colour: 'Blue', ...OFFICIAL }
  for (const event of [
    shopProduct('NEW-1', attributes),
    shopProduct('NEW-1', { ...attributes, price: '18', colour: 'Red', season: 'Summer' }),
    shopProduct('NEW-1', { ...attributes, colour: null }),
    shopProduct('WLD-J10-XS-Moss', { name: 'ignored', price: '150' }),
    shopProduct('NEW-1', attributes, true),
  ]) {
    await products.deliver(event, bcConnection(), signal, FIRST)
  }
  const stock = writeBigCommerceInventory(client, { defaultLocation: 1 })
  await stock.deliver(shopInventory('WLD-J10-XS-Moss', { East: '7' }), bcConnection(), signal, FIRST)
  const images = writeBigCommerceImages(client)
  const url = (name: string) => `${store.url}/product_images/${name}.jpg`
  for (const urls of [[url('a'), url('b')], [url('b')], []]) {
    await images.deliver(shopImages('WLD-J10', urls), bcConnection(), signal, FIRST)
  }
}

/** A store without any would answer a list that its document does not have. */
async function registerHook(store: BigCommerceSimulator, hook: object): Promise<void> {
  const { storeHash, accessToken } = store.credentials
  const headers = { 'x-auth-token': accessToken, 'content-type': 'application/json' }
  const body = JSON.stringify(hook)
  const { status } = await fetch(`${store.url}/stores/${storeHash}/v3/hooks`, { method: 'POST', headers, body })
  expect(status).toBe(200)
}
