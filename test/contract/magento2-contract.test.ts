import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { magentoAdmin } from '../../simulators/magento2/authorization.ts'
import type { PerSystemKind, TopicEvents } from '../../src/events/topics.ts'
import { textOf, type Wire, wireOf, wiresOf } from '../../src/systems/kit/wire.ts'
import { permissions } from '../../src/systems/magento2/permissions.ts'
import { fulfilmentLine, shopFulfilment, shopImages, shopProduct, shopStock } from '../data/magento2-events.ts'
import { connectionOf } from '../data/processor-events.ts'
import { contractMock } from '../worlds/contract-mock.ts'
import { startTestShop, type TestShop } from '../worlds/magento2.ts'
import { type Exchange, type MagentoSpec, readMagentoSpec, specIsThere } from '../worlds/magento2-spec.ts'
import { type RecordedCall, type Recorder, startRecorder } from '../worlds/recorder.ts'
import { listAll, readAll } from '../worlds/sources.ts'

const signal = new AbortController().signal

/** All that is ever sent, over the wire, and all that the simulator ever answers. */
describe.skipIf(!specIsThere)('what is said to Magento and by it, as the specification of 2.4.8 has it', () => {
  let shop: TestShop
  let recorder: Recorder
  let spec: MagentoSpec
  let exchanges: readonly Exchange[]

  beforeAll(async () => {
    spec = readMagentoSpec()
    shop = await startTestShop({ orders: 30, mixedStates: true }, async (url) => {
      recorder = await startRecorder(url)
      return recorder.url
    })
    await readEverything(shop)
    await writeEverything(shop)
    await failInAllWays(shop)
    exchanges = recorder.calls.map(toExchange)
  }, 300_000)
  afterAll(async () => {
    recorder.close()
    await shop.close()
  })

  it('has every path, query parameter and body that is sent', () => {
    expect(new Set(exchanges.map(spec.nameOf))).toEqual(new Set(EVERY_CALL))
    expect([...new Set(exchanges.flatMap(spec.requestFaults))]).toEqual([])
  })

  it('is let pass by Prism, which reads the specification by itself', async () => {
    const mock = await contractMock([{ file: 'magento/admin-schema-2.4.8.yaml', below: '/rest/all' }])
    const calls = recorder.calls.filter(({ url }) => !url.startsWith('/rest/all/async/bulk/'))
    const faults = await Promise.all(calls.map((call) => mock.requestFaults(call)))
    // Names of query parameters are compared above: the specification has those of the first group of a list alone.
    expect([...new Set(faults.flat())].filter((fault) => !fault.endsWith('is not known'))).toEqual([])
    expect(new Set(calls.map((call) => mock.nameOf(call))).size).toBeGreaterThan(10)
    const wrong = calls.flatMap((call) =>
      call.url.endsWith('/source-items') && call.method === 'POST' ? [{ ...call, sent: '{}' }] : [],
    )
    expect((await Promise.all(wrong.map((call) => mock.requestFaults(call)))).flat()).not.toEqual([])
  })

  it('has every answer, refusals too', () => {
    const refusals = exchanges.filter(({ status }) => status >= 400)
    expect(new Set(refusals.map(({ status }) => status))).toEqual(new Set([400, 401, 404]))
    expect([...new Set(exchanges.flatMap(spec.answerFaults))]).toEqual([])
  })

  const bodies = () => exchanges.filter(({ sent, status }) => sent !== undefined && status < 300)
  const withBody = (name: string) => bodies().find((exchange) => spec.nameOf(exchange) === name) ?? bodies()[0]

  it.each(WRITES)('finds a planted field in the body of %s', (name) => {
    const exchange = withBody(name)
    if (exchange === undefined) throw new Error(`${name} was not sent`)
    expect(spec.nameOf(exchange)).toBe(name)
    expect(spec.requestFaults({ ...exchange, sent: plant(exchange.sent) })).not.toEqual([])
    expect(spec.requestFaults({ ...exchange, sent: undefined })).not.toEqual([])
    expect(spec.requestFaults({ ...exchange, query: 'invented=1' })).not.toEqual([])
  })

  it.each(WITH_FIELDS)('finds a planted field in the answer of %s', (name) => {
    const isOf = (one: Exchange) => spec.nameOf(one) === name && one.status < 300
    const exchange = exchanges.find((one) => isOf(one) && JSON.stringify(one.answered) !== '[]')
    if (exchange === undefined) throw new Error(`${name} was not answered`)
    expect(spec.answerFaults({ ...exchange, answered: plant(exchange.answered) })).not.toEqual([])
  })

  it('needs a permission that we know', () => {
    const known = new Set(permissions.flatMap(({ routes }) => routes.map(bareRoute)))
    const names = EVERY_CALL.filter((name) => !name.endsWith('/integration/admin/token'))
    expect(names.map(bareRoute).filter((name) => !known.has(name))).toEqual([])
  })

  it('finds a path, and a refusal, that there are none of', () => {
    const [first] = exchanges
    if (first === undefined) throw new Error('nothing was sent')
    expect(spec.requestFaults({ ...first, path: '/V1/invented' })).not.toEqual([])
    expect(spec.answerFaults({ ...first, status: 400, answered: { error: 'x' } })).not.toEqual([])
    expect(spec.answerFaults({ ...first, answered: [] })).not.toEqual([])
  })
})

