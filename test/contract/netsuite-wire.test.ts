import { Ajv } from 'ajv'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { VendorOrderRequested } from '../../src/events/generated/events.ts'
import { writeNetSuiteOrders } from '../../src/systems/netsuite/write-orders.ts'
import { ecKeys } from '../data/netsuite-keys.ts'
import { type NetSuiteAccount, startNetSuiteAccount } from '../worlds/netsuite-account.ts'
import { netsuiteWire } from '../worlds/netsuite-wire.ts'
import { netsuiteConnection, netsuiteOrder } from '../worlds/netsuite-world.ts'
import { netsuiteOf } from '../worlds/settings.ts'
import { type Recorded, startSignedRecorder } from '../worlds/signed-recorder.ts'
import { readAll } from '../worlds/sources.ts'

const signal = new AbortController().signal
const ajv = new Ajv({ strict: false, allErrors: true })
const connection = {
  ...netsuiteConnection,
  orderMap: { shipMethods: { flatrate_flatrate: '1' }, location: '6', fields: [] },
}

let account: NetSuiteAccount
let proxy: Awaited<ReturnType<typeof startSignedRecorder>>
let skus: readonly string[]
beforeAll(async () => {
  account = await startNetSuiteAccount()
  skus = (await account.items()).map(({ itemId }) => String(itemId)).slice(0, 2)
  proxy = await startSignedRecorder(account.url)
})
afterAll(async () => {
  await proxy.close()
  await account.close()
})
beforeEach(async () => {
  await account.control('POST', 'reset')
  proxy.recorded.length = 0
})

/** What a schema finds wrong in a body. */
function faults(schema: string, body: unknown): string[] {
  const validate = ajv.compile(netsuiteWire[schema] ?? { not: {} })
  validate(body)
  return (validate.errors ?? []).map(({ instancePath, message, params }) =>
    [instancePath, message, JSON.stringify(params)].join(' '),
  )
}
const through = () => ({ address: proxy.url })
const deliver = async (event: VendorOrderRequested) => {
  const sink = writeNetSuiteOrders(await account.client(through()), netsuiteOf({ subsidiary: '1' }))
  return await sink.deliver(event, connection, signal, { targetId: null, unclear: false })
}
const order = (pieces = 1) => ({
  ...netsuiteOrder('1', skus, pieces),
  fields: { 'terms.id': '"2"', 'line.11.class.id': '"3"' },
})
const canceled = () => ({ ...order(), canceled: true, contentDigest: 'canceled' })
const asked = (method: string, path: string): readonly Recorded[] => {
  const found = proxy.recorded.filter((one) => one.method === method && one.path.includes(path))
  expect(found.length).toBeGreaterThan(0)
  return found
}
const good = ({ status }: Recorded) => status < 300

describe('what is sent to NetSuite', () => {
  it.each([
    ['order sent', 'PUT', '/salesOrder/eid:shop-a-1?replace=item'],
    ['customer sent', 'PUT', '/customer/eid:magento-'],
    ['query sent', 'POST', '/suiteql?limit='],
  ])('%s', async (schema, method, path) => {
    await deliver(order())
    for (const { sent, headers } of asked(method, path)) {
      expect(faults(schema, sent)).toEqual([])
      expect(headers['content-type']).toBe('application/json')
      if (method === 'PUT') expect(headers['x-netsuite-propertynamevalidation']).toBe('Error')
      else expect(headers['prefer']).toBe('transient')
    }
  })

  it('an order that the shop canceled', async () => {
    await deliver(order())
    proxy.recorded.length = 0
    await deliver(canceled())
    expect(asked('PUT', '/salesOrder/').flatMap(({ sent }) => faults('closed order sent', sent))).toEqual([])
  })

  it('the form that a token is asked for with', async () => {
    const { publicKey, privateKey } = ecKeys()
    await account.control('POST', 'certificates', { certificateId: 'c', publicKey })
    Object.assign(account.secrets, { clientId: 'netsuite-simulator-client', certificateId: 'c', privateKey })
    const secrets = { clientId: 'env:clientId', certificateId: 'env:certificateId', privateKey: 'env:privateKey' }
    await (await account.client({ ...through(), secrets })).findItems(['x'])
    const [token] = asked('POST', '/services/rest/auth/oauth2/v1/token')
    const form = new URLSearchParams(String(token?.sent))
    expect([...form.keys()].toSorted()).toEqual(['client_assertion', 'client_assertion_type', 'grant_type'])
    const [header, claims] = (form.get('client_assertion') ?? '')
      .split('.')
      .slice(0, 2)
      .map((part) => JSON.parse(Buffer.from(part, 'base64url').toString()))
    expect(header).toEqual({ typ: 'JWT', alg: 'ES256', kid: 'c' })
    expect(Object.keys(claims).toSorted()).toEqual(['aud', 'exp', 'iat', 'iss', 'scope'])
    expect(claims.aud).toBe(`${proxy.url}/services/rest/auth/oauth2/v1/token`)
    expect(claims.exp - claims.iat).toBeLessThan(3600)
    expect(faults('token answered', token?.answered)).toEqual([])
    const [query] = asked('POST', '/suiteql')
    expect(String(query?.headers['authorization'])).toMatch(/^Bearer \S+$/)
  })

  it('is refused by the schema when it holds what NetSuite does not have, or lacks what must be there', async () => {
    await deliver(order())
    const [{ sent } = { sent: null }] = asked('PUT', '/salesOrder/')
    const body = sent as { item: { items: object[] } }
    expect(faults('order sent', { ...body, shippingCosts: 1 })).toEqual([expect.stringContaining('shippingCosts')])
    expect(faults('order sent', { ...body, shippingCost: '7' })).toEqual([
      '/shippingCost must be number {"type":"number"}',
    ])
    const { custbody_waldstream_digest: _, ...without } = body as Record<string, unknown>
    expect(faults('order sent', without)).toEqual([expect.stringContaining('custbody_waldstream_digest')])
    const [line] = body.item.items
    const planted = { ...body, item: { items: [{ ...line, qty: 1 }] } }
    expect(faults('order sent', planted)).toEqual([expect.stringContaining('qty')])
  })
})

