import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { magentoAdmin, magentoBearerToken } from '../../../../simulators/magento2/authorization.ts'
import type { MagentoSimulator } from '../../../../simulators/magento2/start-magento-simulator.ts'
import type { Order, Product, SourceItem } from '../../../../simulators/magento2/wire-types.ts'
import { call, control, criteria, oauthHeader, ownCatalog, startShop } from './shop-client.ts'

interface List<T> {
  items: T[]
  total_count: number
}
interface State {
  orders: Order[]
  products: Product[]
  sourceItems: SourceItem[]
}

let shop: MagentoSimulator
beforeAll(async () => {
  shop = await startShop()
})
afterAll(() => shop.close())

describe('authorization', () => {
  const get = async (headers: Record<string, string>, path = '/orders/1') => {
    const answer = await fetch(`${shop.url}/rest/default/V1${path}`, { headers })
    return { status: answer.status, body: await answer.json() }
  }
  const url = () => `${shop.url}/rest/default/V1/orders/1`

  it('refuses calls without credentials, naming what is missing', async () => {
    expect(await get({})).toEqual({
      status: 401,
      body: {
        message: "The consumer isn't authorized to access %resources.",
        parameters: { resources: 'Magento_Sales::actions_view' },
      },
    })
  })

  it('refuses wrong signatures, keys and methods with the vendor’s codes', async () => {
    const wrong = (changes: Record<string, string>) => get({ authorization: oauthHeader('GET', url(), changes) })
    expect(await get({ authorization: oauthHeader('POST', url()) })).toMatchObject({ status: 401, body: { code: 7 } })
    expect(await wrong({ oauth_consumer_key: 'x' })).toMatchObject({ status: 401, body: { code: 8 } })
    expect(await wrong({ oauth_signature_method: 'HMAC-SHA1' })).toMatchObject({ status: 400, body: { code: 6 } })
    expect(await wrong({ oauth_timestamp: '1' })).toMatchObject({ status: 400, body: { code: 4 } })
  })

  it('refuses a nonce used before', async () => {
    const authorization = oauthHeader('GET', url())
    expect((await get({ authorization })).status).toBe(200)
    expect(await get({ authorization })).toMatchObject({ status: 401, body: { code: 5 } })
  })

  it('accepts an administrator’s token, and the integration’s alone only where that is switched on', async () => {
    const login = async (password: string) => {
      const answer = await fetch(`${shop.url}/rest/V1/integration/admin/token`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ username: magentoAdmin.username, password }),
      })
      return { status: answer.status, body: (await answer.json()) as string }
    }
    expect((await login('wrong')).status).toBe(401)
    const { body: token } = await login(magentoAdmin.password)
    expect((await get({ authorization: `Bearer ${token}` })).status).toBe(200)
    expect((await get({ authorization: `Bearer ${magentoBearerToken}` })).status).toBe(401)
    const open = await startShop({ orders: 1, integrationAsBearer: true })
    const answer = await fetch(`${open.url}/rest/all/V1/orders/1`, {
      headers: { authorization: `Bearer ${magentoBearerToken}` },
    })
    expect(answer.status).toBe(200)
    await open.close()
  })
})

describe('orders', () => {
  it('are found by time and paged by a unique sort, all of them once', async () => {
    const seen: number[] = []
    for (let page = 1; page <= 4; page += 1) {
      const query = criteria([['updated_at', 'gteq', '2026-01-01 00:00:00']], {
        '[sortOrders][0][field]': 'entity_id',
        '[sortOrders][0][direction]': 'ASC',
        '[pageSize]': '8',
        '[currentPage]': String(page),
      })
      const { body } = await call<List<Order>>(shop, 'GET', `/orders?${query}&fields=items[entity_id],total_count`)
      expect(body.total_count).toBe(30)
      expect(Object.keys(body)).not.toContain('search_criteria')
      seen.push(...body.items.map(({ entity_id: id }) => id))
    }
    expect(seen).toEqual(Array.from({ length: 30 }, (_, index) => index + 1))
  })

  it('tells what is not there as the vendor does', async () => {
    expect(await call(shop, 'GET', '/orders/999')).toEqual({
      status: 404,
      body: {
        message: 'No such entity with %fieldName = %fieldValue',
        parameters: { fieldName: 'id', fieldValue: 999 },
      },
    })
    expect(await call(shop, 'GET', '/nothing')).toEqual({
      status: 404,
      body: { message: 'Request does not match any route.' },
    })
    expect(await call(shop, 'GET', `/orders?${criteria([['colour', 'eq', 'x']])}`)).toMatchObject({
      status: 500,
      body: { message: expect.stringMatching(/Report ID: webapi-[0-9a-f]{13}$/) },
    })
  })

  it('are shipped whole once, and not beyond', async () => {
    const tracks = [{ track_number: 'T1', title: 'UPS', carrier_code: 'ups' }]
    const noNumber = await call(shop, 'POST', '/order/3/ship', { tracks: [{ title: 'UPS', carrier_code: 'ups' }] })
    expect(noNumber).toMatchObject({
      status: 400,
      body: { message: expect.stringContaining('enter a tracking number') },
    })
    expect(await call(shop, 'POST', '/order/3/ship', { tracks })).toEqual({ status: 200, body: '1' })
    expect((await call(shop, 'POST', '/order/3/ship', { tracks })).status).toBe(400)
    expect((await call<Order>(shop, 'GET', '/orders/3')).body).toMatchObject({ state: 'complete', status: 'complete' })
    const { body } = await call<List<object>>(shop, 'GET', `/shipments?${criteria([['order_id', 'eq', '3']])}`)
    expect(body).toMatchObject({ total_count: 1, items: [{ tracks: [{ track_number: 'T1' }] }] })
  })

  it('take comments', async () => {
    const plain = { comment: 'Grüße', is_customer_notified: 0, is_visible_on_front: 1, parent_id: 4 }
    const statusHistory = { ...plain, status: 'processing' }
    expect(await call(shop, 'POST', '/orders/4/comments', { statusHistory })).toEqual({ status: 200, body: true })
    const { body } = await call<Order>(shop, 'GET', '/orders/4')
    expect(body).toMatchObject({ status: 'processing', status_histories: [statusHistory] })
    await call(shop, 'POST', '/orders/4/comments', { statusHistory: plain })
    expect((await call<Order>(shop, 'GET', '/orders/4')).body.status).toBeNull()
  })
})

