// Case 48: NetSuite was written to and never asked what it had booked: a discount that it leaves out, a tax that it computes.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { StreamError } from '../../src/errors.ts'
import { decimal4, decimal8 } from '../../src/events/decimal.ts'
import type { OrderLine, VendorOrderRequested } from '../../src/events/generated/events.ts'
import { type Wire, wireOf, wiresOf } from '../../src/systems/kit/wire.ts'
import type { NetSuiteClient } from '../../src/systems/netsuite/client.ts'
import { writeNetSuiteOrders } from '../../src/systems/netsuite/write-orders.ts'
import { connectionOf, lineOf, orderOf, vendorOrder } from '../data/processor-events.ts'
import { type NetSuiteAccount, startNetSuiteAccount } from '../worlds/netsuite-account.ts'
import { netsuiteOf } from '../worlds/settings.ts'

const signal = new AbortController().signal
const connection = connectionOf('shop-a', '^WLD-')
const CALM = { targetId: null, unclear: false }
const UNCLEAR = { targetId: null, unclear: true }
const d = (text: string) => decimal4(text, 'amount')

let account: NetSuiteAccount
let sku = ''
beforeAll(async () => {
  account = await startNetSuiteAccount()
  sku = String((await account.items())[0]?.['itemId'])
})
afterAll(async () => await account.close())
beforeEach(async () => void (await account.control('POST', 'reset')))

/** Ten pieces at 10 less 20 in all, 8 of tax, freight 5. */
function eventOf(key: string, line: Partial<OrderLine> = {}, digest = 'v1'): VendorOrderRequested {
  const row = { quantityOrdered: decimal8('10', 'q'), rowTotal: d('100'), discount: d('20'), tax: d('8'), ...line }
  const order = orderOf([lineOf('11', sku, row)], { shipping: d('5') })
  return { ...vendorOrder(connection.id, key, order), contentDigest: digest }
}

interface Through {
  readonly settings?: Readonly<Record<string, unknown>>
  readonly before?: typeof CALM
  readonly client?: (client: NetSuiteClient) => Partial<NetSuiteClient>
}

async function deliver(
  event: VendorOrderRequested,
  { settings = {}, before = CALM, client = () => ({}) }: Through = {},
) {
  const real = await account.client()
  const sink = writeNetSuiteOrders({ ...real, ...client(real) }, netsuiteOf(settings))
  return await sink.deliver(event, connection, signal, before)
}

const orders = () => account.orders()
const marks = async () => (await orders()).map((order) => order['custbody_waldstream_digest'])
const linesOf = (order: Wire | undefined) => wiresOf(wireOf(order?.['item'])['items'])
const writes = async () =>
  (await account.requests('/salesOrder/')).filter((request) => (request as { method?: string }).method === 'PUT').length

