import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { VendorOrderRequested } from '../../src/events/generated/events.ts'
import { recordKey } from '../../src/events/topics.ts'
import type { Tables } from '../../src/platform/dynamodb/tables.ts'
import { attemptsOfEvent, type OrderCall } from '../../src/processors/delivery/order-calls.ts'
import { recordedSink } from '../../src/processors/delivery/recorded-sink.ts'
import { sinkTables } from '../../src/processors/tables.ts'
import type { Sink } from '../../src/systems/kit/sink.ts'
import { type Wire, wireOf, wiresOf } from '../../src/systems/kit/wire.ts'
import { writeNetSuiteOrders } from '../../src/systems/netsuite/write-orders.ts'
import { fulfilmentLine, shopFulfilment } from '../data/magento2-events.ts'
import { connectionOf, lineOf, orderOf, vendorOrder } from '../data/processor-events.ts'
import { memoryTables } from '../memory/tables.ts'
import { startTestShop, type TestShop } from '../worlds/magento2.ts'
import { type NetSuiteAccount, startNetSuiteAccount } from '../worlds/netsuite-account.ts'
import { startCompany, type TestCompany } from '../worlds/sap-b1.ts'
import { netsuiteOf } from '../worlds/settings.ts'
import { sinkWorld } from '../worlds/sink-world.ts'
import { wallClock } from '../worlds/sources.ts'
import { silentLogger } from '../worlds/stage-context.ts'

/** What is said of the buyer of these orders, and no one else's: none of it is kept. */
const PERSON = /Łukasz|zoe@example|1 Main St|555 ?0100/i

async function keptCalls(tables: Tables, number: string, event_id: string): Promise<readonly OrderCall[]> {
  const of = { order: recordKey('magento', number), event_id }
  return (await attemptsOfEvent(tables, of, { after: '', to: '9' })).flatMap(({ calls }) => calls)
}

/** Delivers as a process does; the calls that are kept of it. */
async function callsOf(sink: Sink<'vendor-orders'>, event: VendorOrderRequested) {
  const world = sinkWorld(wallClock, [connectionOf('a', '^WLD-')])
  const worker = world.worker({ sink })
  const told = await worker.handle(world.append(event))
  const calls = await keptCalls(world.tables, event.key, event.eventId)
  return { told, calls, last: calls.at(-1), text: JSON.stringify(calls) }
}

const writes = (calls: readonly OrderCall[]) => calls.filter(({ method }) => method !== 'GET')

describe('NetSuite', () => {
  let account: NetSuiteAccount
  beforeAll(async () => {
    account = await startNetSuiteAccount()
  })
  afterAll(async () => await account.close())
  beforeEach(async () => void (await account.control('POST', 'reset')))

  const order = async (fields = {}) => {
    const [item] = await account.items()
    return { ...vendorOrder('a', '000000001', orderOf([lineOf('11', String(item?.['itemId']))])), fields }
  }
  const sink = async () => {
    const { settings, zone } = account.system()
    return writeNetSuiteOrders(await account.client(), netsuiteOf(settings, zone))
  }

  it('an order has its calls: the order as it was put, and what NetSuite answered', async () => {
    const { told, calls, text } = await callsOf(await sink(), await order())
    expect(told).toEqual(['000000001 succeeded'])
    const put = writes(calls).find(({ address }) => address.includes('/salesOrder/'))
    expect(put).toMatchObject({ method: 'PUT', error: null, cut: [] })
    expect(put?.status).toBeLessThan(300)
    expect(JSON.parse(put?.request ?? '')).toMatchObject({ item: { items: [{ quantity: 1 }] } })
    const read = calls.findLast(({ method, address }) => method === 'GET' && address.includes('/salesOrder/'))
    expect(JSON.parse(read?.answer ?? '')).toMatchObject({ total: 10 })
    expect(PERSON.exec(text)).toBeNull()
    expect(/OAuth|Bearer|signature/i.exec(text)).toBeNull()
  })

  it('a refused one has what NetSuite said', async () => {
    const { told, last, text } = await callsOf(await sink(), await order({ nonsense: '"1"' }))
    expect(told).toEqual([expect.stringMatching(/^000000001 (failed|waiting)/)])
    expect(last).toMatchObject({ status: 400, error: expect.any(String) })
    expect(last?.request).toContain('nonsense')
    expect(last?.answer).toContain('nonsense')
    expect(PERSON.exec(text)).toBeNull()
  })
})