describe('what the simulator answers', () => {
  it('to queries', async () => {
    await deliver(order())
    for (const entity of ['products', 'inventory', 'fulfilments'] as const)
      await readAll(account.reader(entity, 20, through()))
    for (const { answered } of asked('POST', '/suiteql').filter(good))
      expect(faults('query answered', answered)).toEqual([])
  })

  it('of an order and its shipment', async () => {
    await deliver(order(2))
    const [made] = await account.orders()
    const shipped = {
      lines: [{ line: 1, quantity: 1, location: 6 }],
      tracking: ['T'],
      shipMethod: { id: '1', refName: 'UPS' },
    }
    await account.control('POST', `orders/${String(made?.['id'])}/fulfil`, shipped)
    await account.control('POST', `orders/${String(made?.['id'])}/close`)
    expect((await readAll(account.reader('fulfilments', 20, through()))).entities).toHaveLength(2)
    const orders = asked('GET', '/salesOrder/').filter(good)
    expect(orders.flatMap(({ answered }) => faults('order answered', answered))).toEqual([])
    const shipments = asked('GET', '/itemFulfillment/')
    expect(shipments.flatMap(({ answered }) => faults('shipment answered', answered))).toEqual([])
    const [shipment] = shipments
    const planted = { ...(shipment?.answered as object), tracking: 'T' }
    expect(faults('shipment answered', planted)).toEqual([expect.stringContaining('tracking')])
    const { createdFrom: _, ...without } = { ...(shipment?.answered as object), createdFrom: null }
    expect(faults('shipment answered', without)).toEqual([expect.stringContaining('createdFrom')])
  })

  it('of what it refuses', async () => {
    const client = await account.client(through())
    const refused = [
      () => client.getByExternalId('salesOrder', 'none'),
      () => client.upsertByExternalId('salesOrder', 'x', { entity: { id: '9999' } }),
      () => client.upsertByExternalId('customer', 'x', { companyName: 'X', no_such: 1 }),
      () => client.suiteql('SELECT nothing FROM item'),
    ]
    for (const refuse of refused) await refuse().catch(() => undefined)
    await account.control('PUT', 'rules', { forbidden: ['customer'], language: 'en-US' })
    await client.upsertByExternalId('customer', 'x', { companyName: 'X' }).catch(() => undefined)
    const failed = proxy.recorded.filter((one) => !good(one))
    expect(failed.map(({ status }) => status)).toEqual([404, 400, 400, 400, 403])
    for (const { answered } of failed) expect(faults('error answered', answered)).toEqual([])
  })

  it('is refused by the schema when it has another form', async () => {
    expect(faults('query answered', { items: [], hasMore: false })).not.toEqual([])
    const page = { links: [], count: 1, hasMore: false, offset: 0, totalResults: 1 }
    expect(faults('query answered', { ...page, items: [{ id: '1' }] })).toEqual([])
    expect(faults('query answered', { ...page, items: [{ id: 1 }] })).toEqual([
      expect.stringContaining('must be string'),
    ])
  })
})
