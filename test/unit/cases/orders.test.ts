import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { Connection } from '../../../src/configuration/model.ts'
import { add, decimal4, decimal8, text4, text8 } from '../../../src/events/decimal.ts'
import type { Address, ShopFulfilmentRequested, VendorOrderRequested } from '../../../src/events/generated/events.ts'
import { stringifyExact } from '../../../src/platform/json.ts'
import { routeFulfilments } from '../../../src/processors/route-fulfilments.ts'
import { routeOrders } from '../../../src/processors/route-orders.ts'
import { withKnownBundles } from '../../../src/rules/components.ts'
import { lineNotes } from '../../../src/rules/line-note.ts'
import { openQuantity } from '../../../src/rules/quantities.ts'
import type { StateLists } from '../../../src/rules/regions.ts'
import { topLevelLines } from '../../../src/rules/split-order.ts'
import type { Wire } from '../../../src/systems/kit/wire.ts'
import { customerBody, salesOrderBody } from '../../../src/systems/netsuite/order-body.ts'
import type { OrderReferences } from '../../../src/systems/netsuite/order-lines.ts'
import { writeNetSuiteOrders } from '../../../src/systems/netsuite/write-orders.ts'
import { partnerTexts } from '../../../src/systems/sap-b1/customers.ts'
import { orderAmounts } from '../../../src/systems/sap-b1/order-amounts.ts'
import { sapOrderBody } from '../../../src/systems/sap-b1/order-body.ts'
import type { OrderSettings } from '../../../src/systems/sap-b1/order-settings.ts'
import {
  connectionOf,
  contextOf,
  fulfilmentChanged,
  lineOf,
  orderOf,
  vendorOrder,
} from '../../data/processor-events.ts'
import { memoryNetSuite } from '../../memory/netsuite.ts'
import { netsuiteOf } from '../../worlds/settings.ts'
import {
  type BaseSkus,
  caseConnection,
  caseInput,
  linesOf,
  readFromMagento,
  routed,
  versionsOf,
} from './order-versions.ts'

const FOLDER = new URL('../../cases/orders/', import.meta.url)

const inputOf = (name: string) => caseInput(readFileSync(new URL(`${name}.json`, FOLDER), 'utf8'))

/** The connections that get a shipment of an order that the vendor calls so, and their orders' numbers. */
async function routedBack(reference: string, ids: readonly string[]): Promise<readonly string[]> {
  const event = fulfilmentChanged({ orderReference: reference, orderNumber: reference })
  const connections = ids.map((id) => connectionOf(id, '^WLD-', { vendor: event.source }))
  const { outputs } = await routeFulfilments.process(event, contextOf(...connections), undefined)
  const routed = outputs.map((output) => output.event as ShopFulfilmentRequested)
  return routed.map(({ connection, data }) => `${connection} ${data.orderNumber}`)
}

/** What the vendor of the case is sent, version by version. */
function run(name: string, more: Partial<Connection> = {}, baseSkus: BaseSkus = {}) {
  const input = inputOf(name)
  return routed(versionsOf(input, baseSkus), [caseConnection(input, more)])
}

/** The last thing that the vendor is sent. */
async function lastEvent(name: string, baseSkus: BaseSkus = {}): Promise<VendorOrderRequested> {
  const last = (await run(name, {}, baseSkus)).at(-1)?.events[0]
  if (last === undefined) throw new Error(`${name}: the vendor is sent nothing`)
  return last
}

const toShip = ({ data }: VendorOrderRequested) => topLevelLines(data).map((line) => text8(openQuantity(line)))

const NO_REFERENCES = {
  customer: '7',
  zone: 'UTC',
  customPriceLevel: null,
  discountItem: null,
  costs: () => false,
}

/** NetSuite's body, with an item for every SKU. */
function netsuiteBody(event: VendorOrderRequested, references: Omit<OrderReferences, 'items'> = NO_REFERENCES) {
  const items = new Map(event.data.lines.map(({ sku }) => [sku, `item of ${sku}`]))
  return JSON.parse(stringifyExact(salesOrderBody(event, connectionOf('vendor', '^WLD-'), { ...references, items })))
}

