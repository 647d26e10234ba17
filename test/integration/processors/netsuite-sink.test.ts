import { pino } from 'pino'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { NETSUITE_CREDENTIALS } from '../../../simulators/netsuite/credentials.ts'
import { startNetSuiteSimulator } from '../../../simulators/netsuite/start.ts'
import { decimal4, decimal8 } from '../../../src/events/decimal.ts'
import type { Order, OrderLine, VendorOrderRequested } from '../../../src/events/generated/events.ts'
import { contentDigest } from '../../../src/events/identity.ts'
import { type Wire, wireOf, wiresOf } from '../../../src/systems/kit/wire.ts'
import { createNetSuiteClient } from '../../../src/systems/netsuite/client.ts'
import { writeNetSuiteOrders } from '../../../src/systems/netsuite/write-orders.ts'
import { localNetwork } from '../../data/loopback.ts'
import { connectionOf, lineOf, orderOf, vendorOrder } from '../../data/processor-events.ts'
import { netsuiteOf } from '../../worlds/settings.ts'
import { governors, smallCatalogFile, wallClock } from '../../worlds/sources.ts'

const { account, consumerKey, consumerSecret, token, tokenSecret } = NETSUITE_CREDENTIALS
const signal = new AbortController().signal
const nothing = { targetId: null, unclear: false }
const connection = connectionOf('magento-netsuite', '^WLD-', {
  orderMap: { shipMethods: { flatrate_flatrate: '1' }, location: null },
})

let simulator: Awaited<ReturnType<typeof startNetSuiteSimulator>>
let skus: string[]
beforeAll(async () => {
  const options = { dataFile: ':memory:', catalogFile: smallCatalogFile, vendorPattern: /^WLD-/, seed: 7 }
  simulator = await startNetSuiteSimulator(options)
  skus = wiresOf((await state())['items']).map((item) => String(item['itemId']))
})
afterAll(async () => await simulator.close())
beforeEach(async () => await post('reset', undefined))

const state = async () => wireOf(await (await fetch(`${simulator.url}/_sim/state`)).json())
const post = async (route: string, body: unknown) => {
  const headers = { 'content-type': 'application/json' }
  const answer = await fetch(`${simulator.url}/_sim/${route}`, {
    method: 'POST',
    headers,
    body: JSON.stringify(body) ?? null,
  })
  expect(answer.ok).toBe(true)
}
const orders = async () => wiresOf((await state())['salesOrders'])
const linesOf = (order: Wire | undefined) => wiresOf(wireOf(order?.['item'])['items'])

const newSink = () => {
  const credentials = { consumerKey, consumerSecret, token, tokenSecret }
  const settings = { baseUrl: simulator.url, account, credentials, limits: { concurrency: 2 } }
  const client = createNetSuiteClient(settings, {
    clock: wallClock,
    governors,
    network: localNetwork,
    logger: pino({ level: 'silent' }),
  })
  return writeNetSuiteOrders(client, netsuiteOf({}, 'America/Los_Angeles'))
}

const line = (id: string, index: number, quantity: string, price: string, total: string): OrderLine =>
  lineOf(id, skus[index] ?? 'none', {
    quantityOrdered: decimal8(quantity, 'quantity'),
    unitPrice: decimal8(price, 'price'),
    rowTotal: decimal4(total, 'total'),
  })
const event = (lines: readonly OrderLine[], more: Partial<Order> = {}): VendorOrderRequested => {
  const made = vendorOrder(
    connection.id,
    '000000001',
    orderOf(lines, { shipping: decimal4('7.1', 'shipping'), ...more }),
  )
  return { ...made, contentDigest: contentDigest({ deleted: false, data: made.data }) }
}
const twoLines = () => event([line('11', 0, '2', '19.99', '39.98'), line('12', 1, '1', '5', '5')])

