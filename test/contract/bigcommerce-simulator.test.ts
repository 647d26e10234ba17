import { createServer } from 'node:http'
import { Ajv } from 'ajv'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { BigCommerceSimulator } from '../../simulators/bigcommerce/start.ts'
import { stringifyExact } from '../../src/platform/json.ts'
import type { BigCommerceClient } from '../../src/systems/bigcommerce/client.ts'
import { writeBigCommerceFulfilments } from '../../src/systems/bigcommerce/write-fulfilments.ts'
import { writeBigCommerceImages } from '../../src/systems/bigcommerce/write-images.ts'
import { writeBigCommerceInventory } from '../../src/systems/bigcommerce/write-inventory.ts'
import { writeBigCommerceProducts } from '../../src/systems/bigcommerce/write-products.ts'
import { wireOf, wiresOf } from '../../src/systems/kit/wire.ts'
import {
  bcConnection,
  FIRST,
  shopFulfilment,
  shopImages,
  shopInventory,
  shopProduct,
} from '../data/bigcommerce-events.ts'
import { connectTo, control, startStore, stateOf } from '../worlds/bigcommerce.ts'
import { answers, requests, v3Page } from './bigcommerce-shapes.ts'

const ajv = new Ajv({ strict: false, allErrors: true })
/** What is wrong with a body, as text. */
function faults(schema: object, body: unknown): string[] {
  const validate = ajv.compile(schema)
  validate(body)
  return (validate.errors ?? []).map(({ instancePath, message, params }) =>
    [instancePath, message, JSON.stringify(params)].join(' '),
  )
}

let store: BigCommerceSimulator
beforeAll(async () => {
  store = await startStore({ mixedStates: true })
})
afterAll(() => store.close())

async function ask(path: string, init: RequestInit & { headers?: Record<string, string> } = {}) {
  const { storeHash, accessToken } = store.credentials
  const headers = { accept: 'application/json', 'x-auth-token': accessToken, ...init.headers }
  const answer = await fetch(`${store.url}/stores/${storeHash}${path}`, { ...init, headers })
  const text = await answer.text()
  return { status: answer.status, headers: answer.headers, text, body: text === '' ? undefined : parse(text) }
}

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

const askB2b = async (path: string, headers: Record<string, string> = {}) => {
  const { storeHash, accessToken } = store.credentials
  const own = { 'x-auth-token': accessToken, 'x-store-hash': storeHash, ...headers }
  const answer = await fetch(`${store.b2bUrl}/api/v3/io${path}`, { headers: own })
  return { status: answer.status, body: await answer.json() }
}