describe('products', () => {
  it('are read by encoded SKU, created, changed and deleted', async () => {
    const sku = 'ÄX/1 %'
    const path = `/products/${encodeURIComponent(sku)}`
    const created = await call<Product>(shop, 'POST', '/products', { product: { sku, name: 'Ä', price: '12.50' } })
    expect(created).toMatchObject({ status: 200, body: { sku, price: 12.5, type_id: 'simple', status: 1 } })
    const custom_attributes = [{ attribute_code: 'color', value: 'Red' }]
    await call(shop, 'PUT', path, { product: { custom_attributes } })
    expect((await call<Product>(shop, 'GET', path)).body).toMatchObject({ price: 12.5, custom_attributes })
    expect(await call(shop, 'PUT', path, { product: { price: 'cheap' } })).toMatchObject({
      status: 400,
      body: {
        message:
          'Error occurred during "price" processing. The "cheap" value\'s type is invalid. The "float" type was expected. Verify and try again.',
      },
    })
    expect(await call(shop, 'DELETE', path)).toEqual({ status: 200, body: true })
    expect((await call(shop, 'GET', path)).status).toBe(404)
  })

  it('take images; a role goes to the last that claims it', async () => {
    const content = { base64_encoded_data: '/9j/4A==', type: 'image/jpeg', name: 'New One.jpg' }
    const entry = { media_type: 'image', label: 'New', position: 9, disabled: false, types: ['image'], content }
    const { body: id } = await call<string>(shop, 'POST', '/products/WLD-K03/media', { entry })
    expect(id).toMatch(/^\d+$/)
    const { body: product } = await call<Product>(shop, 'GET', '/products/WLD-K03')
    expect(product.custom_attributes).toContainEqual({ attribute_code: 'image', value: '/n/e/new_one.jpg' })
    expect(product.media_gallery_entries.filter(({ types }) => types.includes('image'))).toHaveLength(1)
    const file = await fetch(`${shop.url}/media/catalog/product/n/e/new_one.jpg`)
    expect([file.status, file.headers.get('content-type')]).toEqual([200, 'image/jpeg'])
    expect(await call(shop, 'DELETE', `/products/WLD-K03/media/${id}`)).toEqual({ status: 200, body: true })
  })

  it('take no WebP', async () => {
    const content = { base64_encoded_data: 'UklGRiQAAABXRUJQVlA4IA==', type: 'image/webp', name: 'new.webp' }
    const entry = { media_type: 'image', label: 'New', position: 9, disabled: false, types: [], content }
    const message = 'The image MIME type is not valid or not supported.'
    const answer = await call(shop, 'POST', '/products/WLD-K03/media', { entry })
    expect(answer).toMatchObject({ status: 400, body: { message } })
  })

  it('have stock in sources, saved as it is', async () => {
    const save = (item: object) => call(shop, 'POST', '/inventory/source-items', { sourceItems: [item] })
    expect(await save({ sku: '', source_code: 'default', quantity: 1, status: 1 })).toMatchObject({
      status: 400,
      body: {
        message: 'Validation Failed: "sku" can not be empty.',
        errors: [{ message: '"%field" can not be empty.', parameters: { field: 'sku' } }],
      },
    })
    const item = { sku: 'WLD-K03', source_code: 'default', quantity: 7, status: 1 }
    expect(await save(item)).toEqual({ status: 200, body: [] })
    const query = criteria([['sku', 'eq', 'WLD-K03']])
    const { body } = await call<List<SourceItem>>(shop, 'GET', `/inventory/source-items?${query}`)
    expect(body.items).toEqual([item])
  })
})