const WRITES = [
  'POST /V1/order/{orderId}/ship',
  'POST /V1/shipment/track',
  'POST /V1/orders/{id}/comments',
  'POST /V1/inventory/source-items',
  'POST /V1/products/{sku}/media',
  'PUT /V1/products/{sku}/media/{entryId}',
  'POST /async/bulk/V1/products',
  'POST /async/bulk/V1/inventory/source-items',
  'POST /V1/integration/admin/token',
]
const WITH_FIELDS = [
  'GET /V1/orders',
  'GET /V1/orders/{id}',
  'GET /V1/products',
  'GET /V1/inventory/source-items',
  'GET /V1/shipments',
  'GET /V1/store/storeConfigs',
  'GET /V1/products/{sku}/media',
  'GET /V1/bulk/{bulkUuid}/status',
  'POST /V1/shipment/track',
  'POST /async/bulk/V1/products',
]
const EVERY_CALL = [...new Set([...WRITES, ...WITH_FIELDS, 'DELETE /V1/products/{sku}/media/{entryId}'])]

/** Without the version, the queue, and the names of what varies. */
const bareRoute = (name: string) => name.replace(/(\/async\/bulk)?\/V1/, '').replaceAll(/\{\w+\}|:\w+/g, ':')

/** A field that nobody knows, beside the first fields that there are. */
function plant(body: unknown): unknown {
  if (Array.isArray(body)) return body.map(plant)
  const wire = wireOf(body)
  const inner = Object.entries(wire).find(([, value]) => typeof value === 'object' && value !== null)
  if (inner === undefined || 'bulk_uuid' in wire || 'bulk_id' in wire) return { ...wire, invented: 1 }
  const [name, value] = inner
  return { ...wire, [name]: Array.isArray(value) && typeof value[0] !== 'object' ? [{ invented: 1 }] : plant(value) }
}

function toExchange({ method, url, sent, status, answered }: RecordedCall): Exchange {
  const [path = '', query = ''] = url.split('?', 2)
  const bare = path.replace(/^\/rest\/all/, '').replace(/^\/async\/bulk\/V1/, '/async/bulk/V1')
  const json = (text: string) => (text === '' ? undefined : (JSON.parse(text) as unknown))
  return { method, path: bare, query, sent: json(sent), status, answered: json(answered) }
}