const SAP_SETTINGS: OrderSettings = {
  zone: 'UTC',
  marks: { digest: 'U_Digest', line: 'U_Line' },
  customer: { way: 'create', group: null },
  tax: { way: 'none' },
  freight: { way: 'expense', code: 1 },
  currencies: new Map(),
  cancelDelivered: 'ask',
}

/** SAP's body, of a customer that we make. */
function sapBody(event: VendorOrderRequested, states: StateLists = new Map()) {
  const parts = { amounts: orderAmounts(event.data), settings: SAP_SETTINGS, cardCode: 'C1', existing: null, states }
  return JSON.parse(stringifyExact(sapOrderBody(event, connectionOf('vendor', '^WLD-'), parts)))
}

/** An order to such an address. */
function withAddress(more: Partial<Address>): VendorOrderRequested {
  const event = vendorOrder('vendor', '1', orderOf([lineOf('1', 'WLD-1')]))
  const address = { ...event.data.billingAddress, ...more }
  return { ...event, data: { ...event.data, billingAddress: address, shippingAddress: address } }
}

/** Lines as SAP gets them: SKU, pieces, net amount. */
const sapLines = ({ data }: VendorOrderRequested) =>
  orderAmounts(data).lines.map(({ line, quantity, net }) => `${line.sku} ×${text8(quantity)} =${text4(net)}`)