describe('a vendor order in NetSuite', () => {
  it('is one sales order with the lines of the event, its customer and addresses', async () => {
    const wanted = twoLines()
    const delivered = await newSink().deliver(wanted, connection, signal, nothing)
    const [order, ...others] = await orders()
    expect(others).toEqual([])
    expect(delivered).toEqual({ outcome: 'written', targetId: order?.['id'] })
    expect(order).toMatchObject({
      externalId: 'magento-netsuite-000000001',
      otherRefNum: '000000001',
      // 04:00 UTC is the evening before in California.
      tranDate: '2026-03-01',
      memo: 'PO-7',
      shippingCost: 7.1,
      shipMethod: { id: '1' },
      custbody_waldstream_digest: wanted.contentDigest,
      shippingAddress: { addressee: 'Zoë Łukasz', addr1: '1 Main St', addr2: 'Unit 2', country: { id: 'US' } },
    })
    expect(linesOf(order)).toMatchObject([
      { item: { refName: skus[0] }, quantity: 2, rate: 19.99, amount: 39.98, custcol_waldstream_line: '11' },
      { item: { refName: skus[1] }, quantity: 1, rate: 5, amount: 5, custcol_waldstream_line: '12' },
    ])
    const customers = wiresOf((await state())['customers'])
    expect(customers).toMatchObject([{ isPerson: true, lastName: 'Łukasz', email: 'Zoe@Example.com' }])
    expect(customers[0]?.['externalId']).toMatch(/^magento-[0-9a-f]{16}$/)
  })

  it('delivered twice, also by another process, is one order with the same lines', async () => {
    const sink = newSink()
    await sink.deliver(twoLines(), connection, signal, nothing)
    const before = await orders()
    expect(await sink.deliver(twoLines(), connection, signal, nothing)).toMatchObject({ outcome: 'unchanged' })
    expect(await newSink().deliver(twoLines(), connection, signal, nothing)).toMatchObject({ outcome: 'unchanged' })
    expect(await orders()).toEqual(before)
  })

  it('that changed has its lines replaced, not appended', async () => {
    const sink = newSink()
    await sink.deliver(twoLines(), connection, signal, nothing)
    await sink.deliver(event([line('12', 1, '3', '5', '15')]), connection, signal, nothing)
    const all = await orders()
    expect(all).toHaveLength(1)
    expect(linesOf(all[0])).toMatchObject([{ quantity: 3, amount: 15, custcol_waldstream_line: '12' }])
    expect(linesOf(all[0])).toHaveLength(1)
  })

  it('that is canceled has its lines closed, and opens again with the next order', async () => {
    const sink = newSink()
    const order = twoLines()
    const canceled = { ...order, canceled: true, contentDigest: 'canceled', data: { ...order.data, lines: [] } }
    expect(await sink.deliver(canceled, connection, signal, nothing)).toEqual({ outcome: 'unchanged', targetId: null })
    expect(await orders()).toEqual([])
    await sink.deliver(order, connection, signal, nothing)
    await sink.deliver(canceled, connection, signal, nothing)
    expect(linesOf((await orders())[0]).map(({ isClosed, quantity }) => [isClosed, quantity])).toEqual([
      [true, 2],
      [true, 1],
    ])
    expect(await sink.deliver(canceled, connection, signal, nothing)).toMatchObject({ outcome: 'unchanged' })
    await sink.deliver(order, connection, signal, nothing)
    expect(linesOf((await orders())[0]).map(({ isClosed }) => isClosed)).toEqual([false, false])
  })

  it('that changed after it was fulfilled is a conflict and stays as it is', async () => {
    const sink = newSink()
    const { targetId } = await sink.deliver(twoLines(), connection, signal, nothing)
    await post(`salesOrders/${targetId}/fulfill`, {})
    const before = await orders()
    await expect(
      sink.deliver(event([line('12', 1, '3', '5', '15')]), connection, signal, nothing),
    ).rejects.toMatchObject({
      code: 'target_conflict',
      policy: 'dead-letter',
    })
    expect(await orders()).toEqual(before)
  })

  it('with an unknown SKU waits and is not written without that line', async () => {
    const unknown = event([line('11', 0, '1', '5', '5'), lineOf('12', 'WLD-NONE')])
    await expect(newSink().deliver(unknown, connection, signal, nothing)).rejects.toMatchObject({
      code: 'item_missing',
      policy: 'wait',
      message: expect.stringContaining('WLD-NONE'),
    })
    expect(await orders()).toEqual([])
  })

  it('keeps children with their parent and has the parent rows alone', async () => {
    const parent = { ...line('11', 0, '1', '5', '5'), productType: 'configurable' }
    const child = { ...line('12', 0, '1', '0', '0'), parentLineId: '11' }
    await newSink().deliver(event([parent, child]), connection, signal, nothing)
    expect(linesOf((await orders())[0])).toMatchObject([{ quantity: 1, custcol_waldstream_line: '11' }])
  })
})
