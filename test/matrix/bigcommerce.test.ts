import { pino } from 'pino'
import { expect, vi } from 'vitest'
import type { BigCommerceSimulator } from '../../simulators/bigcommerce/start.ts'
import type { PerSystemKind, TopicEvents } from '../../src/events/topics.ts'
import { createGovernors } from '../../src/platform/governor/governors.ts'
import { createBigCommerceClient } from '../../src/systems/bigcommerce/client.ts'
import { readBigCommerceOrders } from '../../src/systems/bigcommerce/read-orders.ts'
import { writeBigCommerceFulfilments } from '../../src/systems/bigcommerce/write-fulfilments.ts'
import { writeBigCommerceImages } from '../../src/systems/bigcommerce/write-images.ts'
import { writeBigCommerceInventory } from '../../src/systems/bigcommerce/write-inventory.ts'
import { writeBigCommerceProducts } from '../../src/systems/bigcommerce/write-products.ts'
import type { Sink } from '../../src/systems/kit/sink.ts'
import type { Keyset } from '../../src/systems/kit/source.ts'
import { type Wire, wireOf, wiresOf } from '../../src/systems/kit/wire.ts'
import {
  bcConnection,
  FIRST,
  shopFulfilment,
  shopImages,
  shopInventory,
  shopProduct,
} from '../data/bigcommerce-events.ts'
import { localNetwork } from '../data/loopback.ts'
import { connectTo, control, inStore, jumpingClock, runRead, stateOf, withFaults } from '../worlds/bigcommerce.ts'
import { hookReceiver } from '../worlds/bigcommerce-hooks.ts'
import { shopDeliveries } from '../worlds/shop-deliveries.ts'
import { listAll, readAll, readOf, WHOLE, wallClock } from '../worlds/sources.ts'
import { testFaults } from './fault-matrix.ts'

const signal = new AbortController().signal
const NO_STATUS = { closureStatus: null, cancellationStatus: null }
const PATIENT = 50_000
const AGAIN = { targetId: null, unclear: true }

const requestsOf = async (store: BigCommerceSimulator) =>
  await control<readonly { method: string; path: string; status: number }[]>(store, 'GET', '/requests')
const statusesOf = async (store: BigCommerceSimulator, status: number) =>
  (await requestsOf(store)).filter((request) => request.status === status).length

/** A run that reads every order once, whatever is in its way. */
async function readsEveryOrder(store: BigCommerceSimulator): Promise<void> {
  const { result, run, events } = await runRead(connectTo(store).reader('orders'), WHOLE)
  const { orders } = await stateOf(store)
  expect(result).toMatchObject({ state: 'ended', missing: [] })
  expect(run).toMatchObject({ unreadable: 0 })
  const read = new Set(events.map(({ data }) => data.orderId))
  expect([...read].toSorted()).toEqual(orders.map(({ id }) => String(id)).toSorted())
}

const shipmentOf = async (store: BigCommerceSimulator) => {
  const order = (await stateOf(store)).orders[0]
  const rows = wiresOf(order?.['products']).filter((row) => row['parent_order_product_id'] === null)
  const lines = rows.map((row) => [String(row['sku']), String(row['quantity']), String(row['id'])] as const)
  return shopFulfilment('900', String(order?.['id']), lines)
}

const imagesOf = (products: readonly Wire[]) =>
  wiresOf(products.find(({ sku }) => sku === 'WLD-J10')?.['images']).length

