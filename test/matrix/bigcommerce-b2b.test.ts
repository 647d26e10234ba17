import { pino } from 'pino'
import { expect } from 'vitest'
import type { BigCommerceSimulator } from '../../simulators/bigcommerce/start.ts'
import { createGovernors } from '../../src/platform/governor/governors.ts'
import { createB2bClient } from '../../src/systems/bigcommerce/b2b-client.ts'
import { b2bOrderPages } from '../../src/systems/bigcommerce/read-b2b-orders.ts'
import { localNetwork } from '../data/loopback.ts'
import { connectTo, control, inStore, jumpingClock, runRead, stateOf, withFaults } from '../worlds/bigcommerce.ts'
import { hookReceiver } from '../worlds/bigcommerce-hooks.ts'
import { listAll, readAll, WHOLE, wallClock } from '../worlds/sources.ts'
import { testFaults } from './fault-matrix.ts'

const B2B = { settings: { b2b: 'true' } }
const signal = new AbortController().signal

const companyOrdersOf = async (store: BigCommerceSimulator) =>
  (await stateOf(store)).b2bOrders.filter(({ companyId }) => companyId !== 0)

/** A run after which every order of a company has its company and its PO number. */
async function readsEveryCompanyOrder(store: BigCommerceSimulator): Promise<void> {
  const { result, events } = await runRead(connectTo(store, B2B).reader('orders'), WHOLE)
  expect(result).toMatchObject({ state: 'ended', missing: [] })
  const orders = await companyOrdersOf(store)
  expect(orders.length).toBeGreaterThan(4)
  for (const order of orders) {
    const event = events.findLast(({ data }) => data.orderId === String(order['bcOrderId']))
    expect(event?.data.purchaseOrderNumber).toBe(order['poNumber'])
    expect(event?.data.attributes['b2b_company']).toMatch(/\w/)
  }
}

/** A window that has the B2B part of the first company order alone: it was changed just now. */
async function changeOne(store: BigCommerceSimulator, poNumber: string) {
  const [order] = await companyOrdersOf(store)
  const id = String(order?.['bcOrderId'])
  await control(store, 'PATCH', `/b2b/orders/${id}`, { poNumber })
  return { id, window: { from: Date.now() - 30_000, to: Date.now() + 30_000 } }
}

