import { Webhook } from 'standardwebhooks'
import { expect, inject, it, onTestFinished } from 'vitest'
import { startRoles } from '../../../src/cli/roles.ts'
import { recordKey, topicOf } from '../../../src/events/topics.ts'
import { partitionOfKey } from '../../../src/platform/kafka/partition-of-key.ts'
import { inventoryChanged } from '../../data/feed-events.ts'
import { fulfilmentLine, shopFulfilment } from '../../data/magento2-events.ts'
import { lineOf, orderOf, vendorOrder } from '../../data/processor-events.ts'
import { SIGNING_KEY } from '../../data/recipients.ts'
import { entityResult } from '../../data/sync-status.ts'
import { startProgram } from '../../worlds/processes.ts'
import { install, RUNNING, startRole } from '../../worlds/processes-roles.ts'
import { startWebhookReceiver, type WebhookReceiver } from '../../worlds/webhook-receiver.ts'

const CONNECTION = 'magento-netsuite'
const SHOP = 'magento'

const subscriptions = (live: string, dead: string) => `
---
kind: subscription
id: live
webhook: ${live}
secrets: { signing: env:LIVE_SIGNING }
connections: [${CONNECTION}]
---
kind: subscription
id: dead
webhook: ${dead}
secrets: { signing: env:DEAD_SIGNING }
---
kind: subscription
id: pulled
shops: [${SHOP}]
`

async function world() {
  const [live, dead] = await Promise.all([startWebhookReceiver(), startWebhookReceiver()])
  dead.answer(503)
  const settings = { LIVE_SIGNING: SIGNING_KEY, DEAD_SIGNING: SIGNING_KEY, API_PORT: '0', METRICS_PORT: 'off' }
  const edit = (text: string) => (text.includes('kind: connection') ? text + subscriptions(live.url, dead.url) : text)
  const installation = await install('outgoing', inject('services'), settings, edit)
  onTestFinished(async () => {
    await Promise.all([live.close(), dead.close(), installation.close()])
  })
  const { platform } = installation
  const { topicPrefix, partitions } = platform.config
  const { codec, producer, reporter, admin } = platform
  const append = async (topic: string, key: string, value: Buffer) => {
    const partition = partitionOfKey(key, partitions)
    const name = `${topicPrefix}${topic}`
    const offset = Number((await admin.ends(name)).find((one) => one.partition === partition)?.end ?? 0n)
    await producer.send([{ topic: name, key, value }])
    return { topic: name, partition, offset, bytes: value.length }
  }
  return {
    ...installation,
    live,
    dead,
    /** As the sink of the ERP reports a delivery. */
    async accepted(number: string) {
      const order = vendorOrder(CONNECTION, number, orderOf([lineOf('1', `WLD-${number}`)]))
      const [event] = (await codec.persons?.admit('vendor-orders', [order])) ?? [order]
      const value = codec.encode('vendor-orders', event ?? order)
      const mapped = await append(topicOf('vendor-orders', 'netsuite'), recordKey(CONNECTION, number), value)
      const about = { source: SHOP, connection: CONNECTION, key: number, eventId: order.eventId }
      const result = entityResult({ ...about, status: 'succeeded', targetId: `SO-${number}` })
      await reporter.report('deliver-netsuite', 0, [{ taskId: null, result, places: { source: null, mapped } }])
    },
    /** As the routing of fulfilments sends a shipment to the shop. */
    async shipped(number: string) {
      const shipment = shopFulfilment(`IF-${number}`, number, [fulfilmentLine(`WLD-${number}`, '1')])
      const event = { ...shipment, connection: CONNECTION, source: 'netsuite' }
      const value = codec.encode('shop-fulfilments', event)
      await append(topicOf('shop-fulfilments', SHOP), recordKey(CONNECTION, event.key), value)
    },
    async stock(sku: string, available: string) {
      const event = inventoryChanged({ connection: CONNECTION, source: 'netsuite', sku, readAt: Date.now() }, available)
      await append(
        topicOf('universal-inventory'),
        recordKey(CONNECTION, 'netsuite', sku),
        codec.encode('universal-inventory', event),
      )
    },
    async waldstream(...args: readonly string[]) {
      const env = { ...installation.env, LOG_LEVEL: 'silent' }
      const { exited, printed, output } = await startProgram({
        name: 'waldstream',
        args: ['src/cli/main.ts', ...args],
        env,
      })
      const { code } = await exited
      expect(code, output()).toBe(0)
      return printed()
    },
  }
}