describe('the BigCommerce simulator answers as the documentation says', () => {
  it.each([
    ['order', '/v2/orders?limit=250'],
    ['orderProduct', '/v2/orders/108/products'],
    ['orderAddress', '/v2/orders/102/shipping_addresses'],
  ] as const)('a v2 list of %s', async (name, path) => {
    const { status, body } = await ask(path)
    expect(status).toBe(200)
    expect(body).not.toEqual([])
    expect((body as unknown[]).flatMap((row) => faults(answers[name], row))).toEqual([])
  })

  it.each([
    ['product', '/v3/catalog/products?include=variants,images,custom_fields&limit=250'],
    ['stockItem', '/v3/inventory/items?limit=1000'],
    ['hook', '/v3/hooks'],
  ] as const)('a v3 page of %s', async (name, path) => {
    if (name === 'hook') await register('https://hooks.example.com/v1/webhooks/bc')
    const { status, body } = await ask(path)
    expect(status).toBe(200)
    expect(faults(v3Page(answers[name]), body)).toEqual([])
    expect(wiresOf(wireOf(body)['data']).length).toBeGreaterThan(0)
  })

  it.each([
    ['v2Error', 404, '/v2/orders/9'],
    ['v2Error', 400, '/v2/orders?min_date_modified=yesterday'],
    ['v3Error', 404, '/v3/catalog/products/9999'],
    ['v3Error', 422, '/v3/catalog/products?sort=luck'],
  ] as const)('%s %i of %s', async (name, wanted, path) => {
    const { status, body } = await ask(path)
    expect(status).toBe(wanted)
    expect(faults(answers[name], body)).toEqual([])
  })

  it('the quota in every answer, whatever the case of its names; refusals say when to come back', async () => {
    const own = await startStore({ orders: 1, quota: { requests: 2, windowMs: 60_000 } })
    const { storeHash, accessToken } = own.credentials
    const url = `${own.url}/stores/${storeHash}/v2/orders`
    const get = async () => await fetch(url, { headers: { accept: 'application/json', 'x-auth-token': accessToken } })
    const [first, second, third] = [await get(), await get(), await get()]
    expect([first, second, third].map(({ status }) => status)).toEqual([200, 200, 429])
    expect([first, second, third].map(({ headers }) => headers.get('x-rate-limit-requests-left'))).toEqual([
      '1',
      '0',
      '0',
    ])
    expect(Number(third.headers.get('x-rate-limit-time-reset-ms'))).toBeGreaterThan(50_000)
    await own.close()
  })

  it('204 and no body where a v2 list is empty, XML to who does not ask for JSON, 401 to strangers', async () => {
    expect(await ask('/v2/orders?min_id=99999')).toMatchObject({ status: 204, text: '' })
    const xml = await ask('/v2/orders', { headers: { accept: '*/*' } })
    expect(xml.headers.get('content-type')).toContain('xml')
    expect((await ask('/v2/orders', { headers: { 'x-auth-token': 'other' } })).status).toBe(401)
  })

  it('a date alone gets the time of day it is now', async () => {
    const day = new Date().toISOString().slice(0, 10)
    await control(store, 'PATCH', '/products/WLD-J10', { description: 'New.' })
    const from = async (time: string) =>
      wiresOf(wireOf((await ask(`/v3/catalog/products?date_modified:min=${time}`)).body)['data'])
    expect((await from(`${day}T00:00:00Z`)).length).toBeGreaterThanOrEqual((await from(day)).length)
    expect(await from(`${day}T00:00:00Z`)).not.toEqual([])
  })

  it("B2B Edition's envelope, errors, and refusal of both kinds of token at once", async () => {
    expect(faults(answers.b2bOrders, (await askB2b('/orders?limit=200&showExtra=true')).body)).toEqual([])
    for (const wrong of ['limit=201', 'limit=0', 'sortBy=bcOrderId', 'orderBy=asc', 'channelIds[]=first']) {
      expect((await askB2b(`/orders?${wrong}`)).status).toBe(422)
    }
    expect(faults(answers.b2bCompany, (await askB2b('/companies/7000?isIncludeExtraFields=1')).body)).toEqual([])
    for (const [path, status] of [
      ['/orders/9', 404],
      ['/companies/1', 404],
    ] as const) {
      const answer = await askB2b(path)
      expect(answer.status).toBe(status)
      expect(faults(answers.b2bError, answer.body)).toEqual([])
    }
    expect((await askB2b('/orders', { authToken: 'old' })).status).toBe(401)
  })

  it('callbacks', async () => {
    const bodies: string[] = []
    const server = createServer((request, response) => {
      let text = ''
      request.on('data', (part) => {
        text += part
      })
      request.on('end', () => {
        bodies.push(text)
        response.end()
      })
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as { port: number }
    await register(`http://127.0.0.1:${port}/hook`)
    await control(store, 'PATCH', '/orders/100', { status_id: 9 })
    await control(store, 'POST', '/hooks/flush')
    server.close()
    expect(bodies).toHaveLength(2)
    expect(bodies.flatMap((body) => faults(answers.callback, JSON.parse(body)))).toEqual([])
  })

  it('rejects a planted wrong field', async () => {
    const { body } = await ask('/v2/orders/100')
    expect(faults(answers.order, { ...wireOf(body), total_inc_tax: 12.5 })).toHaveLength(1)
    expect(faults(answers.order, { ...wireOf(body), date_modified: '2026-03-02T18:09:30Z' })).toHaveLength(1)
    const { staff_notes: _, ...without } = wireOf(body)
    expect(faults(answers.order, without)).toHaveLength(1)
  })
})

const register = async (destination: string) => {
  const body = JSON.stringify({ scope: 'store/order/*', destination })
  const answer = await ask('/v3/hooks', { method: 'POST', body, headers: { 'content-type': 'application/json' } })
  expect(answer.status).toBe(200)
}

describe('what we send is as the documentation says', () => {
  /** A client that remembers what it writes, as it goes over the wire. */
  async function recording() {
    const client = await connectTo(store).client()
    const sent: { readonly what: string; readonly body: unknown }[] = []
    const recorded: BigCommerceClient = {
      ...client,
      async write(write, signal) {
        const body = write.body === undefined ? undefined : JSON.parse(stringifyExact(write.body))
        sent.push({ what: `${write.method} ${write.path.replaceAll(/\/\d+(?=\/|$)/g, '/#')}`, body })
        return await client.write(write, signal)
      },
    }
    return { client: recorded, sent }
  }

  it('in every write of every sink', async () => {
    const { client, sent } = await recording()
    const signal = new AbortController().signal
    const deliver = async (sink: { deliver(...args: never[]): Promise<unknown> }, event: unknown) =>
      await sink.deliver(...([event, bcConnection(), signal, FIRST] as unknown as never[]))
    const row = wiresOf((await stateOf(store)).orders.find(({ id }) => id === 103)?.['products'])[0]
    const lines = [[String(row?.['sku']), '1', String(row?.['id'])]] as const
    const status = { closureStatus: 10, cancellationStatus: null }
    const fulfilments = writeBigCommerceFulfilments(client, status)
    await deliver(fulfilments, shopFulfilment('900', '103', lines))
    await deliver(
      fulfilments,
      shopFulfilment('900', '103', lines, { tracks: [{ number: '1Z', carrier: 'ups', title: null }] }),
    )
    await deliver(fulfilments, shopFulfilment('901', '105', [], { kind: 'closure' }))
    await deliver(
      writeBigCommerceInventory(client, { defaultLocation: 1 }),
      shopInventory('WLD-J10-XS-Moss', { East: '2.7' }),
    )
    const products = writeBigCommerceProducts(client)
    const tent = { name: 'Tent', price: '199.90', categories: '1,2', is_visible: 'true', colour: 'Moss' }
    await deliver(products, shopProduct('NEW-1', tent))
    await deliver(products, shopProduct('NEW-1', { ...tent, price: '189', colour: 'Slate', season: 'Summer' }))
    await deliver(products, shopProduct('NEW-1', { ...tent, season: null }, false))
    await deliver(products, shopProduct('WLD-J10-XS-Moss', { price: '12.5' }))
    await deliver(products, shopProduct('WLD-J10-XS-Moss', {}, true))
    const images = writeBigCommerceImages(client)
    const url = (name: string) => `${store.url}/product_images/${name}.jpg`
    await deliver(images, shopImages('NEW-1', [url('a'), url('b')]))
    await deliver(images, shopImages('NEW-1', [url('b'), url('a')]))
    await deliver(images, shopImages('NEW-1', []))
    const withBody = sent.filter(({ body }) => body !== undefined)
    expect(
      withBody.flatMap(({ what, body }) =>
        faults(requests[what] ?? { not: {} }, body).map((fault) => `${what} ${fault}`),
      ),
    ).toEqual([])
    expect(new Set(withBody.map(({ what }) => what))).toEqual(new Set(Object.keys(requests)))
  })

  it('a planted wrong field is rejected', () => {
    const adjustment = { location_id: 1, sku: 'A', quantity: 1 }
    const schema = requests['PUT /v3/inventory/adjustments/absolute'] ?? {}
    expect(faults(schema, { reason: 'r', items: [adjustment] })).toEqual([])
    expect(faults(schema, { reason: 'r', items: [{ ...adjustment, quantity: -1 }] })).toHaveLength(1)
    expect(faults(schema, { reason: 'r', items: [{ ...adjustment, qty: 1 }] })).toHaveLength(1)
    expect(faults(schema, { items: [adjustment] })).toHaveLength(1)
  })
})