async function readEverything(shop: TestShop): Promise<void> {
  for (const entity of ['orders', 'products', 'inventory', 'images'] as const) {
    await readAll(shop.reader(entity, 7))
    await listAll(shop.reader(entity, 100))
  }
  await shop.client.getOrder('1', signal)
  await shop.client.check(signal)
  const search = { filters: [], sort: ['entity_id'], limit: 1 }
  await shop.clientWith(magentoAdmin).findOrders(search, signal)
  const skus = { field: 'sku', condition: 'in', value: ['a,b', 'c'] } as const
  await shop.client.findProducts({ ...search, filters: [skus] }, signal)
}

async function writeEverything(shop: TestShop): Promise<void> {
  await shop.sources('east')
  const connection = connectionOf('con', '^WLD', { stock: { locations: { E: 'east', '*': 'default' } } })
  const deliver = async <K extends PerSystemKind>(kind: K, ...events: readonly TopicEvents[K][]) => {
    const sink = await shop.sink(kind)
    const before = { targetId: null, unclear: false }
    for (const event of events) await sink.deliver(event, connection, signal, before)
  }
  const orders = wiresOf((await shop.state())['orders'])
  const order = orders.find(({ state }) => state === 'processing') ?? {}
  const rows = wiresOf(order['items']).filter((item) => item['parent_item_id'] === undefined)
  const number = String(order['increment_id'])
  const lines = rows.map((row) =>
    fulfilmentLine(String(row['sku']), '1', { location: 'E', lineId: textOf(row['item_id']) }),
  )
  const track = (text: string) => ({ number: text, carrier: 'ups', title: null })
  await deliver(
    'shop-fulfilments',
    shopFulfilment('if-1', number, lines, { tracks: [track('T1')] }),
    shopFulfilment('if-1', number, lines, { tracks: [track('T1'), track('T2')] }),
    shopFulfilment('so-1-closed', number, lines, { kind: 'closure' }),
  )
  const attributes = { name: 'N', price: '1.5', weight: '0.25', status: 1, color: 'Red', tags: ['a'], website_ids: [1] }
  const filed = { ...attributes, category_ids: ['3'], visibility: 4, type_id: 'simple', attribute_set_id: 4 }
  await deliver('shop-products', shopProduct('C-1', attributes), shopProduct('C-1', filed), shopProduct('C-1', null))
  await deliver('shop-inventory', shopStock('C-1', { E: '1', W: '2.5' }), shopStock('C-1', null))
  const picture = {
    url: `${shop.url}/media/catalog/product/a.jpg`,
    position: 1,
    label: null,
    mediaType: 'image',
    picture: null,
  }
  const gallery = [picture]
  await deliver(
    'shop-images',
    shopImages('C-1', { image: picture.url, gallery }),
    shopImages('C-1', { gallery: [{ ...picture, label: 'L', position: 2 }] }),
    shopImages('C-1', null),
  )
}

/** Refusals of each kind that is answered to. */
async function failInAllWays(shop: TestShop): Promise<void> {
  const refused = async (call: Promise<unknown>) => void (await call.catch(() => undefined))
  const { client } = shop
  await refused(client.getOrder('99999', signal))
  await refused(client.media('NONE', signal))
  await refused(client.shipOrder('1', { items: [] } as Wire, signal))
  await refused(client.saveSourceItems([{ sku: 'C-1', source_code: 'nowhere', quantity: 1, status: 1 }], signal))
  await refused(client.bulkWriter('/products')('x', { product: { sku: 'C-2' } }, signal))
  await refused(shop.clientWith({ ...magentoAdmin, password: 'wrong' }).check(signal))
  await shop.switch({ denied: ['Magento_Sales::actions_view'], maximumPageSize: 10 })
  await refused(client.getOrder('1', signal))
  await refused(client.findProducts({ filters: [], sort: ['entity_id'], limit: 11 }, signal))
  await shop.switch({ denied: [], maximumPageSize: null, twoFactor: true })
  await refused(shop.clientWith(magentoAdmin).check(signal))
}
