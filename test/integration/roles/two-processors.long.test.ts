import { afterAll, beforeAll, expect, inject, it, onTestFinished } from 'vitest'
import { NETSUITE_CREDENTIALS } from '../../../simulators/netsuite/credentials.ts'
import { startNetSuiteSimulator } from '../../../simulators/netsuite/start.ts'
import { decimal4, decimal8 } from '../../../src/events/decimal.ts'
import type { OrderChanged } from '../../../src/events/generated/events.ts'
import { recordKey } from '../../../src/events/topics.ts'
import { lineOf, orderChanged, orderOf } from '../../data/processor-events.ts'
import { membersOf, readTopic, untilHandled } from '../../worlds/processes-groups.ts'
import { install, RUNNING, startRole } from '../../worlds/processes-roles.ts'
import { until } from '../../worlds/processes-until.ts'
import { smallCatalogFile } from '../../worlds/sources.ts'

const services = inject('services')
const ORDERS = 160
const CHANGED = 60
const VENDOR_ORDERS = 'vendor-orders.netsuite'

interface NetSuiteState {
  readonly items: readonly { readonly itemId: string }[]
  readonly salesOrders: readonly {
    readonly externalId: string
    readonly item: {
      readonly items: readonly { readonly item: { readonly refName: string }; readonly quantity: number }[]
    }
  }[]
}

let netsuite: Awaited<ReturnType<typeof startNetSuiteSimulator>>
beforeAll(async () => {
  netsuite = await startNetSuiteSimulator({
    dataFile: ':memory:',
    catalogFile: smallCatalogFile,
    vendorPattern: /^WLD-/,
    seed: 3,
  })
})
afterAll(() => netsuite.close())

const state = async () => (await (await fetch(`${netsuite.url}/_sim/state`)).json()) as NetSuiteState

/** The same for every run: orders of the vendor, some of another vendor as well, and later versions of some of them. */
function orderEvents(skus: readonly string[]): readonly OrderChanged[] {
  const event = (index: number, version: number) => {
    const sku = skus[index % skus.length] ?? ''
    const quantity = decimal8(String(version), 'quantity')
    const own = lineOf('1', sku, { quantityOrdered: quantity, rowTotal: decimal4(String(10 * version), 'total') })
    const lines = index % 3 === 0 ? [own, lineOf('2', 'OTHER-1')] : [own]
    const order = orderOf(lines, { orderId: String(index), orderNumber: String(index).padStart(9, '0') })
    const at = 1_772_000_000_000 + version * 60_000
    return orderChanged(order, { occurredAt: at, readAt: at + 1000, taskId: null })
  }
  const firsts = Array.from({ length: ORDERS }, (_, index) => event(index, 1))
  return [...firsts, ...Array.from({ length: CHANGED }, (_, index) => event(index * 2, 2))]
}

/** Fills `orders` once that many processes share it, and gives what came of it. */
async function route(processes: number) {
  await fetch(`${netsuite.url}/_sim/reset`, { method: 'POST' })
  const { consumerKey, consumerSecret, token, tokenSecret } = NETSUITE_CREDENTIALS
  const { env, platform, close } = await install(`two-${processes}`, services, {
    TOPIC_PARTITIONS: '6',
    DEMO_NETSUITE_URL: netsuite.url,
    DEMO_NETSUITE_CONSUMER_KEY: consumerKey,
    DEMO_NETSUITE_CONSUMER_SECRET: consumerSecret,
    DEMO_NETSUITE_TOKEN_ID: token,
    DEMO_NETSUITE_TOKEN_SECRET: tokenSecret,
  })
  onTestFinished(close)
  const workers = await Promise.all(Array.from({ length: processes }, (_, n) => startRole('processor', env, `w${n}`)))
  onTestFinished(() => workers.forEach((worker) => void worker.signal('SIGKILL')))
  await Promise.all(workers.map((worker) => worker.line(RUNNING)))
  const members = () =>
    membersOf(env['KAFKA_BROKERS'] ?? '', `${env['TOPIC_PREFIX']}route-orders`, `${env['TOPIC_PREFIX']}orders`)
  const before = await until(`${processes} members`, async () => {
    const shared = await members()
    return shared.size === processes ? shared : undefined
  })
  const events = orderEvents((await state()).items.map(({ itemId }) => itemId))
  await platform.producer.send(
    events.map((event) => ({
      topic: `${env['TOPIC_PREFIX']}orders`,
      key: recordKey(event.source, event.key),
      value: platform.codec.encode('orders', event),
    })),
  )
  await untilHandled(platform, 'route-orders', ['orders'])
  await untilHandled(platform, 'deliver-netsuite', [VENDOR_ORDERS])
  const after = await members()
  const ends = await platform.admin.ends(`${env['TOPIC_PREFIX']}orders`)
  const routed = await readTopic(platform, VENDOR_ORDERS)
  const decoded = await Promise.all(routed.map(({ value }) => platform.codec.decode('vendor-orders', value)))
  for (const worker of workers) worker.signal('SIGTERM')
  const exits = await Promise.all(workers.map(({ exited }) => exited))
  const perKey = Map.groupBy(decoded, ({ connection, key }) => recordKey(connection, key))
  const { salesOrders } = await state()
  return { before, after, ends, exits, events, perKey, salesOrders: salesOrders.map(lines).toSorted() }
}

const lines = ({ externalId, item }: NetSuiteState['salesOrders'][number]): string =>
  `${externalId}: ${item.items.map((line) => `${line.item.refName} × ${line.quantity}`).join(', ')}`

it('two processors share the partitions and make the same of them as one', async () => {
  const one = await route(1)
  const two = await route(2)

  // Every partition had records, so each member had work, and none of them changed hands meanwhile.
  expect([...two.before.values()].map((partitions) => partitions.length)).toEqual([3, 3])
  expect(two.after).toEqual(two.before)
  expect(two.ends.filter(({ end }) => end > 0n)).toHaveLength(6)
  expect([...one.before.values()].map((partitions) => partitions.length)).toEqual([6])

  expect(one.salesOrders).toHaveLength(ORDERS)
  expect(one.salesOrders.filter((order) => order.endsWith('× 2'))).toHaveLength(CHANGED)
  expect(two.salesOrders).toEqual(one.salesOrders)
  expect([...one.perKey.values()].flat()).toHaveLength(one.events.length)
  expect(two.perKey.size).toBe(one.perKey.size)
  for (const [key, events] of one.perKey) expect(two.perKey.get(key), key).toEqual(events)

  expect(one.exits).toEqual([{ code: 0, signal: null }])
  expect(two.exits).toEqual([0, 0].map((code) => ({ code, signal: null })))
})