describe('what NetSuite booked of an order', () => {
  it.each([{}, { discountItem: '77' }])('adds up to the shop’s total, discount and all, with %o', async (settings) => {
    expect(await deliver(eventOf('1'), { settings })).toMatchObject({ outcome: 'written' })
    expect((await orders())[0]).toMatchObject({ total: 93, taxTotal: 8, shippingCost: 5 })
  })

  it('is compared, and what is booked otherwise does not stay: every line is closed, as if the shop had canceled', async () => {
    await account.control('PUT', 'rules', { handlingCost: 3 })
    await expect(deliver(eventOf('1'))).rejects.toMatchObject({
      code: 'totals_differ',
      policy: 'dead-letter',
      message: expect.stringContaining('it is 88 before tax instead of 85'),
      field: 'total',
    })
    expect(linesOf((await orders())[0])).toMatchObject([{ isClosed: true }])
    expect(await marks()).toEqual(['v1 canceled'])
    // Mended there, the order is tried again.
    await account.control('PUT', 'rules', { handlingCost: 0 })
    expect(await deliver(eventOf('1'))).toMatchObject({ outcome: 'written' })
    expect(linesOf((await orders())[0])).toMatchObject([{ isClosed: false }])
    expect(await marks()).toEqual(['v1'])
  })

  it('is compared with one more call, and once more when it is redelivered, without a second write', async () => {
    await deliver(eventOf('1'))
    const calls = (await account.requests()).length
    const written = await writes()
    expect(await deliver(eventOf('1'), { before: UNCLEAR })).toMatchObject({ outcome: 'unchanged' })
    expect((await account.requests()).length).toBe(calls + 1)
    expect(await writes()).toBe(written)
  })

  it('is compared by the next worker where the first one died between its write and the comparison', async () => {
    await account.control('PUT', 'rules', { handlingCost: 3 })
    let reads = 0
    const dies = (real: NetSuiteClient) => ({
      getByExternalId: async (...given: Parameters<NetSuiteClient['getByExternalId']>) => {
        reads += 1
        if (reads > 1) throw new StreamError('stopping', 'the worker is gone')
        return await real.getByExternalId(...given)
      },
    })
    await expect(deliver(eventOf('1'), { client: dies })).rejects.toMatchObject({ code: 'stopping' })
    expect(await marks()).toEqual(['v1'])
    await expect(deliver(eventOf('1'), { before: UNCLEAR })).rejects.toMatchObject({ code: 'totals_differ' })
    expect(await marks()).toEqual(['v1 canceled'])
  })

  it('that can not be compared now is told as a write that may have come through, never as none', async () => {
    let reads = 0
    const limited = (real: NetSuiteClient) => ({
      getByExternalId: async (...given: Parameters<NetSuiteClient['getByExternalId']>) => {
        reads += 1
        if (reads > 1) throw new StreamError('rate_limited', 'too many calls', { retryAfterMs: 7 })
        return await real.getByExternalId(...given)
      },
    })
    await expect(deliver(eventOf('1'), { client: limited })).rejects.toMatchObject({
      code: 'concurrent_change',
      retryAfterMs: 7,
    })
  })

  it('of a change is compared too; an order of which a part is fulfilled stays, and is told', async () => {
    await deliver(eventOf('1'))
    const id = String((await orders())[0]?.['id'])
    await account.control('POST', `orders/${id}/fulfil`, { lines: [{ line: 1, quantity: 2 }] })
    await account.control('PUT', 'rules', { handlingCost: 3 })
    const less = eventOf('1', { quantityCanceled: decimal8('5', 'q') }, 'v2')
    await expect(deliver(less)).rejects.toMatchObject({
      code: 'totals_differ',
      message: expect.stringContaining('stays as it is'),
    })
    expect(linesOf((await orders())[0])).toMatchObject([{ isClosed: false, quantity: 5 }])
    await expect(deliver(less)).rejects.toMatchObject({ code: 'totals_differ' })
  })

  it('and a person changed later is told, and stays', async () => {
    await deliver(eventOf('1'))
    await changeByHand({ shippingCost: 9 })
    await expect(deliver(eventOf('1'))).rejects.toMatchObject({
      code: 'totals_differ',
      message: expect.stringContaining('its shipping is 9 instead of 5'),
    })
    expect(await marks()).toEqual(['v1'])
  })
})

/** What a person does in NetSuite. */
async function changeByHand(body: Wire): Promise<void> {
  const [order] = await orders()
  await (await account.client()).upsertByExternalId('salesOrder', String(order?.['externalId']), body)
}