describe('source items are refused as InventoryApi/Test/Api/SourceItemsSave/ValidationTest.php says', () => {
  const valid = { sku: 'WLD-K03', source_code: 'default', quantity: 1.5, status: 1 }
  const failed = (field: string, ...problems: string[]) => ({
    message: `Validation Failed: "${field}" ${problems[0]}`,
    errors: problems.map((problem) => ({ message: `"%field" ${problem}`, parameters: { field } })),
  })
  const mistyped = (field: string, value: string, type: string) => ({
    message: `Error occurred during "${field}" processing. The "${value}" value's type is invalid. The "${type}" type was expected. Verify and try again.`,
  })
  it.each([
    [{ sku: undefined }, failed('sku', 'can not be empty.')],
    [{ sku: null }, failed('sku', 'can not be empty.')],
    [{ sku: '' }, failed('sku', 'can not be empty.')],
    [{ sku: ' ' }, failed('sku', 'can not be empty.', 'can not contain leading or trailing spaces.')],
    [{ source_code: undefined }, failed('source_code', 'can not be empty.')],
    [{ source_code: ' ' }, failed('source_code', 'can not be empty.', 'can not contain whitespaces.')],
    [{ source_code: 'source code' }, failed('source_code', 'can not contain whitespaces.')],
    [{ source_code: 'not-existed-source-code' }, { message: 'Could not save Source Item' }],
    [{ quantity: undefined }, failed('quantity', 'should be numeric.')],
    [{ quantity: null }, failed('quantity', 'should be numeric.')],
    [{ status: undefined }, failed('status', 'should be numeric.')],
    [{ status: '999999' }, failed('status', 'should a known status.')],
    [{ quantity: '' }, mistyped('quantity', '', 'float')],
    [{ quantity: 'test' }, mistyped('quantity', 'test', 'float')],
    [{ source_code: [] }, mistyped('source_code', 'array', 'string')],
  ])('%j', async (change, body) => {
    const sourceItems = [{ ...valid, ...change }]
    expect(await call(shop, 'POST', '/inventory/source-items', { sourceItems })).toEqual({ status: 400, body })
  })

  it('an empty list', async () => {
    const empty = await call(shop, 'POST', '/inventory/source-items', { sourceItems: [] })
    expect(empty).toEqual({ status: 400, body: { message: 'Input data is empty' } })
  })
})

describe('control and kept data', () => {
  it('makes orders now, changes orders and products, and moves their time', async () => {
    const { orders } = await control<State>(shop, 'POST', '/orders', { count: 2 })
    expect(orders.map(({ entity_id: id }) => id)).toEqual([31, 32])
    const before = (await call<Order>(shop, 'GET', '/orders/5')).body.updated_at
    await control(shop, 'PATCH', '/orders/000000005', { state: 'holded', status: 'fraud_check' })
    const { body: order } = await call<Order>(shop, 'GET', '/orders/5')
    expect(order).toMatchObject({ state: 'holded', status: 'fraud_check' })
    expect(order.updated_at > before).toBe(true)
    await control(shop, 'PATCH', '/products/WLD-K02', { name: 'Pots', custom_attributes: { care: null, color: 'Tin' } })
    const { body: product } = await call<Product>(shop, 'GET', '/products/WLD-K02')
    const codes = product.custom_attributes.map(({ attribute_code: code }) => code)
    expect([product.name, codes.includes('color'), codes.includes('care')]).toEqual(['Pots', true, false])
    const reply = await control<object>(shop, 'POST', '/products/WLD-K02/media', { file: '/p/o/pots.jpg', label: 'P' })
    expect(reply).toMatchObject({ file: '/p/o/pots.jpg', types: [] })
  })

  it('finds its data again, refuses another catalog’s, and resets to the beginning', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'shop-'))
    const dataFile = join(folder, 'shop.sqlite')
    const first = await startShop({ dataFile, orders: 3 })
    const initial = await control<State>(first, 'GET', '/state')
    await control(first, 'POST', '/orders', { count: 1 })
    const kept = await control<State>(first, 'GET', '/state')
    await first.close()
    const otherCatalog = join(folder, 'other.csv')
    writeFileSync(otherCatalog, 'sku,product_type,name,price,qty\na,simple,A,1,1\n')
    await expect(startShop({ dataFile, catalogFile: otherCatalog })).rejects.toThrow('another catalog')
    const second = await startShop({ dataFile, orders: 3, catalogFile: ownCatalog })
    expect(await control<State>(second, 'GET', '/state')).toEqual(kept)
    await control(second, 'POST', '/reset')
    expect(await control<State>(second, 'GET', '/state')).toEqual(initial)
    await second.close()
    rmSync(folder, { recursive: true })
  })
})
