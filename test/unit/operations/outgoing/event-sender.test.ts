import { Webhook } from 'standardwebhooks'
import { afterEach, expect, it } from 'vitest'
import type { Subscription } from '../../../../src/configuration/model.ts'
import { createEventSender } from '../../../../src/operations/outgoing/run-subscriptions.ts'
import { EVENTS_LEASE_MS, PAUSED_AFTER_MS } from '../../../../src/operations/outgoing/send-events.ts'
import { listSubscriptions } from '../../../../src/operations/outgoing/subscription-status.ts'
import { everything } from '../../../../src/operations/principal.ts'
import { status } from '../../../../src/operations/status.ts'
import { SIGNING_KEY } from '../../../data/recipients.ts'
import { subscriptionWith } from '../../../data/subscriptions.ts'
import { outgoingWorld } from '../../../worlds/outgoing-world.ts'
import { startWebhookReceiver, type WebhookReceiver } from '../../../worlds/webhook-receiver.ts'

const boss = everything({ kind: 'cli', name: 'boss' })
const closers: (() => Promise<void>)[] = []
afterEach(async () => {
  await Promise.all(closers.splice(0).map((close) => close()))
})

async function receiver(): Promise<WebhookReceiver> {
  const hooks = await startWebhookReceiver()
  closers.push(hooks.close)
  return hooks
}

async function oneReceiver(more: Partial<Subscription> = {}) {
  const hooks = await receiver()
  return { hooks, ...(await outgoingWorld([subscriptionWith('seller', { webhook: hooks.url, ...more })])) }
}

const idsOf = ({ received }: WebhookReceiver) => received.map(({ headers }) => headers['webhook-id'])
const bodiesOf = ({ received }: WebhookReceiver) => received.map(({ body }) => JSON.parse(body))
/** Each event once, in the order in which it first came. */
const seenOf = (hooks: WebhookReceiver) => {
  const ids = idsOf(hooks)
  return bodiesOf(hooks)
    .filter((_, index) => ids.indexOf(ids[index]) === index)
    .map(({ type, data }) => `${type} ${data.order ?? data.sku}`)
}

it('sends what happens to orders and stock, signed, each once, in order', async () => {
  const { hooks, accepted, shipped, failed, stock, sendDue, settle } = await oneReceiver()
  await accepted('alder', '7')
  await settle(1_000)
  await shipped('alder', '7')
  await failed('birch', '8')
  await stock('alder', 'A-1', '5')
  await sendDue()
  await sendDue()
  expect(seenOf(hooks).toSorted()).toEqual([
    'order.accepted 7',
    'order.failed 8',
    'order.shipped 7',
    'stock.changed A-1',
  ])
  expect(hooks.received).toHaveLength(4)
  const of = (type: string) => bodiesOf(hooks).find((body) => body.type === type)?.data
  expect(of('order.accepted')).toEqual({
    connection: 'alder',
    shop: 'shop-alder',
    order: '7',
    vendor_order: 'SO-7',
    canceled: false,
    lines: [{ sku: 'SKU-7', quantity: '1' }],
  })
  expect(of('order.shipped')).toMatchObject({
    order: '7',
    shipment: {
      id: 'IF-7',
      lines: [{ sku: 'SKU-7', quantity: '1' }],
      tracks: [{ carrier: 'ups', title: 'UPS', number: 'T-7' }],
    },
  })
  expect(of('order.failed')).toMatchObject({
    connection: 'birch',
    order: '8',
    stage: 'deliver-erp',
    code: 'target_rejected',
  })
  expect(of('stock.changed')).toMatchObject({
    connection: 'alder',
    source: 'erp',
    sku: 'A-1',
    available: '5',
    in_stock: true,
  })
  for (const { headers, body } of hooks.received) {
    const { 'webhook-id': id, 'webhook-timestamp': seconds, 'webhook-signature': signature } = headers
    expect(id).toMatch(/^evt_[\da-f]{64}$/)
    // The clock of the test is not of today, which the library compares with.
    expect(new Webhook(SIGNING_KEY).sign(String(id), new Date(Number(seconds) * 1000), body)).toBe(signature)
    expect(body).not.toMatch(/zoe|@example/i)
  }
})

it('an endpoint that fails gets everything when it is back, under the same ids, in the order of each key', async () => {
  const { hooks, accepted, shipped, stock, sendDue, settle, operations, clock, deps } = await oneReceiver()
  for (const number of ['1', '2', '3']) await accepted('alder', number)
  await settle(1_000)
  for (const number of ['1', '2', '3']) await shipped('alder', number)
  await stock('alder', 'A-1', '5')
  hooks.answer(500)
  await sendDue()
  const refused = hooks.received.length
  expect(refused).toBeGreaterThan(0)
  expect(await listSubscriptions(operations, boss)).toMatchObject([
    { state: 'failing', failing: { code: 'target_unavailable', attempts: 1 }, lag: expect.any(Number) },
  ])
  const found = await status(operations, boss)
  expect([found.healthy, found.subscriptions.map(({ subscription }) => subscription)]).toEqual([false, ['seller']])
  // It is not asked again before its time.
  await sendDue(0)
  expect(hooks.received).toHaveLength(refused)
  hooks.answer(429, { 'retry-after': '600' })
  await sendDue(60_000)
  const [row] = await deps.store.list(['seller'])
  expect((row?.due_at ?? 0) - clock.time).toBe(600_000)
  hooks.answer(204)
  await sendDue(600_000)
  const seen = seenOf(hooks)
  expect(new Set(seen).size).toBe(7)
  for (const number of ['1', '2', '3']) {
    expect(seen.indexOf(`order.accepted ${number}`)).toBeLessThan(seen.indexOf(`order.shipped ${number}`))
  }
  expect(await listSubscriptions(operations, boss)).toMatchObject([{ state: 'ok', failing: null, lag: 0 }])
})

