// A rule could take an order's discount away (`discountRate: "0"`), or its lines: what a sink writes itself is refused.

import { describe, expect, it } from 'vitest'
import { decimal4, decimal8 } from '../../../src/events/decimal.ts'
import type { VendorOrderRequested } from '../../../src/events/generated/events.ts'
import { type Wire, wireOf, wiresOf } from '../../../src/systems/kit/wire.ts'
import { salesOrderBody } from '../../../src/systems/netsuite/order-body.ts'
import { orderAmounts } from '../../../src/systems/sap-b1/order-amounts.ts'
import { sapOrderBody } from '../../../src/systems/sap-b1/order-body.ts'
import { orderSettings } from '../../../src/systems/sap-b1/order-settings.ts'
import { settings as sapSettings } from '../../../src/systems/sap-b1/settings.ts'
import { systemTypes } from '../../../src/systems/systems.ts'
import { connectionOf, lineOf, orderOf, vendorOrder } from '../../data/processor-events.ts'
import { mistakesIn } from '../../worlds/configured.ts'
import { valuesOf } from '../../worlds/settings.ts'

const d = (text: string) => decimal4(text, 'amount')
const marks = { digestField: 'U_Our_Digest', lineField: 'U_Our_Line' }
const systems = {
  netsuite: { secrets: { clientId: 'env:A', certificateId: 'env:B', privateKey: 'env:C' }, settings: { account: 'A' } },
  'sap-b1': { secrets: { username: 'env:A', password: 'env:B' }, settings: { companyDb: 'C', ...marks } },
} as const
type Erp = keyof typeof systems

const ownOf = (erp: Erp) => systemTypes.get(erp)?.orderFields(systems[erp].settings) ?? { own: [], mappable: [] }
const connection = connectionOf('a', '^A', {
  orderMap: { shipMethods: { flatrate_flatrate: '3' }, location: '4' },
})
/** Nothing is missing, a line is canceled, another in part. */
const line = { quantityOrdered: decimal8('3', 'quantity'), rowTotal: d('30'), discount: d('4'), tax: d('2') }
const order = orderOf(
  [
    lineOf('1', 'A-1', line),
    lineOf('2', 'A-2', { ...line, quantityCanceled: decimal8('1', 'quantity') }),
    lineOf('3', 'A-3', { ...line, quantityCanceled: decimal8('3', 'quantity') }),
  ],
  { shipping: d('5'), shippingTax: d('1'), couponCode: 'SPRING' },
)
const event = vendorOrder('a', '1', order)

function netsuiteBody(of: VendorOrderRequested, discountItem: string | null): Wire {
  const items = new Map(order.lines.map(({ sku }) => [sku, '9']))
  const references = { customer: '7', items, zone: 'UTC', customPriceLevel: '-1', discountItem, costs: () => true }
  return salesOrderBody(of, connection, references)
}

function sapBody(of: VendorOrderRequested, given: object): Wire {
  const settings = valuesOf(sapSettings, { ...systems['sap-b1'].settings, ...given })
  const parts = { amounts: orderAmounts(order), cardCode: 'C1', settings: orderSettings({ zone: 'UTC', settings }) }
  const existing = { DocumentLines: order.lines.map(({ lineId }) => ({ [marks.lineField]: lineId, LineNum: lineId })) }
  return sapOrderBody(of, connection, { ...parts, existing })
}

const bodies: readonly (readonly [Erp, string, Wire, readonly Wire[]])[] = [
  ...['55', null].map((item) => {
    const body = netsuiteBody(event, item)
    return ['netsuite', `discountItem ${item}`, body, wiresOf(wireOf(body['item'])['items'])] as const
  }),
  ...[
    { taxCode: 'A', freightExpenseCode: 1 },
    { vatGroup: 'A', freightItemCode: 'FREIGHT' },
    { taxExpenseCode: 2, freightExpenseCode: 1 },
  ].map((settings) => {
    const body = sapBody(event, settings)
    return ['sap-b1', JSON.stringify(settings), body, wiresOf(body['DocumentLines'])] as const
  }),
]