/** A create that takes effect after it was given up: the next try waits for it, and finds it. */
async function landsLate(store: BigCommerceSimulator): Promise<void> {
  const { system, client } = connectTo(store)
  const order = (await stateOf(store)).orders[1]
  const row = wiresOf(order?.['products'])[0]
  const event = shopFulfilment('901', String(order?.['id']), [[String(row?.['sku']), '1', String(row?.['id'])]])
  const sink = writeBigCommerceFulfilments(await client(), NO_STATUS)
  const deliveries = shopDeliveries(system, sink, bcConnection(), { attemptMs: 300, landingMs: 1500 })
  await withFaults(store, { method: 'POST', path: '/shipments$', kind: 'slow', delayMs: 900, times: 1 })
  expect(await deliveries.handle(event)).not.toEqual(['901 succeeded'])
  await vi.waitFor(async () => expect(await deliveries.tick()).toEqual(['901 succeeded']), PATIENT)
  expect((await stateOf(store)).shipments.filter(({ comments }) => comments === '[ws a/901]')).toHaveLength(1)
}

testFaults('bigcommerce', {
  'rate-limited': () =>
    inStore({ quota: { requests: 40, windowMs: 800 } }, async (store) => {
      await readsEveryOrder(store)
      // The reserve is never touched: the account is left alone before it is refused.
      expect(await statusesOf(store, 429)).toBe(0)
      const refusal = { 'x-rate-limit-time-reset-ms': '400', 'x-rate-limit-requests-left': '0' }
      await withFaults(store, { path: '/v2/orders$', kind: 'status', status: 429, headers: refusal, times: 1 })
      const clock = jumpingClock()
      const client = await connectTo(store, {}, clock).client()
      await expect(client.list('/v2/orders')).rejects.toMatchObject({ code: 'rate_limited', retryAfterMs: 400 })
      expect(clock.slept).toEqual([])
      await client.list('/v2/orders')
      expect(clock.slept).toEqual([400])
    }),

  'rate-limited-silently': () =>
    inStore({}, async (store) => {
      await withFaults(store, { path: '/orders', kind: 'status', status: 429, times: 3 })
      await readsEveryOrder(store)
      expect(await statusesOf(store, 429)).toBe(3)
    }),

  'gateway-page': () =>
    inStore({}, async (store) => {
      await withFaults(
        store,
        { path: '/v2/', kind: 'html', status: 502, times: 2 },
        { path: '/v2/', kind: 'html', status: 200, times: 1 },
      )
      await readsEveryOrder(store)
      const sink = writeBigCommerceFulfilments(await connectTo(store).client(), NO_STATUS)
      const event = await shipmentOf(store)
      await withFaults(store, { method: 'POST', path: '/shipments', kind: 'html', status: 503, times: 1 })
      await expect(sink.deliver(event, bcConnection(), signal, FIRST)).rejects.toMatchObject({
        code: 'target_unavailable',
      })
      expect((await sink.deliver(event, bcConnection(), signal, AGAIN)).outcome).toBe('written')
      expect((await stateOf(store)).shipments).toHaveLength(1)
    }),

  'lost-answer': () =>
    inStore({}, async (store) => {
      const { system, client: connect } = connectTo(store)
      const client = await connect()
      const before = imagesOf((await stateOf(store)).products)
      const losing = async (method: string, path: string) =>
        await withFaults(store, { method, path: `${path}$`, kind: 'commit-then-close', times: 1 })
      const delivered = async <K extends PerSystemKind>(sink: Sink<K>, event: TopicEvents[K]) => {
        const deliveries = shopDeliveries(system, sink, bcConnection())
        const done = `${event.key} succeeded`
        const first = await deliveries.handle(event)
        // Without a key of ours, the next try comes when the lost one can't land any more.
        if (!first.includes(done))
          await vi.waitFor(async () => expect(await deliveries.tick()).toEqual([done]), PATIENT)
        expect(deliveries.deadLetters).toEqual([])
      }
      await losing('POST', '/shipments')
      await delivered(writeBigCommerceFulfilments(client, NO_STATUS), await shipmentOf(store))
      await losing('POST', '/products')
      await delivered(writeBigCommerceProducts(client), shopProduct('NEW-1', { name: 'Tent', price: '10' }))
      await losing('POST', '/images')
      await delivered(writeBigCommerceImages(client), shopImages('WLD-J10', [`${store.url}/product_images/n.jpg`]))
      await losing('PUT', '/absolute')
      const stock = shopInventory('WLD-J10-XS-Moss', { East: '4' })
      await delivered(writeBigCommerceInventory(client, { defaultLocation: 1 }), stock)
      const { shipments, products, inventory } = await stateOf(store)
      expect(shipments).toHaveLength(1)
      expect(products.filter(({ sku }) => sku === 'NEW-1')).toHaveLength(1)
      expect(imagesOf(products)).toBe(before + 1)
      const item = inventory.find((one) => wireOf(one['identity'])['sku'] === 'WLD-J10-XS-Moss')
      expect(wiresOf(item?.['locations'])[0]?.['total_inventory_onhand']).toBe(4)
      expect((await requestsOf(store)).filter(({ status }) => status === 0)).toHaveLength(4)
      await landsLate(store)
    }),

  'expired-login': () =>
    inStore({}, async (store) => {
      const { reader, renewToken } = connectTo(store)
      const seen = new Set<string>()
      let last: Keyset | null = null
      const pages = async () => {
        for await (const page of reader('orders').read(WHOLE, last, signal)) {
          for (const { key } of page.rows) seen.add(key)
          last = page.reached
          await control(store, 'POST', '/token', { accessToken: 'renewed' })
        }
      }
      await expect(pages()).rejects.toMatchObject({ code: 'credentials_refused' })
      expect(seen.size).toBeLessThan(30)
      renewToken('renewed')
      await pages()
      expect(seen.size).toBe(30)
    }),

  'half-an-answer': () =>
    inStore({}, async (store) => {
      await withFaults(store, { path: '/v2/orders', kind: 'truncate', times: 2 })
      await readsEveryOrder(store)
      const sink = writeBigCommerceFulfilments(await connectTo(store).client(), NO_STATUS)
      const event = await shipmentOf(store)
      await withFaults(store, { method: 'POST', path: '/shipments', kind: 'truncate', times: 1 })
      await expect(sink.deliver(event, bcConnection(), signal, FIRST)).rejects.toMatchObject({
        code: 'target_unavailable',
      })
      expect((await sink.deliver(event, bcConnection(), signal, AGAIN)).outcome).toBe('unchanged')
      expect((await stateOf(store)).shipments).toHaveLength(1)
    }),

  'past-the-end': () =>
    inStore({ orders: 100 }, async (store) => {
      const client = await connectTo(store).client()
      // v2 answers 204 and no body there, v3 an empty list.
      expect(await client.list('/v2/orders', [['page', '9']])).toEqual([])
      expect((await client.page('/v3/catalog/products', [['page', '99']])).rows).toEqual([])
      await readsEveryOrder(store)
      const empty = { from: Date.UTC(2030, 0, 1), to: Date.UTC(2030, 0, 2) }
      const { reader } = connectTo(store)
      expect((await readAll(reader('orders'), empty)).pages).toEqual([])
      expect(await listAll(reader('products'), empty)).toEqual([])
      expect(await statusesOf(store, 204)).toBeGreaterThan(1)
    }),

  'notice-twice': () =>
    inStore({}, async (store) => {
      const hooks = await hookReceiver(store, ['store/order/*'])
      await control(store, 'POST', '/hooks', { duplicates: true })
      await control(store, 'POST', '/orders', { count: 3 })
      const { answers } = await control<{ answers: readonly number[] }>(store, 'POST', '/hooks/flush')
      expect(answers).toEqual([202, 202, 202, 202, 202, 202])
      expect(hooks.requested()).toEqual(['bc.orders.all', 'bc.orders.all', 'bc.orders.all'])
      // The first waits; those that come meanwhile join it.
      expect(await hooks.runs()).toBe(1)
      await hooks.close()
    }),

  'notices-out-of-order': () =>
    inStore({}, async (store) => {
      const hooks = await hookReceiver(store, ['store/order/*'])
      await control(store, 'POST', '/hooks', { hold: true })
      await control(store, 'PATCH', '/orders/100', { status_id: 9 })
      await control(store, 'PATCH', '/orders/100', { status_id: 5 })
      const { answers } = await control<{ answers: readonly number[] }>(store, 'POST', '/hooks/flush')
      expect(new Set(answers)).toEqual(new Set([202]))
      expect(await hooks.runs()).toBe(1)
      const { events } = await runRead(connectTo(store).reader('orders'), WHOLE)
      expect(events.filter(({ key }) => key === '100').map(({ data }) => data.state)).toEqual(['canceled'])
      await hooks.close()
    }),

  'other-zone': () =>
    inStore({ lists: { zone: '-0730' } }, async (store) => {
      await readsEveryOrder(store)
      const { entities } = await readAll(connectTo(store).reader('orders'))
      const { orders } = await stateOf(store)
      for (const { data, occurredAt } of entities) {
        const order = orders.find(({ id }) => String(id) === data.orderId)
        expect(data.placedAt).toBe(Date.parse(String(order?.['date_created'])))
        expect(occurredAt).toBe(Date.parse(String(order?.['date_modified'])))
      }
    }),

  'slow-answer': () =>
    inStore({}, async (store) => {
      const { storeHash, accessToken } = store.credentials
      const settings = {
        baseUrl: store.url,
        storeHash,
        accessToken,
        limits: { concurrency: 2 },
        b2b: null,
        timeoutMs: 300,
      }
      const deps = {
        clock: wallClock,
        logger: pino({ level: 'silent' }),
        governors: createGovernors(wallClock),
        network: localNetwork,
      }
      const client = createBigCommerceClient(settings, deps)
      await withFaults(store, { path: '/v2/orders$', kind: 'slow', delayMs: 900, times: 1 })
      await expect(client.list('/v2/orders')).rejects.toMatchObject({ code: 'timed_out' })
      await withFaults(store, { path: '/v2/orders$', kind: 'slow', delayMs: 900, times: 1 })
      const { result } = await runRead(readBigCommerceOrders(client, readOf('bc', 'orders', 50), wallClock), WHOLE)
      expect(result.state).toBe('ended')
      const sink = writeBigCommerceFulfilments(client, NO_STATUS)
      const event = await shipmentOf(store)
      await withFaults(store, { method: 'POST', path: '/shipments', kind: 'slow', delayMs: 900, times: 1 })
      await expect(sink.deliver(event, bcConnection(), signal, FIRST)).rejects.toMatchObject({ code: 'timed_out' })
    }),

  'rows-move': () =>
    inStore({ orders: 80 }, async (store) => {
      const { reader } = connectTo(store)
      const source = reader('orders', 20)
      let moved = 0
      const moving: typeof source = {
        ...source,
        async *read(window, after, aborted) {
          for await (const page of source.read(window, after, aborted)) {
            yield page
            // Rows that were read, and rows that were not, change and leave the window.
            for (const id of moved < 60 ? [100 + moved, 179 - moved] : []) {
              await control(store, 'PATCH', `/orders/${id}`, { status_id: 9 })
            }
            moved += 7
          }
        },
      }
      const window = { from: null, to: Date.now() - 60_000 }
      const { result, events, deps } = await runRead(moving, window)
      expect(result).toMatchObject({ state: 'ended', missing: [] })
      const next = await runRead(source, { from: window.to, to: Date.now() + 60_000 }, deps)
      const states = new Map([...events, ...next.events].map(({ data }) => [data.orderId, data.status]))
      for (const order of (await stateOf(store)).orders) expect(states.get(String(order['id']))).toBe(order['status'])
      expect(states.size).toBe(80)
      expect(moved).toBeGreaterThan(20)
    }),
})
