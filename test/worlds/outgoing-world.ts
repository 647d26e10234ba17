import type { Subscription } from '../../src/configuration/model.ts'
import { readConfiguration } from '../../src/configuration/read-configuration.ts'
import type { EntityResult, ShopFulfilmentRequested } from '../../src/events/generated/events.ts'
import { applyConfiguration } from '../../src/operations/configuration.ts'
import { createEventSender } from '../../src/operations/outgoing/run-subscriptions.ts'
import { createSubscriptionStore } from '../../src/operations/outgoing/subscription-row.ts'
import { everything } from '../../src/operations/principal.ts'
import { createGuardedHttp } from '../../src/platform/guarded-http.ts'
import { noMeter } from '../../src/platform/metrics/meter.ts'
import { createWebhookSender } from '../../src/platform/signed-webhook.ts'
import { orderFulfilmentsStage } from '../../src/projections/order-steps.ts'
import { stagedStage } from '../../src/projections/staged.ts'
import { inventoryChanged } from '../data/feed-events.ts'
import { localNetwork } from '../data/loopback.ts'
import { fulfilmentLine, shopFulfilment } from '../data/magento2-events.ts'
import { lineOf, orderOf, vendorOrder } from '../data/processor-events.ts'
import { SIGNING_KEY } from '../data/recipients.ts'
import { entityResult } from '../data/sync-status.ts'
import { SHARDS } from './api-fixture.ts'
import { readableTopics } from './problem-orders.ts'
import { batchContext, decoded, silentLogger } from './stage-context.ts'
import { configurationOf, twoSellers } from './two-sellers.ts'

const boss = everything({ kind: 'cli', name: 'boss' })
const SELLERS = ['alder', 'birch'] as const
type Seller = (typeof SELLERS)[number]
type ShippedAs = Partial<ShopFulfilmentRequested> & { readonly kind?: string }

/** Two sellers with these subscriptions, whose orders and stock change as a test says; senders stand for processes. */
export async function outgoingWorld(subscriptions: readonly Subscription[], token: string | null = null) {
  const topics = readableTopics()
  const api = await twoSellers(SELLERS, { staged: topics.staged, token })
  const { tables, clock, operations, settleMs } = api
  const configuration = { ...configurationOf(SELLERS), subscriptions }
  // After everything that the sellers have already.
  clock.time += 1_000
  await applyConfiguration(operations, boss, { configuration, reason: null })
  const stored = await readConfiguration(tables)
  const status = stagedStage({ tables, settleMs })
  const shipments = SELLERS.map((seller) => orderFulfilmentsStage(`shop-${seller}`, { tables, settleMs }))
  let offset = 100
  const next = () => {
    offset += 1
    return { offset, timestamp: clock.time }
  }
  const report = async (seller: Seller, number: string, more: Partial<EntityResult> & Pick<EntityResult, 'status'>) => {
    const order = { ...vendorOrder(seller, number, orderOf([lineOf('1', `SKU-${number}`)])), source: `shop-${seller}` }
    const at = next()
    const mapped = topics.put('t.vendor-orders.erp', at.offset, topics.codec.encode('vendor-orders', order))
    const about = { source: order.source, connection: seller, key: number, eventId: `e-${number}` }
    const results = [entityResult({ ...about, targetId: `SO-${number}`, ...more })]
    const told = { taskId: null, stage: 'deliver-erp', partition: 0, at: clock.time, results }
    const event = { ...told, places: [{ source: null, mapped }] }
    await status.handle([decoded<'sync-status'>(event, at)], batchContext().context)
  }
  const deps = {
    ...operations,
    store: createSubscriptionStore(tables),
    sendWebhook: createWebhookSender(createGuardedHttp(localNetwork), clock),
    resolveSecret: async () => SIGNING_KEY,
    clock: { now: clock.now, sleep: async () => undefined },
    meter: noMeter,
    logger: silentLogger,
    random: () => 0.5,
    configuration: () => stored,
  }
  const { signal } = new AbortController()
  /** Everything that has happened is seen. */
  const settle = async (ms = 60_000) => {
    clock.time += ms
    for (let partition = 0; partition < SHARDS; partition += 1) {
      await status.onIdleAlone?.(partition, 'sync-status', clock.time)
      for (const stage of shipments) await stage.onIdleAlone?.(partition, String(stage.topics[0]), clock.time)
    }
    await api.idle()
  }
  const look = async (sender = createEventSender(deps, signal)) => {
    await sender.begin()
    await sender.idle()
  }
  // Where they begin.
  await settle()
  await look()
  clock.time += 1
  return {
    ...api,
    deps,
    signal,
    settle,
    look,
    accepted: (seller: Seller, number: string, more: Partial<EntityResult> = {}) =>
      report(seller, number, { status: 'succeeded', ...more }),
    failed: (seller: Seller, number: string) => report(seller, number, { status: 'failed', code: 'target_rejected' }),
    /** It failed before it was routed to a connection. */
    unrouted: (seller: Seller, number: string) =>
      report(seller, number, { status: 'failed', code: 'mapping_failed', connection: null }),
    async shipped(seller: Seller, number: string, { kind = 'shipment', ...more }: ShippedAs = {}) {
      const tracks = [{ number: `T-${number}`, carrier: 'ups', title: 'UPS' }]
      const shipment = shopFulfilment(`IF-${number}`, number, [fulfilmentLine(`SKU-${number}`, '1')], { tracks, kind })
      const event = { ...shipment, connection: seller, source: 'erp', ...more }
      const at = next()
      topics.put('test', at.offset, topics.codec.encode('shop-fulfilments', event))
      const batch = [decoded<'shop-fulfilments'>(event, at)]
      await shipments[SELLERS.indexOf(seller)]?.handle(batch, batchContext().context)
    },
    async stock(seller: Seller, sku: string, available: string) {
      const changed = inventoryChanged({ connection: seller, source: 'erp', sku, readAt: clock.time }, available)
      await api.projectByKey(changed)
    },
    /** All that has happened is seen, and what is due is sent. */
    async sendDue(ms?: number) {
      await settle(ms)
      await look()
    },
  }
}
