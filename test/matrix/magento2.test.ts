import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, vi } from 'vitest'
import { magentoAdmin } from '../../simulators/magento2/authorization.ts'
import { dispatch } from '../../src/control/dispatch.ts'
import { readControl, takeLease } from '../../src/control/read-control.ts'
import { getRun } from '../../src/control/runs.ts'
import type { Entity, TopicEvents } from '../../src/events/topics.ts'
import { runSource } from '../../src/producers/run-source.ts'
import type { AnySourceReader, SourceReader } from '../../src/systems/kit/source.ts'
import { type Wire, wiresOf } from '../../src/systems/kit/wire.ts'
import { writeMagento2Fulfilments } from '../../src/systems/magento2/write-fulfilments.ts'
import { writeMagento2Products } from '../../src/systems/magento2/write-products.ts'
import { fulfilmentLine, shopFulfilment, shopProduct, shopStock } from '../data/magento2-events.ts'
import { connectionOf } from '../data/processor-events.ts'
import { bench } from '../unit/producers/support.ts'
import { integration, startTestShop, type TestShop } from '../worlds/magento2.ts'
import { startRecorder } from '../worlds/recorder.ts'
import { shopDeliveries } from '../worlds/shop-deliveries.ts'
import { readOf, WHOLE, wallClock } from '../worlds/sources.ts'
import { testFaults } from './fault-matrix.ts'

let shop: TestShop
beforeAll(async () => {
  shop = await startTestShop({ orders: 30 })
})
beforeEach(async () => await shop.reset())
afterAll(async () => await shop.close())

const PATIENT = 50_000
const connection = connectionOf('con', '^WLD')
const ordersOf = async () => wiresOf((await shop.state())['orders'])
const numbersOf = (orders: readonly Wire[]) => orders.map((order) => String(order['increment_id'])).toSorted()

/** Runs a read to its end, in pages of seven, and answers what it published and how it ended. */
async function run<E extends Entity>(entity: E, reader: SourceReader<E> = shop.reader(entity)) {
  const deps = { ...bench(), clock: wallClock }
  const read = readOf('magento', entity, 7)
  const nothing = { requestedBy: null, reason: null, from: null, queueUrl: null }
  await dispatch(deps.tables, { requestId: 'r', read: read.id, trigger: 'api', requestedAt: 1, ...nothing })
  const lease = await takeLease(deps.tables, await readControl(deps.tables, read.id), { id: 'w', now: 0, leaseMs: 1 })
  const found = lease === undefined ? undefined : await getRun(deps.tables, lease.run)
  if (lease === undefined || found === undefined) throw new Error('no run')
  const { signal } = new AbortController()
  const job = { run: found, read, reader: reader as AnySourceReader, window: WHOLE, fence: lease.fence, signal }
  const result = await runSource(deps, job)
  const events: readonly TopicEvents[E][] = await deps.appended(entity)
  return { result, events, keys: events.map(({ key }) => key) }
}

/** A reader, and something that happens behind its first page. */
function interrupted<E extends Entity>(reader: SourceReader<E>, happens: () => Promise<unknown>): SourceReader<E> {
  let happened = false
  return {
    ...reader,
    async *read(window, after, signal) {
      for await (const page of reader.read(window, after, signal)) {
        yield page
        if (!happened) {
          happened = true
          await happens()
        }
      }
    },
  }
}

/** A shipment of one piece of some order, and the shipments that the shop has. */
async function aShipment() {
  const [order] = await ordersOf()
  const row = wiresOf(order?.['items']).find((item) => item['parent_item_id'] === undefined)
  const event = shopFulfilment('if-1', String(order?.['increment_id']), [fulfilmentLine(String(row?.['sku']), '1')])
  return { event, shipments: async () => wiresOf((await shop.state())['shipments']) }
}
const fulfilments = async () => shopDeliveries(shop.system(), await shop.sink('shop-fulfilments'), connection)

/** Refused calls of a read and of a push: all goes on by itself, and nothing is missing or there twice. */
async function goesOn(...rules: readonly object[]): Promise<void> {
  await shop.faults(...rules.map((rule) => ({ path: '/V1/orders', ...rule })))
  const { keys, result } = await run('orders')
  expect(result.state).toBe('ended')
  expect(keys.toSorted()).toEqual(numbersOf(await ordersOf()))
  await shop.faults(...rules.map((rule) => ({ path: '/async/bulk', ...rule })))
  const stock = shopDeliveries(shop.system(), await shop.sink('shop-inventory'), connection)
  expect(await stock.handle(shopStock('WLD-K03', { E: '41' }))).toEqual(['WLD-K03 succeeded'])
  const items = wiresOf((await shop.state())['sourceItems']).filter(({ sku }) => sku === 'WLD-K03')
  expect(items).toMatchObject([{ source_code: 'default', quantity: 41 }])
}

