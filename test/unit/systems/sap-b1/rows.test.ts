import { describe, expect, it } from 'vitest'
import { text8 } from '../../../../src/events/decimal.ts'
import { loginError, sapError } from '../../../../src/systems/sap-b1/answers.ts'
import { toEnd, toShipment } from '../../../../src/systems/sap-b1/fulfilments.ts'
import { toInventory } from '../../../../src/systems/sap-b1/inventory.ts'
import { isActive, toProduct } from '../../../../src/systems/sap-b1/items.ts'
import { collectionOf, etagOf, keyPath, quoted } from '../../../../src/systems/sap-b1/odata.ts'
import { stampOf, UPDATED } from '../../../../src/systems/sap-b1/time.ts'

describe('refusals', () => {
  const v1 = (code: number, value: string) => ({ error: { code, message: { lang: 'en-us', value } } })
  it.each([
    [404, v1(-2028, 'No matching records found (ODBC -2028)'), 'not_found'],
    [400, { error: { code: '-2028', message: 'No matching records found (ODBC -2028)' } }, 'not_found'],
    [400, { error: { code: '-10', message: 'Item is inactive' } }, 'target_rejected'],
    [400, v1(-5002, 'Value too long'), 'target_rejected'],
    [400, { error: { code: -1116, message: 'Internal error' } }, 'target_rejected'],
    [403, v1(-6006, 'No permission'), 'permission_missing'],
    [412, { error: { code: '-2039', message: 'Another user modified data' } }, 'concurrent_change'],
    [401, v1(301, 'Invalid session or session already timeout.'), 'target_unavailable'],
    [401, v1(-1, 'other'), 'credentials_refused'],
  ])('%i %j is %s', (status, body, code) => {
    expect(sapError(status, body)).toMatchObject({ code, details: { status } })
  })

  it('have SAP’s code and words, in either dialect', () => {
    const message = 'SAP Business One answered -10: Item is inactive'
    expect(sapError(400, v1(-10, 'Item is inactive'))?.message).toBe(message)
    expect(sapError(400, { error: { code: '-10', message: 'Item is inactive' } })?.message).toBe(message)
    expect(sapError(400, { fault: 'else' })).toBeUndefined()
    expect(loginError(401, v1(-304, 'Login failed'))).toMatchObject({ code: 'credentials_refused' })
    expect(loginError(400, undefined).message).toMatch(/settings.companyDb/)
  })
})

describe('OData', () => {
  it('is quoted, keyed and read in both dialects', () => {
    expect(quoted("O'Hara")).toBe("'O''Hara'")
    expect([keyPath(22), keyPath("A/1'ü")]).toEqual(['(22)', "('A%2F1''%C3%BC')"])
    expect(collectionOf({ value: [{ a: 1 }], 'odata.nextLink': 'Orders?$skip=20' }, 'Orders').more).toBe(true)
    expect(collectionOf({ value: [], '@odata.nextLink': 'Orders?$skip=20' }, 'Orders').more).toBe(true)
    expect(collectionOf({ value: [] }, 'Orders')).toEqual({ rows: [], more: false })
    expect(() => collectionOf({ rows: [] }, 'Orders')).toThrow(/no list "value"/)
    expect([etagOf({ 'odata.etag': 'W/"1"' }), etagOf({ '@odata.etag': 'W/"2"' }), etagOf({})]).toEqual([
      'W/"1"',
      'W/"2"',
      null,
    ])
  })
})

describe('stamps', () => {
  it.each([
    ['2026-03-02', '18:04:11', '2026-03-02 18:04:11'],
    ['2026-03-02T00:00:00Z', '18:04', '2026-03-02 18:04:00'],
    ['2026-03-02', 1804, '2026-03-02 18:04:00'],
    ['2026-03-02', 904, '2026-03-02 09:04:00'],
    ['2026-03-02', 4, '2026-03-02 00:04:00'],
    ['2026-03-02', null, '2026-03-02 00:00:00'],
    [null, '18:04', null],
  ])('%s %s is %s', (UpdateDate, UpdateTime, stamp) => {
    expect(stampOf({ UpdateDate, UpdateTime }, UPDATED)).toBe(stamp)
  })

  it('that are none are named', () => {
    expect(() => stampOf({ UpdateDate: '3/2/26', UpdateTime: '18:04' }, UPDATED)).toThrow(
      /UpdateDate, UpdateTime: "3\/2\/26"/,
    )
  })
})