describe('a full body', () => {
  it.each(bodies)('of %s (%s) has no field that is not known as its own', (erp, _, body, lines) => {
    const { own, mappable } = ownOf(erp)
    const known = [...own, ...mappable.filter((name) => !name.slice('line.'.length).includes('.'))]
    expect(lines.length).toBeGreaterThan(1)
    expect(Object.keys(body).filter((name) => !known.includes(name))).toEqual([])
    const names = lines.flatMap((one) => Object.keys(one).map((name) => `line.${name}`))
    expect([...new Set(names)].filter((name) => !known.includes(name))).toEqual([])
  })

  it('has SAP’s lines whatever the order map says of them', () => {
    const fields = { DocumentLines: '[]' }
    expect(() => sapBody({ ...event, fields }, { freightExpenseCode: 1 })).toThrow(
      expect.objectContaining({ code: 'mapping_failed', field: 'orderMap.fields.DocumentLines' }),
    )
  })
})

it('an order map may give no field of the one customer of all orders', async () => {
  const sap = { ...systems['sap-b1'], settings: { ...systems['sap-b1'].settings, cardCode: 'C1' } }
  const rules = [{ attribute: 'customer.phone', constant: '0' }]
  const mistake = {
    field: 'orderMap.fields[0].attribute',
    message: expect.stringContaining('the same for all orders'),
  }
  expect(await mistakesIn(documentsOf('sap-b1', sap, rules))).toMatchObject([mistake])
  const seller = { billTo: 'seller', customer: '17' }
  expect(await mistakesIn(documentsOf('netsuite', systems.netsuite, rules, seller))).toMatchObject([mistake])
})

const documentsOf = (type: Erp, erp: object, rules: readonly object[], more: object = {}) => [
  { kind: 'system', id: 'shop', type: 'magento2', address: 'http://shop.test', secrets: { bearer: 'env:A' } },
  { kind: 'system', id: 'erp', type, address: 'http://erp.test', ...erp },
  {
    kind: 'connection',
    id: 'a',
    shop: 'shop',
    vendor: 'erp',
    reads: [],
    ownership: { skuPattern: '^A' },
    orderMap: { fields: rules },
    ...more,
  },
]

describe.each(Object.keys(systems) as Erp[])('an order map for %s', (erp) => {
  const { own, mappable } = ownOf(erp)
  const documents = (rules: readonly object[]) => documentsOf(erp, systems[erp], rules)

  it('may give no field that Waldstream writes, nor one within it', async () => {
    const names = own.flatMap((name) => [name, `${name}.id`]).filter((name) => !mappable.includes(name))
    const mistakes = await mistakesIn(documents(names.map((attribute) => ({ attribute, constant: '0' }))))
    const found = mistakes.filter(({ message }) => message.startsWith('is written by Waldstream itself'))
    expect(found.map(({ field }) => field)).toEqual(names.map((_, index) => `orderMap.fields[${index}].attribute`))
  })

  it('may give fields that the sink understands, and others', async () => {
    const names = [...mappable, 'Comments', 'custbody_gift', 'line.custcol_gift', 'line.U_Gift']
    expect(await mistakesIn(documents(names.map((attribute) => ({ attribute, constant: '0' }))))).toEqual([])
  })

  it('may give fields of the customer, but for those that it is known by', async () => {
    const { customer } = ownOf(erp)
    const names = [...(customer ?? []), 'phone', 'CardName', 'terms.id'].map((name) => `customer.${name}`)
    const mistakes = await mistakesIn(documents(names.map((attribute) => ({ attribute, constant: '0' }))))
    expect(mistakes.map(({ field }) => field)).toEqual(
      (customer ?? []).map((_, index) => `orderMap.fields[${index}].attribute`),
    )
  })

  it('that names one of them in an older event stops the order', () => {
    for (const name of own.filter((one) => !mappable.includes(one))) {
      const fields = { [name.replace(/^line\./, 'line.1.')]: '"0"' }
      const body = () =>
        erp === 'netsuite'
          ? netsuiteBody({ ...event, fields }, '55')
          : sapBody({ ...event, fields }, { freightExpenseCode: 1 })
      expect(body, name).toThrow(expect.objectContaining({ code: 'mapping_failed', field: `orderMap.fields.${name}` }))
    }
  })
})