testFaults('magento2', {
  'rate-limited': () => goesOn({ kind: 'status', status: 429, headers: { 'retry-after': '1' }, times: 1 }),

  'rate-limited-silently': () => goesOn({ kind: 'html', status: 429, times: 2 }),

  'gateway-page': () => goesOn({ kind: 'html', status: 503, times: 2 }, { kind: 'html', status: 200, times: 1 }),

  'lost-answer': async () => {
    const { event, shipments } = await aShipment()
    const deliveries = await fulfilments()
    await shop.faults({ method: 'POST', path: '/ship$', kind: 'commit-then-close', times: 1 })
    const first = await deliveries.handle(event)
    expect(first).toEqual(['if-1 waiting timed_out'])
    await vi.waitFor(async () => expect(await deliveries.tick()).toEqual(['if-1 succeeded']), PATIENT)
    expect(await shipments()).toHaveLength(1)
  },

  'expired-login': async () => {
    const secrets = { username: 'env:username', password: 'env:password' }
    const reader = shop.reader('orders', 7, { secrets })
    const ended = interrupted(reader, () => shop.control('/_sim/end-admin-tokens', {}))
    const { keys } = await run('orders', ended)
    expect(keys.toSorted()).toEqual(numbersOf(await ordersOf()))
    const signIns = (await shop.requests()).filter((request) => request.endsWith('/integration/admin/token'))
    expect(signIns).toHaveLength(2)
    const { event, shipments } = await aShipment()
    const client = shop.clientWith(magentoAdmin)
    await client.check()
    await shop.control('/_sim/end-admin-tokens', {})
    const deliveries = shopDeliveries(shop.system(), writeMagento2Fulfilments(client), connection)
    expect(await deliveries.handle(event)).toEqual(['if-1 succeeded'])
    expect(await shipments()).toHaveLength(1)
  },

  'half-an-answer': async () => {
    await goesOn({ kind: 'truncate', times: 1 })
    const { event, shipments } = await aShipment()
    const deliveries = await fulfilments()
    await shop.faults({ method: 'POST', path: '/ship$', kind: 'truncate', times: 1 })
    await deliveries.handle(event)
    await vi.waitFor(async () => expect(await deliveries.tick()).toEqual(['if-1 succeeded']), PATIENT)
    expect(await shipments()).toHaveLength(1)
  },

  'past-the-end': async () => {
    for (const repeatsLastPage of [true, false]) {
      await shop.switch({ repeatsLastPage })
      for (const pageSize of [5, 7, 30, 100]) {
        const { keys, result } = await run('orders', shop.reader('orders', pageSize))
        expect(keys.toSorted()).toEqual(numbersOf(await ordersOf()))
        expect(result).toMatchObject({ state: 'ended', missed: 0, read_again: 0 })
      }
    }
  },

  'other-zone': async () => {
    const orders = await ordersOf()
    const { events } = await run('orders', shop.reader('orders', 7, { zone: 'America/Chicago' }))
    const utc = (order: Wire) => Date.parse(`${String(order['updated_at']).replace(' ', 'T')}Z`)
    expect(new Map(events.map(({ key, occurredAt }) => [key, occurredAt]))).toEqual(
      new Map(orders.map((order) => [String(order['increment_id']), utc(order)])),
    )
    const from = orders.map(utc).toSorted()[10] ?? 0
    const reader = shop.reader('orders', 7, { zone: 'America/Chicago' })
    const { signal } = new AbortController()
    const pages = await Array.fromAsync(reader.read({ from, to: WHOLE.to }, null, signal))
    const inside = orders.filter((order) => utc(order) >= from)
    expect(pages.flatMap(({ entities }) => entities.map(({ key }) => key)).toSorted()).toEqual(numbersOf(inside))
  },

  'slow-answer': async () => {
    const { event, shipments } = await aShipment()
    let slow = /ship$/
    const proxy = await startRecorder(shop.url, async (method, url) => {
      if (method === 'POST' && slow.test(url)) {
        slow = /^none$/
        await delay(400)
      }
    })
    onTestFinished(() => proxy.close())
    const impatient = shop.clientWith(integration, { timeoutMs: 150, baseUrl: proxy.url })
    const deliveries = shopDeliveries(shop.system(), writeMagento2Fulfilments(impatient), connection, {
      attemptMs: 200,
      landingMs: 800,
    })
    // What was given up takes effect later: until then it is not made again.
    expect(await deliveries.handle(event)).toEqual(['if-1 waiting timed_out'])
    await vi.waitFor(async () => expect(await deliveries.tick()).toEqual(['if-1 succeeded']), PATIENT)
    expect(await shipments()).toHaveLength(1)
    slow = /async/
    const products = shopDeliveries(shop.system(), writeMagento2Products(impatient, { attributeSet: 4 }), connection)
    expect(await products.handle(shopProduct('WLD-K03', { price: '3' }))).toEqual(['WLD-K03 succeeded'])
  },

  'rows-move': async () => {
    const orders = await ordersOf()
    const [first, last] = [orders.at(0), orders.at(-1)].map((order) => String(order?.['increment_id']))
    const reader = interrupted(shop.reader('orders', 7), async () => {
      for (const number of [first, last]) {
        await shop.control(`/_sim/orders/${number}`, { status: 'moved' }, 'PATCH')
      }
      await shop.control('/_sim/orders', { count: 3 })
    })
    const { events, result } = await run('orders', reader)
    expect(result).toMatchObject({ state: 'ended', missing: [] })
    const newest = new Map(events.map(({ key, data }) => [key, data.status]))
    expect([...newest.keys()].toSorted()).toEqual(numbersOf(await ordersOf()))
    expect([first, last].map((number) => newest.get(String(number)))).toEqual(['moved', 'moved'])
  },
})
