import { expect, onTestFinished } from 'vitest'
import type { NetSuiteSimulatorOptions } from '../../simulators/netsuite/start.ts'
import type { System } from '../../src/configuration/model.ts'
import { type Wire, wireOf, wiresOf } from '../../src/systems/kit/wire.ts'
import { createNetSuiteClient, type NetSuiteClient } from '../../src/systems/netsuite/client.ts'
import { readNetSuiteProducts } from '../../src/systems/netsuite/read-products.ts'
import { clientSettings, settings } from '../../src/systems/netsuite/settings.ts'
import { writeNetSuiteOrders } from '../../src/systems/netsuite/write-orders.ts'
import { localNetwork } from '../data/loopback.ts'
import { ecKeys } from '../data/netsuite-keys.ts'
import { type NetSuiteAccount, startNetSuiteAccount } from '../worlds/netsuite-account.ts'
import { netsuiteConnection, netsuiteOrder, runsOf } from '../worlds/netsuite-world.ts'
import { connectable, netsuiteOf } from '../worlds/settings.ts'
import { sinkWorld } from '../worlds/sink-world.ts'
import { governors, keysOf, readAll, readOf, WHOLE, wallClock } from '../worlds/sources.ts'
import { silentLogger } from '../worlds/stage-context.ts'
import { testFaults } from './fault-matrix.ts'

/** As usual, in less time. */
const timing = {
  inPlaceMs: 30_000,
  inPlace: { firstMs: 5, longestMs: 50 },
  parked: { firstMs: 10, longestMs: 50 },
  breaker: { afterFailures: 4, pause: { firstMs: 20, longestMs: 100 } },
}

async function account(options: Partial<NetSuiteSimulatorOptions> = {}): Promise<NetSuiteAccount> {
  const started = await startNetSuiteAccount(options)
  onTestFinished(() => started.close())
  return started
}
type Rule = Readonly<Record<string, unknown>>
const set = async (at: NetSuiteAccount, ...rules: Rule[]) => void (await at.control('POST', 'faults', rules))
const skusOf = async (at: NetSuiteAccount) => (await at.items()).map(({ itemId }) => String(itemId))
const linesOf = (order: Wire | undefined) => wiresOf(wireOf(order?.['item'])['items'])
const noneLeft = async (at: NetSuiteAccount) => {
  expect(await (await fetch(`${at.url}/_sim/faults`)).json()).toEqual([])
}

/** Every product is in the topic, once. */
async function expectProducts(at: NetSuiteAccount, runs: ReturnType<typeof runsOf<'products'>>) {
  expect((await runs.events()).map(({ key }) => key).toSorted()).toEqual((await skusOf(at)).toSorted())
  expect(await runs.deadLetters()).toEqual([])
}

/** Delivers orders of two lines; each is there once, with its lines, whatever came between. */
async function expectOrders(at: NetSuiteAccount, client: NetSuiteClient, numbers: readonly string[], pieces = 1) {
  const skus = (await skusOf(at)).slice(0, 2)
  const world = sinkWorld(wallClock, [netsuiteConnection])
  const worker = world.worker({ sink: writeNetSuiteOrders(client, netsuiteOf()), timing })
  const batch = numbers.map((number) => world.append(netsuiteOrder(number, skus, pieces)))
  expect((await worker.handle(...batch)).toSorted()).toEqual(numbers.map((number) => `${number} succeeded`).toSorted())
  expect(worker.deadLetters).toEqual([])
  const orders = await at.orders()
  expect(orders.map(({ otherRefNum }) => String(otherRefNum)).toSorted()).toEqual(numbers.toSorted())
  for (const order of orders) expect(linesOf(order).map(({ quantity }) => quantity)).toEqual([pieces, pieces])
  expect(wiresOf((await at.state())['customers'])).toHaveLength(1)
}

