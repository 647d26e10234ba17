import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { decimal4, decimal8 } from '../../src/events/decimal.ts'
import { createReader } from '../../src/producers/create-reader.ts'
import type { Sink } from '../../src/systems/kit/sink.ts'
import { wireOf, wiresOf } from '../../src/systems/kit/wire.ts'
import { connectionOf, lineOf, orderOf, vendorOrder } from '../data/processor-events.ts'
import { type Exchange, startRecordingProxy } from '../worlds/recording-proxy.ts'
import { CALM, startCompany, type TestCompany } from '../worlds/sap-b1.ts'
import { hasSpec, readSpec } from '../worlds/sap-b1-spec.ts'
import { checkedRead, readAll, wallClock } from '../worlds/sources.ts'

const types: Readonly<Record<string, string>> = {
  Orders: 'Document',
  DeliveryNotes: 'Document',
  Items: 'Item',
  BusinessPartners: 'BusinessPartner',
  Manufacturers: 'Manufacturer',
  PriceLists: 'PriceList',
  SpecialPrices: 'SpecialPrice',
  ShippingTypes: 'ShippingType',
  States: 'State',
}
/** What each whole record must have, beside being as specified: in the specification almost nothing is required. */
const required: Readonly<Record<string, readonly string[]>> = {
  Document: [
    'DocEntry',
    'DocNum',
    'DocDate',
    'CardCode',
    'DocTotal',
    'VatSum',
    'DocumentStatus',
    'Cancelled',
    'DocumentLines',
  ],
  DocumentLine: [
    'LineNum',
    'ItemCode',
    'Quantity',
    'UnitPrice',
    'LineTotal',
    'WarehouseCode',
    'LineStatus',
    'RemainingOpenQuantity',
  ],
  Item: ['ItemCode', 'Valid', 'Frozen', 'ItemPrices', 'ItemWarehouseInfoCollection'],
  ItemWarehouseInfo: ['WarehouseCode', 'InStock', 'Committed', 'Ordered'],
  BusinessPartner: ['CardCode', 'CardType'],
  SpecialPrice: ['ItemCode', 'CardCode', 'Price', 'Currency', 'Valid', 'SpecialPriceDataAreas'],
}
const requiredOfOrders = [
  'CardCode',
  'NumAtCard',
  'DocDueDate',
  'DocCurrency',
  'DiscountPercent',
  'DocumentLines',
  'U_WLD_Digest',
]
const requiredOfLines = ['ItemCode', 'Quantity', 'UnitPrice', 'DiscountPercent', 'U_WLD_Line']

const missing = (type: string, value: unknown, names: readonly string[]) =>
  names.filter((name) => wireOf(value)[name] === undefined).map((name) => `${type} has no ${name}`)

