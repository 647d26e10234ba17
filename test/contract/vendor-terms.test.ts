// Point 6: in dropshipping the vendor's customer is the seller, at the vendor's price.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { decimal4, decimal8 } from '../../src/events/decimal.ts'
import type { OrderLine, VendorOrderRequested } from '../../src/events/generated/events.ts'
import { type Wire, wireOf, wiresOf } from '../../src/systems/kit/wire.ts'
import { writeNetSuiteOrders } from '../../src/systems/netsuite/write-orders.ts'
import { connectionOf, lineOf, orderOf, vendorOrder } from '../data/processor-events.ts'
import { type NetSuiteAccount, startNetSuiteAccount } from '../worlds/netsuite-account.ts'
import { CALM, startCompany, type TestCompany, UNCLEAR } from '../worlds/sap-b1.ts'
import { netsuiteOf } from '../worlds/settings.ts'

const signal = new AbortController().signal
const d = (text: string) => decimal4(text, 'amount')
const q = (text: string) => decimal8(text, 'quantity')

type Terms = Parameters<typeof connectionOf>[2]
const connectionWithTerms = (terms: Terms) => connectionOf('con', '^WLD-', terms)

/** Three pieces at 10 less 4, 2 of tax; freight 5. */
function eventOf(sku: string, digest = 'v1', line: Partial<OrderLine> = {}): VendorOrderRequested {
  const row = { quantityOrdered: q('3'), rowTotal: d('30'), discount: d('4'), tax: d('2'), ...line }
  const order = orderOf([lineOf('11', sku, row)], { shipping: d('5'), currency: 'EUR', customerEmail: '' })
  return { ...vendorOrder('con', '1', order), contentDigest: digest }
}

describe('NetSuite', () => {
  let account: NetSuiteAccount
  let sku = ''
  let seller = ''
  beforeAll(async () => {
    account = await startNetSuiteAccount()
    sku = String((await account.items())[0]?.['itemId'])
  })
  afterAll(async () => await account.close())
  beforeEach(async () => {
    await account.control('POST', 'reset')
    await account.control('PATCH', `items/${sku}`, { price: 20, wholesaleprice: 12 })
    const body = { isPerson: false, companyName: 'The Seller' }
    seller = await (await account.client()).upsertByExternalId('customer', 'seller', body)
  })

  const deliver = async (event: VendorOrderRequested, terms: Terms, before = CALM, settings = {}) => {
    const sink = writeNetSuiteOrders(await account.client(), netsuiteOf({ currency: 'USD', ...settings }))
    return await sink.deliver(event, connectionWithTerms(terms), signal, before)
  }
  const order = async () => (await account.orders())[0]
  const line = (of: Wire | undefined) => wiresOf(wireOf(of?.['item'])['items'])[0]
  const customers = async () => wiresOf((await account.state())['customers']).length

  it('bills the seller at the list’s prices; the customer is the recipient, and becomes no customer', async () => {
    const terms = { billTo: 'seller', customer: seller, prices: 'list', costs: { [sku]: '7.5' } } as const
    expect(await deliver(eventOf(sku), terms)).toMatchObject({ outcome: 'written' })
    const booked = await order()
    expect(booked).toMatchObject({ entity: { id: seller }, total: 22.5, shippingAddress: { addressee: 'Zoë Łukasz' } })
    for (const field of ['email', 'billingAddress', 'taxTotal', 'shippingCost', 'discountItem']) {
      expect(booked).not.toHaveProperty(field)
    }
    expect(line(booked)).toMatchObject({ quantity: 3, rate: 7.5, amount: 22.5 })
    expect(await customers()).toBe(1)
    expect(await deliver(eventOf(sku), terms, UNCLEAR)).toMatchObject({ outcome: 'unchanged' })
  })

  it('compares with the list’s sum; shipping goes along where it is set so, else the account may have its own', async () => {
    const terms = { prices: 'list', costs: { [sku]: '7.5' } } as const
    await account.control('PUT', 'rules', { handlingCost: 3, taxRate: 10 })
    expect(await deliver(eventOf(sku), terms)).toMatchObject({ outcome: 'written' })
    await expect(deliver(eventOf(sku, 'v2'), { ...terms, shipping: 'shop' })).rejects.toMatchObject({
      code: 'totals_differ',
      message: expect.stringContaining('it is 30.5 before tax instead of 27.5'),
    })
  })

  it('prices by a level, and tells what came of it', async () => {
    const terms = { billTo: 'seller', customer: seller, prices: 'priceLevel', priceLevel: '2' } as const
    expect(await deliver(eventOf(sku), terms)).toMatchObject({
      outcome: 'written',
      note: 'priced by NetSuite: 36 before tax',
    })
    expect(line(await order())).toMatchObject({ price: { id: '2' }, rate: 12, amount: 36 })
  })

  it('prices by itself, and compares pieces alone', async () => {
    expect(await deliver(eventOf(sku), { prices: 'none' })).toMatchObject({ note: 'priced by NetSuite: 60 before tax' })
    expect(line(await order())).toMatchObject({ rate: 20, amount: 60 })
    const id = String((await order())?.['id'])
    await account.control('POST', `orders/${id}/fulfil`, { lines: [{ line: 1, quantity: 1 }] })
    const less = eventOf(sku, 'v2', { quantityCanceled: q('1') })
    expect(await deliver(less, { prices: 'none' })).toMatchObject({ outcome: 'written' })
    expect(line(await order())).toMatchObject({ quantity: 2, rate: 20, amount: 40 })
  })

  it('keeps the prices of the day of an order of which a part is fulfilled', async () => {
    const costs = (price: string) => ({ prices: 'list', costs: { [sku]: price } }) as const
    await deliver(eventOf(sku), costs('7.5'))
    await account.control('POST', `orders/${String((await order())?.['id'])}/fulfil`, {
      lines: [{ line: 1, quantity: 1 }],
    })
    await deliver(eventOf(sku, 'v2', { quantityCanceled: q('1') }), costs('9'))
    expect(line(await order())).toMatchObject({ quantity: 2, rate: 7.5, amount: 15 })
  })

  it('is not written to again because the terms changed', async () => {
    await deliver(eventOf(sku), { prices: 'list', costs: { [sku]: '7.5' } })
    const before = await order()
    const changed = await deliver(eventOf(sku), { prices: 'none' })
    expect(changed).toMatchObject({ outcome: 'unchanged' })
    expect(await order()).toEqual(before)
  })

  it('gets no order of a SKU without a cost', async () => {
    await expect(deliver(eventOf(sku), { prices: 'list', costs: { other: '1' } })).rejects.toMatchObject({
      code: 'mapping_failed',
      field: 'costs',
      message: expect.stringContaining(sku),
    })
    expect(await account.orders()).toEqual([])
  })
})