describe('SAP Business One', () => {
  let company: TestCompany
  beforeAll(async () => {
    company = await startCompany()
  })
  afterAll(async () => await company.close())
  beforeEach(async () => void (await company.send('POST', '/reset')))

  const order = async (sku?: string) => {
    const known = (await company.state('Items')).find(({ Frozen }) => Frozen === 'tNO')
    return vendorOrder('a', '000000001', orderOf([lineOf('11', sku ?? String(known?.['ItemCode']))]))
  }

  it('an order has its calls, and none of them is the login', async () => {
    const { told, calls, text } = await callsOf(await company.sink(), await order())
    expect(told).toEqual(['000000001 succeeded'])
    const [post] = writes(calls).filter(({ address }) => address.endsWith('/Orders'))
    expect(post).toMatchObject({ method: 'POST', status: 201, error: null })
    expect(JSON.parse(post?.request ?? '')).toMatchObject({
      NumAtCard: 'a-000000001',
      DocumentLines: [{ Quantity: 1 }],
    })
    expect(JSON.parse(post?.answer ?? '')).toMatchObject({ DocEntry: expect.any(Number) })
    expect((await company.requests()).some(({ path }) => path.endsWith('/Login'))).toBe(true)
    expect(/Login|Password|B1SESSION|SessionId/i.exec(text)).toBeNull()
    expect(PERSON.exec(text)).toBeNull()
  })

  it('a refused one has what SAP said', async () => {
    const { last, text } = await callsOf(await company.sink(), { ...(await order()), fields: { Nonsense: '"1"' } })
    expect(last).toMatchObject({ method: 'POST', status: 400, error: expect.any(String) })
    expect(last?.request).toContain('Nonsense')
    expect(last?.answer).toContain('Nonsense')
    expect(PERSON.exec(text)).toBeNull()
  })
})

describe('Magento', () => {
  let shop: TestShop
  beforeAll(async () => {
    shop = await startTestShop({ orders: 40 })
  })
  afterAll(async () => await shop.close())

  it("a shipment has its calls, and nothing of the buyer whom the shop's order names", async () => {
    const isOpen = (one: Wire) =>
      one['state'] === 'processing' && wiresOf(one['items']).every((item) => item['product_type'] === 'simple')
    const order = wiresOf((await shop.state())['orders']).find(isOpen) ?? {}
    const number = String(order['increment_id'])
    const [item] = wiresOf(order['items'])
    const line = fulfilmentLine(String(item?.['sku']), '1', { lineId: String(item?.['item_id']) })
    const tables = memoryTables(sinkTables)
    const deps = { tables, clock: wallClock, logger: silentLogger }
    const sink = recordedSink('deliver-magento:shop-fulfilments', await shop.sink('shop-fulfilments'), deps)
    const event = shopFulfilment('IF-1', number, [line])
    const connection = connectionOf('con', '^WLD', { shop: 'magento' })
    const signal = new AbortController().signal
    expect((await sink.deliver(event, connection, signal, { targetId: null, unclear: false })).outcome).toBe('written')
    const calls = await keptCalls(tables, number, event.eventId)
    const post = calls.find(({ method }) => method === 'POST')
    expect(post).toMatchObject({ address: expect.stringMatching(/\/ship$/), status: 200 })
    expect(JSON.parse(post?.request ?? '')).toMatchObject({ items: [{ qty: 1 }] })
    const { street, firstname, lastname, telephone } = wireOf(order['billing_address'])
    const person = [order['customer_email'], firstname, lastname, telephone, ...[street].flat()].map(String)
    const text = JSON.stringify(calls)
    expect(person.filter((value) => value.length > 2 && text.includes(value))).toEqual([])
  })
})