describe.skipIf(!hasSpec).each(['v1', 'v2'])('SAP’s specification and the Service Layer %s', (version) => {
  let company: TestCompany
  let proxy: Awaited<ReturnType<typeof startRecordingProxy>>
  let spec: ReturnType<typeof readSpec>

  beforeAll(async () => {
    spec = readSpec()
    company = await startCompany()
    proxy = await startRecordingProxy(company.url)
    await everything()
  })
  afterAll(async () => {
    await proxy.close()
    await company.close()
  })

  /** All that we ever ask of a company: all reads, and orders that are made, changed, refused and canceled. */
  async function everything() {
    const signal = new AbortController().signal
    const system = (settings: Readonly<Record<string, string>> = {}) =>
      company.system({ version, ...settings }, { address: proxy.url })
    const skus = (await company.state('Items')).flatMap(({ ItemCode, Frozen }) =>
      Frozen === 'tNO' ? [String(ItemCode)] : [],
    )
    const line = { quantityOrdered: decimal8('3', 'q'), rowTotal: decimal4('30', 'a'), discount: decimal4('1.01', 'a') }
    const data = orderOf([lineOf('11', skus[0] ?? '', line), lineOf('12', skus[1] ?? '')], {
      shipping: decimal4('5', 'a'),
    })
    const event = vendorOrder('con', '1', data)
    const shipMethods = { flatrate_flatrate: '2' }
    const connection = connectionOf('con', '^WLD-', { orderMap: { shipMethods, location: 'DS' } })
    const deliver = async (more: object, settings: Readonly<Record<string, string>> = {}) => {
      const sink = (await company.clients.of(system(settings))).sink('vendor-orders') as Sink<'vendor-orders'>
      return await sink.deliver({ ...event, ...more }, connection, signal, CALM)
    }
    await deliver({}, { customers: 'create' })
    await deliver({ key: '2', fields: { Comments: '"x"', TaxCode: '"EX"' } }, { customers: 'lookup' })
    await deliver({ key: '3' }, { taxExpenseCode: '2' })
    const { targetId } = await deliver({ key: '4' })
    await deliver({ key: '4', contentDigest: 'v2' })
    await deliver({ key: '4', contentDigest: 'v3', canceled: true })
    await deliver({ key: '5' }, { cardCode: 'nobody' }).catch(() => undefined)
    await company.send('POST', `/orders/${Number(targetId) - 1}/deliver`, { TrackingNumber: 'T' })
    const { targetId: closed } = await deliver({ key: '6' })
    await company.send('POST', `/orders/${closed}/deliver`, { lines: [{ LineNum: 0, Quantity: 1 }] })
    // What is open is closed; what is delivered is not taken back.
    const canceled = deliver({ key: '6', contentDigest: 'v2', canceled: true }, { cancelDelivered: 'close' })
    await expect(canceled).rejects.toMatchObject({ code: 'cancellation_refused' })
    const quantities = [{ Quantity: 10, SpecialPrice: 8, PriceCurrency: '$', UoMEntry: -1, RowNumber: 0 }]
    const area = { DateFrom: '2026-12-01', Dateto: null, SpecialPrice: 9, PriceCurrency: '$', RowNumber: 0 }
    const areas = [{ ...area, SpecialPriceQuantityAreas: quantities }]
    const special = { ItemCode: skus[0], CardCode: '*1', Price: 9.5, SpecialPriceDataAreas: areas }
    await company.send('PUT', '/specialPrices', special)
    for (const entity of ['products', 'inventory', 'prices', 'fulfilments'] as const) {
      const reader = createReader(checkedRead(system(), entity, 20), system(), {
        clock: wallClock,
        clients: company.clients,
      })
      expect((await readAll(reader as never)).unreadable).toEqual([])
      for await (const _rows of reader.list?.({ from: 0, to: 9e12 }, signal) ?? []);
    }
    await company.clients.check(system(), signal)
  }

  const named = ({ url }: Exchange) => {
    const { pathname, searchParams } = new URL(url, 'http://sap')
    const path = decodeURIComponent(pathname.replace(`/b1s/${version}`, ''))
    return { path, collection: /^\/(\w+)/.exec(path)?.[1] ?? '', query: searchParams }
  }

  function sentFaults(exchange: Exchange): string[] {
    const { path, collection, query } = named(exchange)
    const { method, sent } = exchange
    const call = spec.callFaults(method, path, [...query.keys()])
    if (sent === '') return call
    const body: unknown = JSON.parse(sent)
    if (collection === 'Login') return [...call, ...missing('Login', body, ['CompanyDB', 'UserName', 'Password'])]
    const whole = method === 'POST' && collection === 'Orders'
    const own = whole
      ? [
          ...missing('order', body, requiredOfOrders),
          ...wiresOf(wireOf(body)['DocumentLines']).flatMap((line) => missing('line', line, requiredOfLines)),
        ]
      : []
    return [...call, ...spec.faults(types[collection] ?? '', body), ...own]
  }

  function answerFaults(exchange: Exchange): string[] {
    const { collection, query } = named(exchange)
    const { status, answered } = exchange
    if (status === 204) return answered === '' ? [] : ['204 has a body']
    const body: unknown = JSON.parse(answered)
    if (status >= 400) return spec.faults('ServiceLayerError', body)
    if (collection === 'Login')
      return [...spec.faults('B1Session', body), ...missing('session', body, ['SessionId', 'SessionTimeout'])]
    const type = types[collection] ?? ''
    const isList = wireOf(body)['value'] !== undefined
    const entities = isList ? wiresOf(wireOf(body)['value']) : [wireOf(body)]
    const isWhole = !query.has('$select')
    return entities.flatMap((entity) => [
      ...spec.faults(type, entity),
      ...(isWhole ? missing(type, entity, required[type] ?? []) : []),
      ...wiresOf(entity['DocumentLines']).flatMap((one) => missing('line', one, required['DocumentLine'] ?? [])),
      ...wiresOf(entity['ItemWarehouseInfoCollection']).flatMap((one) =>
        missing('stock', one, required['ItemWarehouseInfo'] ?? []),
      ),
      ...missing(type, entity, [version === 'v1' ? 'odata.etag' : '@odata.etag']),
    ])
  }

  it('agree on all that we send', () => {
    expect(proxy.exchanges.flatMap(sentFaults)).toEqual([])
    const kinds = new Set(proxy.exchanges.map((exchange) => `${exchange.method} ${named(exchange).collection}`))
    expect([...kinds].toSorted()).toEqual([
      'GET BusinessPartners',
      'GET DeliveryNotes',
      'GET Items',
      'GET Manufacturers',
      'GET Orders',
      'GET PriceLists',
      'GET ShippingTypes',
      'GET SpecialPrices',
      'GET States',
      'PATCH Orders',
      'POST BusinessPartners',
      'POST Login',
      'POST Orders',
    ])
  })

  it('agree on all that the simulator answers', () => {
    expect(proxy.exchanges.flatMap(answerFaults)).toEqual([])
    expect(new Set(proxy.exchanges.map(({ status }) => status))).toEqual(new Set([200, 201, 204, 400, 404]))
  })

  it('see what is wrong with something that is sent', () => {
    const create = proxy.exchanges.find(({ method, url }) => method === 'POST' && url.endsWith('/Orders'))
    const sent = JSON.parse(create?.sent ?? '{}') as { DocumentLines: object[] }
    const changed = (more: object) => sentFaults({ ...create, sent: JSON.stringify({ ...sent, ...more }) } as Exchange)
    expect(changed({})).toEqual([])
    expect(changed({ CustomerReference: 'x' })).toHaveLength(1)
    expect(changed({ DocDueDate: '3/2/26' })).toHaveLength(1)
    expect(changed({ TransportationCode: 'UPS' })).toHaveLength(1)
    expect(changed({ NumAtCard: undefined })).toHaveLength(1)
    expect(changed({ DocumentLines: [{ ...sent.DocumentLines[0], Quantity: '2' }] })).toHaveLength(1)
    expect(changed({ DocumentLines: [{ ...sent.DocumentLines[0], UnitPrice: undefined }] })).toHaveLength(1)
    expect(sentFaults({ ...create, url: `/b1s/${version}/Orders?$where=1` } as Exchange)).toHaveLength(1)
    expect(sentFaults({ ...create, method: 'PUT' } as Exchange)).toHaveLength(1)
  })

  it('see what is wrong with an answer', () => {
    const made = proxy.exchanges.find(({ status }) => status === 201)
    const refusal = proxy.exchanges.find(({ status }) => status === 400)
    const changed = (exchange: Exchange | undefined, more: object) =>
      answerFaults({
        ...exchange,
        answered: JSON.stringify({ ...JSON.parse(exchange?.answered ?? '{}'), ...more }),
      } as Exchange)
    expect(changed(made, {})).toEqual([])
    expect(changed(made, { Invented: 1 })).toHaveLength(1)
    expect(changed(refusal, {})).toEqual([])
    expect(changed(refusal, { error: { code: 'no', message: 'x' } }).length).toBeGreaterThan(0)
    const order = proxy.exchanges.find(({ status, url }) => status === 201 && url.endsWith('/Orders'))
    expect(changed(order, { DocTotal: '12.00' })).toHaveLength(1)
    expect(changed(order, { DocumentStatus: 'open' }).length).toBeGreaterThan(0)
    expect(changed(order, { DocEntry: undefined })).toHaveLength(1)
  })
})