testFaults('bigcommerce-b2b', {
  'rate-limited': () =>
    inStore({}, async (store) => {
      const refusal = { 'x-retry-after': '1' }
      const path = '/api/v3/io/orders'
      await withFaults(store, { path, kind: 'status', status: 429, headers: refusal, times: 1 })
      const clock = jumpingClock()
      const { b2b } = await connectTo(store, B2B, clock).client()
      await expect(b2b?.order('100')).rejects.toMatchObject({ code: 'rate_limited', retryAfterMs: 1000 })
      await b2b?.order('100')
      expect(clock.slept).toEqual([1000])
      await withFaults(store, { path, kind: 'status', status: 429, headers: refusal, times: 1 })
      await readsEveryCompanyOrder(store)
    }),

  'rate-limited-silently': () =>
    inStore({}, async (store) => {
      const body = { code: 429, data: {}, meta: { message: 'Too Many Requests' } }
      await withFaults(store, { path: '/api/v3/io/', kind: 'status', status: 429, body, times: 3 })
      await readsEveryCompanyOrder(store)
      // B2B Edition counts apart: the store itself goes on meanwhile.
      await withFaults(store, { path: '/api/v3/io/', kind: 'status', status: 429, times: 1 })
      const clock = jumpingClock()
      const client = await connectTo(store, B2B, clock).client()
      await expect(client.b2b?.order('100')).rejects.toMatchObject({ code: 'rate_limited' })
      await client.record('/v2/orders/100')
      expect(clock.slept).toEqual([])
      await client.b2b?.order('100')
      expect(clock.slept).toHaveLength(1)
    }),

  'gateway-page': () =>
    inStore({}, async (store) => {
      const path = '/api/v3/io/'
      await withFaults(
        store,
        { path, kind: 'html', status: 504, times: 1 },
        { path, kind: 'html', status: 200, times: 1 },
      )
      await readsEveryCompanyOrder(store)
    }),

  'expired-login': () =>
    inStore({}, async (store) => {
      const { reader, renewToken } = connectTo(store, B2B)
      const { id, window } = await changeOne(store, 'PO-1')
      await control(store, 'POST', '/token', { accessToken: 'renewed' })
      await expect(readAll(reader('orders'), window)).rejects.toMatchObject({ code: 'credentials_refused' })
      renewToken('renewed')
      const { entities } = await readAll(reader('orders'), window)
      expect(entities.filter(({ key }) => key === id).map(({ data }) => data.purchaseOrderNumber)).toEqual(['PO-1'])
    }),

  'half-an-answer': () =>
    inStore({}, async (store) => {
      await withFaults(store, { path: '/api/v3/io/', kind: 'truncate', times: 3 })
      await readsEveryCompanyOrder(store)
    }),

  'past-the-end': () =>
    inStore({}, async (store) => {
      const { client, reader } = connectTo(store, B2B)
      const { b2b } = await client()
      const page = await b2b?.changedOrders({ from: null, to: 4_000_000_000 }, { offset: 500, limit: 10 })
      expect(page).toEqual({ rows: [], total: 30 })
      const empty = { from: Date.UTC(2030, 0, 1), to: Date.UTC(2030, 0, 2) }
      expect((await readAll(reader('orders'), empty)).rows).toEqual([])
    }),

  'notice-twice': () =>
    inStore({}, async (store) => {
      const hooks = await hookReceiver(store, ['store/company/*'])
      await control(store, 'POST', '/hooks', { duplicates: true })
      await changeOne(store, 'PO-1')
      const { answers } = await control<{ answers: readonly number[] }>(store, 'POST', '/hooks/flush')
      expect(answers).toEqual([202, 202])
      expect(hooks.requested()).toEqual(['bc.orders.all'])
      await hooks.close()
    }),

  'notices-out-of-order': () =>
    inStore({}, async (store) => {
      const hooks = await hookReceiver(store, ['store/company/*'])
      await control(store, 'POST', '/hooks', { hold: true })
      await changeOne(store, 'PO-1')
      const { id, window } = await changeOne(store, 'PO-2')
      const { answers } = await control<{ answers: readonly number[] }>(store, 'POST', '/hooks/flush')
      expect(answers).toEqual([202, 202])
      expect(await hooks.runs()).toBe(1)
      const { entities } = await readAll(connectTo(store, B2B).reader('orders'), window)
      expect(entities.filter(({ key }) => key === id).map(({ data }) => data.purchaseOrderNumber)).toEqual(['PO-2'])
      await hooks.close()
    }),

  'slow-answer': () =>
    inStore({}, async (store) => {
      const settings = { baseUrl: store.b2bUrl, limits: { concurrency: 2 } }
      const deps = {
        clock: wallClock,
        logger: pino({ level: 'silent' }),
        governors: createGovernors(wallClock),
        network: localNetwork,
      }
      const b2b = createB2bClient(settings, { ...store.credentials, timeoutMs: 300 }, deps)
      await withFaults(store, { path: '/api/v3/io/', kind: 'slow', delayMs: 900, times: 1 })
      await expect(b2b.order('100')).rejects.toMatchObject({ code: 'timed_out' })
      expect(await b2b.order('100')).toMatchObject({ bcOrderId: 100 })
    }),

  'rows-move': () =>
    inStore({ orders: 500 }, async (store) => {
      const { client, reader } = connectTo(store, B2B)
      const to = Date.now() - 60_000
      // While the window is paged, rows of it change and leave it.
      const seen = new Set<string>()
      const { b2b } = await client()
      if (b2b === null) throw new Error('no B2B Edition')
      for await (const page of b2bOrderPages(movingList(b2b, store), { from: null, to }, null, {
        now: () => 0,
        signal,
      })) {
        for (const row of page.rows) seen.add(String(row['bcOrderId']))
      }
      const left = (await stateOf(store)).b2bOrders.filter(({ updatedAt }) => Number(updatedAt) < to / 1000)
      expect(left.length).toBeLessThan(500)
      expect(left.filter(({ bcOrderId }) => !seen.has(String(bcOrderId)))).toEqual([])
      const window = { from: to, to: Date.now() + 60_000 }
      const { rows } = await readAll(reader('orders'), window)
      expect(await listAll(reader('orders'), window)).toEqual(rows)
    }),
})

type B2bClient = ReturnType<typeof createB2bClient>

/** Before each answer some orders change, of the beginning, the middle and the end. */
function movingList(b2b: B2bClient, store: BigCommerceSimulator): B2bClient {
  let call = 0
  return {
    ...b2b,
    async changedOrders(window, page, aborted) {
      const found = await b2b.changedOrders(window, page, aborted)
      call += 1
      for (const id of [100 + call, 101 + call * 7, 330 + call, 599 - call]) {
        await control(store, 'PATCH', `/b2b/orders/${id}`, {})
      }
      return found
    },
  }
}