describe('the tax of an order', () => {
  it('that an account computes itself is no field to be set: the message names the setting', async () => {
    await account.control('PUT', 'rules', { taxRate: 10 })
    await expect(deliver(eventOf('1'))).rejects.toMatchObject({
      code: 'configuration_invalid',
      policy: 'pause',
      field: 'taxtotal',
      message: expect.stringMatching(/permissions to set a value for element taxtotal.*settings\.taxes/),
    })
    expect(await orders()).toEqual([])
  })

  it('is compared where NetSuite computes it: as rounding goes, and no more', async () => {
    await account.control('PUT', 'rules', { taxRate: 10 })
    const settings = { taxes: 'computed' }
    expect(await deliver(eventOf('1', { tax: d('8.51') }), { settings })).toMatchObject({ outcome: 'written' })
    await expect(deliver(eventOf('2', { tax: d('8') }), { settings })).rejects.toMatchObject({
      code: 'totals_differ',
      message: expect.stringContaining('its tax is 8.5 instead of 8'),
    })
  })

  it('is neither sent nor compared with none; the amounts before tax are', async () => {
    await account.control('PUT', 'rules', { taxRate: 19 })
    expect(await deliver(eventOf('1'), { settings: { taxes: 'none' } })).toMatchObject({ outcome: 'written' })
    await account.control('PUT', 'rules', { handlingCost: 1 })
    await expect(deliver(eventOf('2'), { settings: { taxes: 'none' } })).rejects.toThrow('before tax')
  })

  it('is a line with an item of its own, which no shipment has', async () => {
    await account.control('PUT', 'rules', { taxRate: 0 })
    const { id } = await account.control('POST', 'items', { itemid: 'TAX', itemtype: 'Service' })
    const settings = { taxes: 'item', taxItem: id }
    await deliver(eventOf('1'), { settings })
    const [order] = await orders()
    expect(order).toMatchObject({ total: 93, taxTotal: 0 })
    expect(linesOf(order)[1]).toMatchObject({ item: { id: String(id) }, amount: 8, custcol_waldstream_line: '#tax' })
    const less = eventOf('1', { quantityCanceled: decimal8('5', 'q') }, 'v2')
    await account.control('POST', `orders/${order?.['id']}/fulfil`, { lines: [{ line: 1, quantity: 2 }] })
    expect(await deliver(less, { settings })).toMatchObject({ outcome: 'written' })
    expect(linesOf((await orders())[0])[1]).toMatchObject({ amount: 4 })
  })
})

describe('an order in another currency than the account’s', () => {
  const euro = (key: string) => {
    const event = eventOf(key)
    return { ...event, data: { ...event.data, currency: 'EUR' } }
  }

  it('is booked in it, where the account has it', async () => {
    const settings = { currency: 'USD', currencies: { EUR: 4 } }
    expect(await deliver(euro('1'), { settings })).toMatchObject({ outcome: 'written' })
    expect((await orders())[0]).toMatchObject({ currency: { id: '4', refName: 'EUR' }, total: 93, exchangeRate: 1.1 })
  })

  it('is refused where it has not, and where NetSuite books another one it does not stay', async () => {
    const settings = { currency: 'USD', currencies: { GBP: 2 } }
    await expect(deliver(euro('1'), { settings })).rejects.toMatchObject({ code: 'target_rejected', field: 'currency' })
    const books = (real: NetSuiteClient) => ({
      getByExternalId: async (...given: Parameters<NetSuiteClient['getByExternalId']>) => {
        const order = await real.getByExternalId(...given)
        return order === null ? null : { ...order, currency: { id: '1', refName: 'USD' } }
      },
    })
    const named = { currency: 'USD', currencies: { EUR: 4 } }
    await expect(deliver(euro('1'), { settings: named, client: books })).rejects.toMatchObject({
      code: 'totals_differ',
      message: expect.stringContaining('its currency is 1 (USD) instead of 4'),
    })
  })
})

describe('the account refuses, as NetSuite does,', () => {
  it.each([
    [{ discountTotal: -5 }, /set a value for element discounttotal/],
    [{ discountItem: { id: '77' }, discountRate: '-5' }, /Provide a number/],
    [{ discountItem: { id: '78' }, discountRate: -5 }, /Invalid Field Value 78/],
    [{ currency: { id: '2' } }, /Invalid Field Value 2 for the following field: currency/],
  ])('%o', async (fields, message) => {
    await deliver(eventOf('1'))
    await expect(changeByHand(fields)).rejects.toThrow(message)
  })
})