describe('SAP Business One', () => {
  let company: TestCompany
  let sku = ''
  beforeAll(async () => {
    company = await startCompany()
  })
  afterAll(async () => await company.close())
  beforeEach(async () => {
    await company.send('POST', '/reset')
    const items = await company.state('Items')
    sku = String(items.find(({ Frozen }) => Frozen === 'tNO')?.['ItemCode'])
    const seller = { CardCode: 'C30000', CardName: 'The Seller', PriceListNum: 2 }
    await company.client().create('BusinessPartners', seller)
  })

  const seller = { billTo: 'seller', customer: 'C30000' } as const
  const deliver = async (event: VendorOrderRequested, terms: Terms, before = CALM, settings = {}) =>
    await (await company.sink({ customers: 'create', cardCode: '', ...settings })).deliver(
      event,
      connectionWithTerms(terms),
      signal,
      before,
    )
  const order = async () => (await company.state('Orders'))[0]

  it('bills the seller at the list’s prices; the customer is the recipient, and becomes no customer', async () => {
    const before = (await company.state('BusinessPartners')).length
    const terms = { ...seller, prices: 'list', costs: { [sku]: '7.5' } } as const
    expect(await deliver(eventOf(sku), terms, CALM, { taxExpenseCode: '2' })).toMatchObject({ outcome: 'written' })
    const booked = await order()
    expect(booked).toMatchObject({
      CardCode: 'C30000',
      DocTotal: 22.5,
      AddressExtension: { ShipToCity: 'Austin' },
      DocumentLines: [{ Quantity: 3, UnitPrice: 7.5, DiscountPercent: 0, LineTotal: 22.5 }],
    })
    expect(booked?.['AddressExtension']).not.toHaveProperty('BillToCity')
    expect((await company.state('BusinessPartners')).length).toBe(before)
    expect(await deliver(eventOf(sku), terms, UNCLEAR, { taxExpenseCode: '2' })).toMatchObject({ outcome: 'unchanged' })
  })

  it.each(['priceLevel', 'none'] as const)('prices by the customer’s price list: %s', async (prices) => {
    const listed = (await company.state('Items')).find(({ ItemCode }) => ItemCode === sku)
    const price = Number(wiresOf(listed?.['ItemPrices']).find(({ PriceList }) => PriceList === 2)?.['Price'])
    expect(await deliver(eventOf(sku), { ...seller, prices })).toMatchObject({
      note: `priced by SAP: ${(3 * price).toFixed(2)} before tax`,
    })
    expect((await order())?.['DocumentLines']).toMatchObject([{ Quantity: 3, UnitPrice: price }])
    const less = eventOf(sku, 'v2', { quantityCanceled: q('1') })
    expect(await deliver(less, { ...seller, prices })).toMatchObject({ outcome: 'written' })
    expect((await order())?.['DocumentLines']).toMatchObject([{ Quantity: 2, UnitPrice: price }])
  })

  it('is not written to again because the terms changed', async () => {
    await deliver(eventOf(sku), { ...seller, prices: 'list', costs: { [sku]: '7.5' } })
    expect(await deliver(eventOf(sku), { ...seller, prices: 'none' })).toMatchObject({ outcome: 'unchanged' })
    expect(await company.state('Orders')).toHaveLength(1)
  })
})