const CASES: Readonly<Record<string, (name: string) => void | Promise<void>>> = {
  '01-partial-refund-before-shipment': async (name) => {
    const [, refunded] = await run(name)
    expect(refunded?.events.map(toShip)).toEqual([['5']])
    expect(refunded?.events.map(sapLines)).toEqual([['WLD-1 ×5 =50']])
    expect(netsuiteBody(await lastEvent(name)).item.items).toMatchObject([{ quantity: 5, amount: 50 }])
  },
  '02-custom-option-sku': async (name) => {
    const event = await lastEvent(name, { '67': 'WLD-BAG' })
    expect(linesOf(event)).toEqual(['WLD-BAG ×1 =30'])
    const [line] = netsuiteBody(event).item.items
    expect(line).toMatchObject({ item: { id: 'item of WLD-BAG' }, description: 'WLD-BAG-red, option 5: 11' })
  },
  '03-custom-option-sku-dashes': async (name) => {
    expect(linesOf(await lastEvent(name))).toEqual(['WLD-MB01 ×1 =34'])
    expect(linesOf(await lastEvent(name, { '1': 'WLD-MB01' }))).toEqual(['WLD-MB01 ×1 =34'])
  },
  '04-bundle-dynamic-sku': async (name) => {
    const event = await lastEvent(name)
    expect(linesOf(event)).toEqual(['WLD-A ×1 =27', 'WLD-B ×2 =34'])
    expect(netsuiteBody(event).item.items).toMatchObject([
      { quantity: 1, rate: 27 },
      { quantity: 2, rate: 17 },
    ])
  },
  '05-increment-id-collision': async (name) => {
    const events = await readFromMagento(inputOf(name) as readonly Wire[])
    const connection = caseConnection(null)
    const routedEvents = await Promise.all(
      events.map((event) => routeOrders.process(event, contextOf(connection), undefined)),
    )
    const sent = routedEvents.flatMap(({ outputs }) => outputs)
    expect(sent.map(({ key, event }) => [key, linesOf(event as VendorOrderRequested)])).toEqual([
      ['vendor|2000000001', ['WLD-1 ×1 =10']],
      ['vendor|2000000001~9', ['WLD-2 ×3 =99']],
    ])
  },
  '06-bundle-partly-canceled-on-children': async (name) => {
    const event = await lastEvent(name)
    expect(sapLines(event)).toEqual(['WLD-PACK ×1 =70'])
    const inParts = { ...event, data: withKnownBundles(event.data, (sku) => sku !== 'WLD-PACK') }
    expect(sapLines(inParts)).toEqual(['WLD-S ×2 =40', 'WLD-F ×1 =30'])
  },
  '07-region-code-is-a-name': async (name) => {
    const event = await lastEvent(name)
    const lists = [new Map(), new Map([['GB', []]]), new Map([['GB', [{ code: 'ENG', name: 'England' }]]])]
    for (const states of lists) {
      expect(sapBody(event, states).AddressExtension).toMatchObject({ ShipToCounty: 'Kent', BillToCounty: 'Kent' })
      expect(sapBody(event, states).AddressExtension).not.toHaveProperty('ShipToState')
    }
    expect(netsuiteBody(event).shippingAddress).toMatchObject({ state: 'Kent' })
    const listed = { ...NO_REFERENCES, states: lists[2] ?? new Map() }
    expect(netsuiteBody(event, listed).shippingAddress).toMatchObject({ addr1: '1 High Street', addr2: 'Kent' })
  },
  '07c-poland': async (name) => {
    const event = await lastEvent(name)
    const polish = (code: string) => new Map([['PL', [{ code, name: 'Mazowieckie' }]]])
    expect(sapBody(event, polish('MZ')).AddressExtension).toMatchObject({ ShipToState: 'MZ' })
    expect(sapBody(event, polish('14')).AddressExtension).toMatchObject({ ShipToState: '14' })
    expect(sapBody(event).AddressExtension).toMatchObject({ ShipToCounty: 'mazowieckie' })
    expect(netsuiteBody(event).shippingAddress).toMatchObject({ state: 'mazowieckie' })
  },
  '07d-region-without-code': async (name) => {
    const event = await lastEvent(name)
    expect(sapBody(event).AddressExtension).toMatchObject({ ShipToCounty: 'Kent' })
    expect(netsuiteBody(event).shippingAddress).toMatchObject({ state: 'Kent' })
  },
  '09-discount-over-100-percent': async (name) => {
    const event = await lastEvent(name)
    const amounts = orderAmounts(event.data)
    expect([amounts.net, amounts.tax].map(text4)).toEqual(['0', '0'])
    expect(amounts.lines.map(({ discountPercent }) => discountPercent)).toEqual(['100', '100'])
    expect(text4(event.data.grandTotal)).toBe('0')
  },
  '09b-discount-on-prices-with-tax': async (name) => {
    const { net, tax } = orderAmounts((await lastEvent(name)).data)
    expect([net, tax, add(net, tax)].map(text4)).toEqual(['90', '4.5', '94.5'])
  },
  '13-payment-fee-in-extension-attributes': async (name) => {
    const { data } = await lastEvent(name)
    expect([data.subtotal, data.tax, data.grandTotal].map(text4)).toEqual(['100', '21', '121'])
    const [shared] = await run(name, { charges: { fee: 'shared' } })
    expect(shared?.events.map((event) => text4(event.data.grandTotal))).toEqual(['123.65'])
  },
  '14-fixed-product-tax': async (name) => {
    const event = await lastEvent(name)
    expect(linesOf(event)).toEqual(['WLD-1 ×2 =200'])
    expect(event.data.charges.map(({ kind, amount }) => `${kind} ${text4(amount)}`)).toEqual(['fixed_product_tax 10'])
    expect(text4(event.data.grandTotal)).toBe('252')
    const { net, tax } = orderAmounts(event.data)
    expect(text4(add(net, tax))).toBe('252')
    expect(netsuiteBody(event)).toMatchObject({ taxTotal: 52 })
  },
  '14c-fixed-product-tax-on-the-sellers-line': async (name) => {
    const { data } = await lastEvent(name)
    expect([text4(data.grandTotal), data.charges]).toEqual(['10', []])
  },
  '15-jpy-three-vendors': async (name) => {
    const connections = ['WLD', 'BX', 'CX'].map((letters) => connectionOf(letters.toLowerCase(), `^${letters}-`))
    const [shared] = await routed(versionsOf(inputOf(name)), connections)
    expect(shared?.events.map(({ data }) => text4(data.shipping))).toEqual(['167', '167', '166'])
  },
  '18-float-artefact': async (name) => {
    const { data } = await lastEvent(name)
    expect([text4(data.subtotal), text8(data.lines[0]?.unitPrice ?? decimal8(0, 'price'))]).toEqual(['75.65', '75.65'])
  },
  '19-refund-after-delivery': async (name) => {
    const [, refunded] = await run(name)
    expect(refunded).toEqual({ events: [], codes: ['returned'] })
  },
  '20-emoji-at-the-cut': (name) => {
    const company = String(inputOf(name))
    const event = withAddress({ company, lastName: company, city: company })
    const texts = [netsuiteBody(event), customerBody(event, null), sapBody(event), partnerTexts(event).fields]
    expect(JSON.stringify(texts)).not.toMatch(/\\ud[89a-f]/)
    expect(sapBody(event).AddressExtension.ShipToCity).toBe('x'.repeat(99))
  },
  '21-long-street': async (name) => {
    const { AddressExtension: address, Comments } = sapBody(await lastEvent(name))
    const street =
      'Building 7, Gate 12, Industrial Estate Phase II Extension, Near Old Customs Checkpoint and Water Tower,'
    expect([address.ShipToStreet, address.ShipToBlock]).toEqual([street.slice(0, 96), 'Tower, Ring Road'])
    expect(Comments).toBeUndefined()
  },
  '21c-long-phone-company-city': async (name) => {
    const event = await lastEvent(name)
    const { shippingAddress, memo } = netsuiteBody(event)
    expect(shippingAddress).toMatchObject({
      attention: 'Gesellschaft für internationale Zusammenarbeit, Logistik, Warenwirtschaft und Besch',
      city: 'Llanfairpwllgwyngyllgogerychwyrndrobwllllantysilio',
      addrPhone: '+4903012345678x9012345',
    })
    expect(memo).toContain('mbH & Co. KG')
    expect(memo).toContain('gogogoch')
    expect(customerBody(event, null)).toMatchObject({ phone: '+4903012345678x9012345' })
  },
  '22-bigcommerce-state-name': async (name) => {
    const event = await lastEvent(name)
    const american = new Map([['US', [{ code: 'TX', name: 'Texas' }]]])
    for (const states of [new Map(), american]) {
      expect(sapBody(event, states).AddressExtension).toMatchObject({ ShipToState: 'TX' })
      expect(netsuiteBody(event, { ...NO_REFERENCES, states }).shippingAddress).toMatchObject({ state: 'TX' })
    }
  },
  '23-bigcommerce-partial-refund': async (name) => expect(toShip(await lastEvent(name))).toEqual(['1']),
  '23b-bigcommerce-partial-refund-status-kept': async (name) => expect(toShip(await lastEvent(name))).toEqual(['1']),
  '24-bigcommerce-manual-verification': async (name) => {
    const [sent, held] = await run(name)
    expect(held?.events.map(({ canceled }) => canceled)).toEqual([true])
    const [first] = versionsOf(inputOf(name))
    const all = [...versionsOf(inputOf(name)), ...(first === undefined ? [] : [first])]
    const released = (await routed(all, [caseConnection(inputOf(name))])).at(-1)
    expect(released?.events[0]?.contentDigest).toBe(sent?.events[0]?.contentDigest)
  },
  '25-bigcommerce-no-email': async (name) => {
    const event = await lastEvent(name)
    expect(event.data.customerEmail).toBe('')
    expect(netsuiteBody(event)).not.toHaveProperty('email')
    expect(customerBody(event, null)).not.toHaveProperty('email')
  },
  '28-rest-canceled-order-complete': async (name) => {
    const [, rest] = await run(name)
    expect(rest?.events.map(linesOf)).toEqual([['WLD-1 ×3 =50']])
    expect(rest?.events.map(sapLines)).toEqual([['WLD-1 ×3 =30']])
  },
  '28b-bigcommerce-edited-after-the-sellers-own-shipment': async (name) => {
    expect(linesOf(await lastEvent(name))).toEqual(['WLD-1 ×2 =20'])
    // First seen after the seller has shipped its own line, it goes as well.
    const last = versionsOf(inputOf(name)).slice(-1)
    const [late] = await routed(last, [caseConnection(inputOf(name), { orderStates: ['awaiting_fulfillment'] })])
    expect(late?.events.map(linesOf)).toEqual([['WLD-1 ×2 =20']])
  },
  '29-references-of-two-connections': async (name) => {
    const { orders } = inputOf(name) as { readonly orders: readonly { connection: string; key: string }[] }
    const { client, addItem, records } = memoryNetSuite()
    addItem('WLD-1')
    const sink = writeNetSuiteOrders(client, netsuiteOf())
    for (const { connection, key } of orders) {
      const event = vendorOrder(connection, key, orderOf([lineOf(key, 'WLD-1')], { orderNumber: key }))
      const before = { targetId: null, unclear: false }
      await sink.deliver(event, connectionOf(connection, '^WLD-'), AbortSignal.timeout(10_000), before)
    }
    const made = records.filter(({ type }) => type === 'salesOrder').map(({ externalId }) => externalId)
    expect(made).toEqual(['bc_2-17', 'bc-2-17'])
    const read = made.map((reference) => routedBack(reference, ['bc', 'bc-2']))
    expect(await Promise.all(read)).toEqual([['bc 2-17'], ['bc-2 17']])
  },
  '31-sellers-line-without-sku': async (name) => expect(linesOf(await lastEvent(name))).toEqual(['WLD-1 ×1 =10']),
  '38-tax-on-the-order-alone': async (name) => expect(text4((await lastEvent(name)).data.tax)).toBe('4.95'),
  '46-bundle-of-chosen-components': async (name) => {
    const event = await lastEvent(name)
    expect(lineNotes(event.data).get('1')).toBe('1 × WLD-SOFA-BLACK, 1 × WLD-SOFA-GREEN')
    expect(netsuiteBody(event).item.items).toMatchObject([{ description: '1 × WLD-SOFA-BLACK, 1 × WLD-SOFA-GREEN' }])
    const inParts = { ...event, data: withKnownBundles(event.data, (sku) => sku !== 'WLD-SOFA-SET') }
    expect(sapLines(inParts)).toEqual(['WLD-SOFA-BLACK ×1 =250', 'WLD-SOFA-GREEN ×1 =250'])
  },
  '47-two-guests-of-one-name': async (name) => {
    const { client, addItem, records } = memoryNetSuite({ numbersCustomers: false })
    addItem('WLD-1')
    const sink = writeNetSuiteOrders(client, netsuiteOf())
    const deliver = async (key: string, customerEmail: string) => {
      const event = withAddress({ firstName: 'Ada', lastName: 'Test' })
      const guest = { ...event, key, data: { ...event.data, customerEmail } }
      const before = { targetId: null, unclear: false }
      await sink.deliver(guest, connectionOf('vendor', '^WLD-'), AbortSignal.timeout(10_000), before)
    }
    const guests = [...(inputOf(name) as readonly string[]), 'Ada Test ', 'Ada Test ']
    for (const [index, guest] of guests.entries()) await deliver(String(index), guest.slice('Ada Test '.length))
    // The second order of the first guest makes no customer.
    await deliver('again', 'one@example.com')
    const of = (type: string) => records.filter((record) => record.type === type)
    expect(of('salesOrder')).toHaveLength(5)
    const ids = of('customer').map(({ fields }) => String(fields['entityId']))
    expect(ids).toEqual([
      'Ada Test',
      ...Array.from({ length: 3 }, () => expect.stringMatching(/^Ada Test [0-9a-f]{8}$/)),
    ])
    expect(new Set(ids).size).toBe(4)
  },
  '48-total-is-not-looked-at': async () => {
    const row = { rowTotal: decimal4('100', 'rowTotal'), unitPrice: decimal8('100', 'unitPrice') }
    const order = orderOf([lineOf('1', 'WLD-1', { ...row, discount: decimal4('20', 'discount') })])
    const event = vendorOrder('vendor', '000000001', order)
    const deliver = async (books: (order: Wire | null) => Wire | null) => {
      const { client, addItem } = memoryNetSuite()
      addItem('WLD-1')
      const getByExternalId: typeof client.getByExternalId = async (...asked) =>
        books(await client.getByExternalId(...asked))
      const sink = writeNetSuiteOrders({ ...client, getByExternalId }, netsuiteOf())
      const before = { targetId: null, unclear: false }
      await sink.deliver(event, connectionOf('vendor', '^WLD-'), AbortSignal.timeout(10_000), before)
      return await client.getByExternalId('salesOrder', 'vendor-000000001')
    }
    expect(await deliver((booked) => booked)).toMatchObject({ total: '80' })
    const withoutDiscount = deliver((booked) => (booked === null ? null : { ...booked, total: 100 }))
    await expect(withoutDiscount).rejects.toMatchObject({ code: 'totals_differ' })
  },
}

describe('orders as real shops have them', () => {
  const names = readdirSync(FOLDER).map((file) => file.replace(/\.json$/, ''))

  it.each(Object.entries(CASES))('%s', async (name, check) => {
    await check(name)
  })

  it('are all here', () => {
    expect(names.toSorted()).toEqual(Object.keys(CASES).toSorted())
  })
})