/** The fault does no more than delay: a run reads all, and an order is delivered once. */
async function passes(at: NetSuiteAccount, fault: Rule, write: Rule = fault) {
  const runs = runsOf('products', at.reader('products', 20))
  await set(at, { ...fault, path: '/suiteql', times: 2 })
  expect(await runs.run()).toMatchObject({ state: 'ended', missing: [] })
  await expectProducts(at, runs)
  await noneLeft(at)
  await set(
    at,
    { ...fault, path: '/salesOrder/', method: 'GET', times: 1 },
    { ...write, path: '/customer/', method: 'PUT', times: 1 },
    { ...write, path: '/salesOrder/', method: 'PUT', times: 1 },
  )
  await expectOrders(at, await at.client(), ['1'])
  await noneLeft(at)
  return runs
}

const refusal = { 'o:errorDetails': [{ detail: 'Request blocked.', 'o:errorCode': 'CONCURRENCY_LIMIT_EXCEEDED' }] }

testFaults('netsuite', {
  'rate-limited': async () => {
    const fault = { kind: 'status', status: 429, body: refusal, headers: { 'retry-after': '1' } }
    const { waits } = await passes(await account(), fault)
    expect(waits.length).toBeGreaterThan(0)
    expect(Math.min(...waits)).toBeGreaterThanOrEqual(1000)
  },
  // The account takes one call at a time, as others use the rest of it; we are configured for four.
  'rate-limited-silently': async () => {
    const at = await account({ concurrency: 1 })
    await set(at, { kind: 'slow', path: '/services/', delayMs: 5 })
    const limits = { concurrency: 4 }
    const products = runsOf('products', at.reader('products', 5, { limits }))
    const inventory = runsOf('inventory', at.reader('inventory', 5, { limits }))
    const numbers = Array.from({ length: 12 }, (_, index) => String(index + 1))
    const [read, stock] = await Promise.all([
      products.run(),
      inventory.run(),
      expectOrders(at, await at.client({ limits }), numbers),
    ])
    expect([read.state, stock.state]).toEqual(['ended', 'ended'])
    await expectProducts(at, products)
    expect(new Set((await inventory.events()).map(({ key }) => key)).size).toBe((await at.items()).length)
    const refused = (await at.requests()).filter(({ status }) => status === 429)
    expect(refused.length).toBeGreaterThan(0)
    expect(refused.length).toBeLessThan((await at.requests()).length / 2)
  },
  'gateway-page': async () => {
    const at = await account()
    await passes(at, { kind: 'html', status: 502 })
    const runs = runsOf('products', at.reader('products', 20))
    await set(at, { kind: 'html', status: 200, path: '/suiteql', times: 1 })
    expect(await runs.run()).toMatchObject({ state: 'ended' })
    await expectProducts(at, runs)
  },
  'lost-answer': async () => {
    await passes(await account(), { kind: 'commit-then-close' })
    await passes(await account(), { kind: 'close' })
  },
  'expired-login': async () => {
    const at = await account()
    const { publicKey, privateKey } = ecKeys()
    await at.control('POST', 'certificates', { certificateId: 'c', publicKey })
    Object.assign(at.secrets, { clientId: 'netsuite-simulator-client', certificateId: 'c', privateKey })
    const secrets = { clientId: 'env:clientId', certificateId: 'env:certificateId', privateKey: 'env:privateKey' }
    const reader = at.reader('products', 20, { secrets })
    const pages = []
    for await (const page of reader.read(WHOLE, null, new AbortController().signal)) {
      pages.push(page)
      await at.control('POST', 'tokens', { expire: true })
    }
    expect(pages.length).toBeGreaterThan(2)
    expect(keysOf(pages.flatMap(({ entities }) => entities)).toSorted()).toEqual((await skusOf(at)).toSorted())
    const client = await at.client({ secrets })
    const ending: NetSuiteClient = {
      ...client,
      async upsertByExternalId(...call) {
        await at.control('POST', 'tokens', { expire: true })
        return await client.upsertByExternalId(...call)
      },
    }
    await expectOrders(at, ending, ['1', '2'])
    expect((await at.requests()).filter(({ status }) => status === 401).length).toBeGreaterThan(4)
  },
  'half-an-answer': async () => {
    const at = await account()
    await passes(at, { kind: 'truncate' })
    const inventory = runsOf('inventory', at.reader('inventory', 20))
    await set(at, { kind: 'truncate', path: '/suiteql', times: 5 })
    expect(await inventory.run()).toMatchObject({ state: 'ended', missing: [] })
    expect(new Set((await inventory.events()).map(({ key }) => key)).size).toBe((await at.items()).length)
    await noneLeft(at)
  },
  'past-the-end': async () => {
    const at = await account()
    for (const entity of ['products', 'inventory', 'fulfilments'] as const) {
      const reader = at.reader(entity, 20)
      const last = (await readAll(reader)).pages.at(-1)?.reached ?? null
      expect((await readAll(reader, WHOLE, last)).pages).toEqual([])
    }
    const client = await at.client()
    const query = 'SELECT item.id FROM item ORDER BY item.id'
    expect(await client.suiteql(query, [], { limit: 1000, offset: 1000 })).toEqual({ items: [], hasMore: false })
  },
  'other-zone': async () => {
    for (const zone of ['America/Los_Angeles', 'Asia/Kathmandu', 'Pacific/Kiritimati']) {
      const at = await account({ zone })
      const { entities } = await readAll(at.reader('products', 50))
      const items = await at.items()
      for (const item of items) {
        const moment = Math.floor(Date.parse(String(item['lastModifiedDate'])) / 1000) * 1000
        expect(entities.find(({ key }) => key === item['itemId'])?.occurredAt).toBe(moment)
        // The window of that second alone has the item.
        const { rows } = await readAll(at.reader('products', 50), { from: moment, to: moment + 1000 })
        expect(rows.map(({ key }) => key)).toContain(item['itemId'])
        expect(rows.length).toBeLessThan(items.length)
      }
    }
  },
  // What was given up lands later all the same: the order is there once, with the lines of the newest.
  'slow-answer': async () => {
    const at = await account()
    const secrets = Object.fromEntries(Object.entries(at.secrets))
    const system: System = { ...at.system(), secrets }
    const connected = connectable(settings, system)
    const impatient = { ...clientSettings(connected), timeoutMs: 250 }
    const client = createNetSuiteClient(impatient, {
      clock: wallClock,
      governors,
      network: localNetwork,
      logger: silentLogger,
    })
    const slow = { kind: 'slow', delayMs: 600 }
    await set(at, { ...slow, path: '/suiteql', times: 2 })
    const reader = readNetSuiteProducts(client, readOf('netsuite', 'products', 20), connected, wallClock)
    const runs = runsOf('products', reader)
    expect(await runs.run()).toMatchObject({ state: 'ended' })
    await expectProducts(at, runs)
    await set(at, { ...slow, path: '/salesOrder/', method: 'PUT', times: 1 })
    await expectOrders(at, client, ['1'], 3)
    await noneLeft(at)
  },
  'rows-move': async () => {
    const at = await account()
    const skus = await skusOf(at)
    const client = await at.client()
    let queries = 0
    const moving: NetSuiteClient = {
      ...client,
      async suiteql(...query) {
        const page = await client.suiteql(...query)
        queries += 1
        const sku = skus[queries * 7]
        if (queries < 6 && sku !== undefined) {
          await at.control('PATCH', `items/${encodeURIComponent(sku)}`, { displayname: `moved ${queries}` })
        }
        return page
      },
    }
    const reader = readNetSuiteProducts(
      moving,
      readOf('netsuite', 'products', 10),
      connectable(settings, at.system()),
      wallClock,
    )
    const runs = runsOf('products', reader)
    expect(await runs.run()).toMatchObject({ state: 'ended', missing: [] })
    const newest = new Map((await runs.events()).map(({ key, data }) => [key, data.name]))
    expect([...newest.keys()].toSorted()).toEqual(skus.toSorted())
    for (const item of await at.items()) expect(newest.get(String(item['itemId']))).toBe(item['displayName'])
    expect([...newest.values()].filter((name) => name?.startsWith('moved'))).toHaveLength(5)
  },
})