describe('items', () => {
  const yes = { Valid: 'tYES', Frozen: 'tNO' }
  it.each([
    [yes, true],
    [{ Valid: 'tNO', Frozen: 'tNO' }, true],
    [{ Valid: 'tNO', Frozen: 'tYES' }, false],
    [{ ...yes, ValidFrom: '2026-04-01' }, false],
    [{ ...yes, ValidTo: '2026-03-01T00:00:00Z' }, false],
    [{ ...yes, Frozen: 'tYES', FrozenFrom: '2026-03-02', FrozenTo: '2026-03-02' }, false],
    [{ ...yes, Frozen: 'tYES', FrozenFrom: '2026-03-03' }, true],
  ])('with %j are sold on 2026-03-02: %s', (item, active) => {
    expect(isActive(item, '2026-03-02')).toBe(active)
  })

  it('have no price where the list has 0, and name a property that is missing', () => {
    const settings = { basePriceList: '3', extraFields: ['Weird'], currencies: new Map() }
    const lookups = { manufacturers: new Map(), today: '2026-03-02' }
    const item = {
      ItemCode: 'A',
      ItemPrices: [
        { PriceList: 3, Price: 0 },
        { PriceList: 4, Price: '12.5' },
      ],
      Weird: [1],
      U_x: null,
    }
    const product = toProduct(item, settings, lookups)
    expect([product.price, product.currency, product.priceLevels.map(({ level }) => level)]).toEqual([
      null,
      null,
      ['4'],
    ])
    expect(product.attributes).toEqual({ Weird: '[1]' })
    expect(() => toProduct({}, settings, lookups)).toThrow(/ItemCode is missing/)
  })

  it('have stock that is exact, also with many decimals', () => {
    const stock = [
      { WarehouseCode: '01', InStock: 0.3, Committed: 0.1 },
      { WarehouseCode: '02', InStock: 1, Committed: null },
    ]
    const { locations } = toInventory({ ItemCode: 'A', ItemWarehouseInfoCollection: stock }, '2026-03-02', new Set())
    expect(locations.map(({ location, available }) => [location, text8(available)])).toEqual([
      ['01', '0.2'],
      ['02', '1'],
    ])
  })
})

describe('fulfilments', () => {
  const marks = { digest: 'U_WLD_Digest', line: 'U_WLD_Line' }
  const reasons = { order: 'U_CloseReason', line: 'FreeText' }
  const lookups = { marks, reasons, notGoods: new Set(['FREIGHT']), shippingTypes: new Map([['1', 'UPS']]) }
  const lines = [
    { LineNum: 0, ItemCode: 'A', Quantity: 3, RemainingOpenQuantity: 1, WarehouseCode: '01', U_WLD_Line: '11' },
    { LineNum: 1, ItemCode: 'FREIGHT', Quantity: 1, RemainingOpenQuantity: 1, U_WLD_Line: null },
  ]
  const order = {
    DocEntry: 7,
    NumAtCard: 'con-1',
    U_WLD_Digest: 'd',
    DocumentStatus: 'bost_Close',
    Cancelled: 'tNO',
    DocumentLines: lines,
  }
  const line = { BaseType: 17, BaseEntry: 7, BaseLine: 0, ItemCode: 'A', Quantity: 2 }

  it('have the order’s line where SAP did not copy the field, and no freight', () => {
    const delivery = {
      DocEntry: 9,
      TransportationCode: 1,
      TrackingNumber: ' T1;T2 ',
      DocumentLines: [line, { ...line, BaseLine: 1, ItemCode: 'FREIGHT' }],
    }
    expect(toShipment(delivery, order, 5, lookups)).toMatchObject({
      fulfilmentId: '9-7',
      kind: 'shipment',
      orderReference: 'con-1',
      shippedAt: 5,
      lines: [{ sku: 'A', lineId: '11', quantity: 2_0000_0000n, location: '01' }],
      tracks: [
        { number: 'T1', carrier: 'UPS' },
        { number: 'T2', carrier: 'UPS' },
      ],
    })
    expect(toShipment(delivery, { ...order, U_WLD_Digest: null }, 5, lookups)).toBeNull()
    expect(toShipment({ ...delivery, DocumentLines: [{ ...line, BaseType: -1 }] }, order, 5, lookups)).toBeNull()
  })

  it('of an order that was closed are what is left of it; of one that is delivered or open there are none', () => {
    expect(toEnd(order, lookups)).toMatchObject({
      fulfilmentId: '7-closed',
      kind: 'closure',
      lines: [{ lineId: '11', quantity: 1_0000_0000n }],
    })
    const canceled = toEnd({ ...order, Cancelled: 'tYES' }, lookups)
    expect(canceled).toMatchObject({
      fulfilmentId: '7-canceled',
      kind: 'cancellation',
      lines: [{ quantity: 3_0000_0000n }],
    })
    expect(toEnd({ ...order, DocumentStatus: 'bost_Open' }, lookups)).toBeNull()
    const one = { ...lines[0], LineStatus: 'bost_Close' }
    const open = { ...order, DocumentStatus: 'bost_Open', DocumentLines: [one, { ...lines[0], LineNum: 2 }] }
    expect(toEnd(open, lookups)).toMatchObject({ fulfilmentId: '7-closed', kind: 'closure', lines: [{ lineId: '11' }] })
    expect(toEnd({ ...order, Cancelled: 'tYES', U_WLD_Digest: 'canceled d' }, lookups)).toBeNull()
    expect(toEnd({ ...order, DocumentLines: [{ ...lines[0], RemainingOpenQuantity: 0 }] }, lookups)).toBeNull()
  })

  it('say why something is not delivered: of the line, or of the order', () => {
    const why = (more: object) => toEnd({ ...order, ...more }, lookups)?.lines.map(({ reason }) => reason)
    expect(why({})).toEqual([null])
    expect(why({ U_CloseReason: 'Out of stock' })).toEqual(['Out of stock'])
    const line = { ...lines[0], FreeText: 'Discontinued' }
    expect(why({ U_CloseReason: 'Out of stock', DocumentLines: [line] })).toEqual(['Discontinued'])
  })
})