it('what arrived of a page is not sent again with the rest of it', async () => {
  const { hooks, deps, accepted, settle, sendDue, look, signal } = await oneReceiver()
  const numbers = Array.from({ length: 20 }, (_, n) => String(n))
  for (const number of numbers) await accepted('alder', number)
  await settle()
  let calls = 0
  const sendWebhook: typeof deps.sendWebhook = async (webhook) => {
    calls += 1
    if (calls === 9) throw new Error('the connection broke')
    await deps.sendWebhook(webhook)
  }
  await look(createEventSender({ ...deps, sendWebhook }, signal))
  expect(hooks.received.length).toBeGreaterThan(7)
  await sendDue()
  expect(seenOf(hooks).toSorted()).toEqual(numbers.map((number) => `order.accepted ${number}`).toSorted())
  expect(hooks.received).toHaveLength(20)
})

it('a dead endpoint keeps nobody waiting', async () => {
  const [dead, live] = [await receiver(), await receiver()]
  const { accepted, sendDue } = await outgoingWorld([
    subscriptionWith('dead', { webhook: dead.url }),
    subscriptionWith('live', { webhook: live.url }),
  ])
  dead.answer(503)
  for (const number of ['1', '2']) {
    await accepted('alder', number)
    await sendDue()
  }
  expect(seenOf(live)).toEqual(['order.accepted 1', 'order.accepted 2'])
  expect(dead.received.length).toBeGreaterThan(0)
})

it('a process that takes over sends what the one that died may have sent, under the same ids', async () => {
  const { hooks, deps, accepted, settle, sendDue, signal, clock } = await oneReceiver()
  await accepted('alder', '7')
  await settle()
  let changes = 0
  const store: typeof deps.store = {
    ...deps.store,
    change: async (...given) => {
      changes += 1
      return changes === 1 ? await deps.store.change(...given) : await new Promise(() => undefined)
    },
  }
  await createEventSender({ ...deps, store }, signal).begin()
  await expect.poll(() => changes).toBe(2)
  expect(seenOf(hooks)).toEqual(['order.accepted 7'])
  await sendDue()
  expect(hooks.received).toHaveLength(1)
  clock.time += EVENTS_LEASE_MS
  await sendDue()
  expect(hooks.received).toHaveLength(2)
  expect(new Set(idsOf(hooks)).size).toBe(1)
})

it('several processes send each event once', async () => {
  const { hooks, deps, accepted, settle, look, signal } = await oneReceiver()
  for (const number of ['1', '2', '3']) await accepted('alder', number)
  await settle()
  await Promise.all(Array.from({ length: 5 }, () => look(createEventSender(deps, signal))))
  expect(idsOf(hooks)).toHaveLength(3)
})

it('a subscription has the events of its connections or shops, and of its types, and no others', async () => {
  const [vendor, shop, stockOnly] = [await receiver(), await receiver(), await receiver()]
  const { accepted, failed, stock, sendDue } = await outgoingWorld([
    subscriptionWith('vendor', { webhook: vendor.url, connections: ['alder'] }),
    subscriptionWith('shop', { webhook: shop.url, shops: ['shop-birch'], events: ['order.accepted'] }),
    subscriptionWith('stock', { webhook: stockOnly.url, events: ['stock.changed'] }),
  ])
  await accepted('alder', '1')
  await accepted('birch', '2')
  await failed('birch', '3')
  await stock('birch', 'B-1', '1')
  await sendDue()
  expect(seenOf(vendor)).toEqual(['order.accepted 1'])
  expect(seenOf(shop)).toEqual(['order.accepted 2'])
  expect(seenOf(stockOnly)).toEqual(['stock.changed B-1'])
})

it('an order that fails before it is routed, and is accepted later, is sent in this order', async () => {
  const { hooks, unrouted, accepted, settle, sendDue } = await oneReceiver({
    events: ['order.accepted', 'order.failed'],
  })
  const numbers = Array.from({ length: 60 }, (_, n) => String(n))
  for (const number of numbers) await unrouted('alder', number)
  await settle(1_000)
  for (const number of numbers) await accepted('alder', number)
  await sendDue()
  const seen = seenOf(hooks)
  expect(seen).toHaveLength(120)
  for (const number of numbers) {
    expect(seen.indexOf(`order.failed ${number}`)).toBeLessThan(seen.indexOf(`order.accepted ${number}`))
  }
})

it('of stock that changes while it cannot be sent, only what it is in the end is sent', async () => {
  const { hooks, stock, settle, sendDue } = await oneReceiver()
  await stock('alder', 'A-1', '5')
  await settle(1_000)
  await stock('alder', 'A-1', '4')
  await sendDue()
  expect(bodiesOf(hooks).map(({ data }) => data.available)).toEqual(['4'])
})

it('one that fails for days is paused, and is sent everything once somebody resumes it', async () => {
  const { hooks, accepted, sendDue, send, operations } = await oneReceiver()
  await accepted('alder', '1')
  hooks.answer(410)
  await sendDue()
  await sendDue(PAUSED_AFTER_MS)
  expect(await listSubscriptions(operations, boss)).toMatchObject([{ state: 'paused', paused_at: expect.any(String) }])
  const tries = hooks.received.length
  hooks.answer(204)
  await accepted('alder', '2')
  await sendDue(3_600_000)
  expect(hooks.received).toHaveLength(tries)
  expect((await send('POST', '/v1/subscriptions/seller/resume', {})).status).toBe(204)
  await sendDue()
  expect(seenOf(hooks)).toEqual(['order.accepted 1', 'order.accepted 2'])
})