const idsOf = ({ received }: WebhookReceiver) => received.map(({ headers }) => String(headers['webhook-id']))
/** Each event once, in the order in which it first came. */
const seenOf = (hooks: WebhookReceiver) => {
  const ids = idsOf(hooks)
  return hooks.received
    .filter((_, index) => ids.indexOf(ids[index] ?? '') === index)
    .map(({ body }) => JSON.parse(body))
    .map(({ type, data }) => `${type} ${data.order ?? data.sku}`)
}
const EACH = ['order.accepted 7', 'order.shipped 7', 'stock.changed WLD-7']

it('what happens arrives signed and in order, whatever fails, beside a dead endpoint, and again when it is replayed', async () => {
  const { platform, env, live, dead, accepted, shipped, stock, waldstream } = await world()
  const projector = await startRoles(platform, ['projector'], { schedules: false })
  onTestFinished(() => projector.close())
  const first = await startRole('api', env, 'first')
  await first.line(RUNNING)
  const listed = async () => JSON.parse(await waldstream('subscriptions', 'list', '--json')).items
  // What happens from now on is sent.
  await expect
    .poll(async () => (await listed()).map(({ cursor }: { readonly cursor: unknown }) => cursor !== null))
    .toEqual([true, true, false])

  // The endpoint does not answer; the process is killed meanwhile.
  live.answer(null)
  const since = new Date(Date.now() - 1_000).toISOString()
  await accepted('7')
  await expect.poll(() => live.received.length).toBe(1)
  first.signal('SIGKILL')
  await first.exited

  // It fails, with another process, and recovers: the same event, under the same id.
  live.answer(500)
  // Both may have been held by the process that died: nobody waits for their leases.
  for (const id of ['live', 'dead']) await waldstream('subscriptions', 'resume', id)
  const second = await startRole('api', env, 'second')
  onTestFinished(async () => {
    second.signal('SIGTERM')
    await second.exited
  })
  await second.line(RUNNING)
  await expect.poll(() => live.received.length).toBeGreaterThan(1)
  await shipped('7')
  await stock('WLD-7', '5')
  live.answer(204)
  await expect.poll(() => seenOf(live).toSorted()).toEqual(EACH)
  expect(seenOf(live).indexOf('order.accepted 7')).toBeLessThan(seenOf(live).indexOf('order.shipped 7'))
  expect(new Set(idsOf(live)).size).toBe(3)
  for (const { headers, body } of live.received.slice(-1)) {
    const own = headers as Readonly<Record<string, string>>
    expect(new Webhook(SIGNING_KEY).verify(body, { ...own })).toMatchObject({ data: { connection: CONNECTION } })
  }
  const bodies = live.received.map(({ body }) => JSON.parse(body))
  expect(bodies.find(({ type }) => type === 'order.accepted').data).toMatchObject({
    order: '7',
    vendor_order: 'SO-7',
    lines: [{ sku: 'WLD-7', quantity: '1' }],
  })
  expect(bodies.find(({ type }) => type === 'order.shipped').data.shipment).toMatchObject({ id: 'IF-7' })

  // The dead endpoint got attempts alone, and is listed with its error.
  expect(dead.received.length).toBeGreaterThan(0)
  await expect.poll(async () => (await listed())[0].state).toBe('failing')
  expect(await listed()).toMatchObject([
    { subscription: 'dead', failing: { code: 'target_unavailable' } },
    { subscription: 'live', state: 'ok', lag: 0 },
    { subscription: 'pulled', state: 'pulled' },
  ])

  // All of it again, from a time.
  const sent = live.received.length
  const ids = new Set(idsOf(live))
  expect(await waldstream('subscriptions', 'replay', 'live', '--from', since, '--preview')).toContain(
    '1 order.accepted',
  )
  await waldstream('subscriptions', 'replay', 'live', '--from', since)
  await expect.poll(() => new Set(idsOf(live).slice(sent)).size).toBe(3)
  expect(new Set(idsOf(live))).toEqual(ids)
}, 900_000)
