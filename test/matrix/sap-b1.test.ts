import { afterAll, beforeAll, beforeEach, expect, vi } from 'vitest'
import { SAP_B1_CREDENTIALS } from '../../simulators/sap-b1/credentials.ts'
import { dispatch } from '../../src/control/dispatch.ts'
import { readControl, takeLease } from '../../src/control/read-control.ts'
import { getRun } from '../../src/control/runs.ts'
import { decimal4 } from '../../src/events/decimal.ts'
import { runSource } from '../../src/producers/run-source.ts'
import { toLocalTime } from '../../src/systems/kit/local-time.ts'
import type { Sink } from '../../src/systems/kit/sink.ts'
import type { Page, ReadWindow, SourceReader } from '../../src/systems/kit/source.ts'
import { createSapB1Client } from '../../src/systems/sap-b1/client.ts'
import { orderSettings } from '../../src/systems/sap-b1/order-settings.ts'
import { clientSettings, settings } from '../../src/systems/sap-b1/settings.ts'
import { writeSapB1Orders } from '../../src/systems/sap-b1/write-orders.ts'
import { localNetwork } from '../data/loopback.ts'
import { connectionOf, lineOf, orderOf, vendorOrder } from '../data/processor-events.ts'
import { bench } from '../unit/producers/support.ts'
import { startCompany, type TestCompany } from '../worlds/sap-b1.ts'
import { connectable } from '../worlds/settings.ts'
import { sinkWorld } from '../worlds/sink-world.ts'
import { governors, keysOf, readAll, readOf, WHOLE, wallClock } from '../worlds/sources.ts'
import { silentLogger } from '../worlds/stage-context.ts'
import { testFaults } from './fault-matrix.ts'

type E = 'products' | 'inventory' | 'fulfilments'

let company: TestCompany
beforeAll(async () => {
  company = await startCompany()
})
afterAll(async () => await company.close())
beforeEach(async () => void (await company.send('POST', '/reset')))

const json = { 'content-type': 'application/json' }

/** A run of a read, as a worker does it, to its end; `between` happens after each page. */
async function run<K extends E>(
  reader: SourceReader<K>,
  between: (page: Page<K>) => Promise<void> = async () => undefined,
  window = WHOLE,
) {
  const deps = { ...bench(), clock: { now: () => Date.now(), sleep: async () => undefined } }
  const read = readOf('sap', reader.entity, 9)
  const nothing = { requestedBy: null, reason: null, from: null, queueUrl: null }
  await dispatch(deps.tables, { requestId: 'r', read: read.id, trigger: 'api', requestedAt: 1, ...nothing })
  const lease = await takeLease(deps.tables, await readControl(deps.tables, read.id), { id: 'w', now: 0, leaseMs: 1 })
  const found = lease === undefined ? undefined : await getRun(deps.tables, lease.run)
  if (lease === undefined || found === undefined) throw new Error('no run')
  const watched: SourceReader<K> = {
    ...reader,
    async *read(asked: ReadWindow, after, signal) {
      for await (const page of reader.read(asked, after, signal)) {
        yield page
        await between(page)
      }
    },
  }
  const job = {
    run: found,
    read,
    reader: watched as never,
    window,
    fence: lease.fence,
    signal: new AbortController().signal,
  }
  const result = await runSource(deps, job)
  return { result, events: await deps.appended(reader.entity) }
}

const codes = async () => (await company.state('Items')).map(({ ItemCode }) => String(ItemCode)).toSorted()

/** Everything was read, once, whatever happened. */
async function readsAll(between?: () => Promise<void>) {
  for (const entity of ['products', 'inventory'] as const) {
    const { result, events } = await run(company.reader(entity), between)
    expect(result).toMatchObject({ state: 'ended', missing: [] })
    expect(keysOf(events).toSorted()).toEqual(await codes())
  }
}

/** Attempts are over soon, so that what is unclear is looked at soon. */
const timing = {
  attemptMs: 1500,
  landingMs: 300,
  inPlaceMs: 0,
  inPlace: { firstMs: 20, longestMs: 50 },
  parked: { firstMs: 20, longestMs: 50 },
}

/** Two orders delivered by a worker until all is told; each is at SAP once, whole. `meet`: the fault was met. */
async function deliversOnce(sink?: Sink<'vendor-orders'>, meet: () => Promise<void> = async () => undefined) {
  const connection = connectionOf('con', '^WLD-')
  const world = sinkWorld(wallClock, [connection])
  const worker = world.worker({ sink: sink ?? (await company.sink()), timing })
  const [sku = ''] = (await company.state('Items')).flatMap(({ ItemCode, Frozen }) =>
    Frozen === 'tNO' ? [String(ItemCode)] : [],
  )
  const amounts = { subtotal: decimal4('10', 'subtotal') }
  const events = ['1', '2'].map((key) => vendorOrder('con', key, orderOf([lineOf('11', sku)], amounts)))
  const told = [...(await worker.handle(...events.map((event) => world.append(event))))]
  await meet()
  await vi.waitFor(
    async () => {
      told.push(...(await worker.tick()))
      expect(told.filter((line) => line.endsWith('succeeded')).toSorted()).toEqual(['1 succeeded', '2 succeeded'])
    },
    { timeout: 240_000, interval: 50 },
  )
  expect(worker.deadLetters).toEqual([])
  await vi.waitFor(
    async () => expect(await company.send('GET', '/late')).toMatchObject({ left: 0, pending: 0 }),
    50_000,
  )
  const orders = await company.state('Orders')
  expect(orders.map(({ NumAtCard }) => NumAtCard).toSorted()).toEqual(['con-1', 'con-2'])
  expect(orders.every(({ DocTotal, Cancelled }) => DocTotal === 10 && Cancelled === 'tNO')).toBe(true)
}

/** When the requests to a collection came. */
const arrivals = async (collection: string) =>
  (await company.requests()).filter(({ path }) => path.endsWith(collection)).map(({ at }) => Date.parse(at))

const statuses = async () => (await company.requests()).map(({ status }) => status)

testFaults('sap-b1', {
  async 'rate-limited'() {
    const rule = { kind: 'status', status: 429, headers: { 'retry-after': '1' }, body: 'busy' }
    await company.faults({ ...rule, path: '/Items', times: 1 }, { ...rule, path: '/Orders', method: 'POST', times: 1 })
    await readsAll()
    await deliversOnce()
    const [refused = 0, next = 0] = await arrivals('/Items')
    expect(next - refused).toBeGreaterThanOrEqual(1000)
    expect((await statuses()).filter((status) => status === 429)).toHaveLength(2)
  },

  async 'rate-limited-silently'() {
    const rule = { kind: 'status', status: 429, body: '' }
    await company.faults({ ...rule, path: '/Items', times: 2 }, { ...rule, path: '/Orders', method: 'POST', times: 2 })
    await readsAll()
    await deliversOnce()
    expect((await statuses()).filter((status) => status === 429)).toHaveLength(4)
  },

  async 'gateway-page'() {
    const rule = { kind: 'html', status: 502 }
    await company.faults(
      { ...rule, path: '/Login', times: 1 },
      { ...rule, path: '/Items', times: 2 },
      { ...rule, path: '/Items', status: 200, times: 1 },
      { ...rule, path: '/Orders', times: 2 },
    )
    await readsAll()
    await deliversOnce()
    expect((await statuses()).filter((status) => status === 502).length).toBeGreaterThanOrEqual(4)
  },

  async 'lost-answer'() {
    await company.faults({ path: '/Orders', method: 'POST', kind: 'commit-then-close', times: 1 })
    await deliversOnce(undefined, async () => {
      // The order is there, and nobody was told.
      expect(await company.state('Orders')).not.toEqual([])
      expect(await statuses()).toContain(0)
    })
  },

  async 'expired-login'() {
    const pages = { left: 3 }
    await readsAll(async () => {
      pages.left -= 1
      if (pages.left >= 0) await company.send('POST', '/sessions/expire')
    })
    // In the middle of an order: the create is what is refused.
    const body = { error: { code: '301', message: 'Invalid session or session already timeout.' } }
    await company.faults({
      path: '/Orders',
      method: 'POST',
      kind: 'status',
      status: 401,
      headers: json,
      body,
      times: 1,
    })
    await deliversOnce()
    const requests = await company.requests()
    const refused = requests.filter(({ status }) => status === 401).length
    expect(refused).toBeGreaterThanOrEqual(4)
    expect(requests.filter(({ path }) => path.endsWith('/Login')).length).toBeLessThanOrEqual(refused + 1)
  },

  async 'half-an-answer'() {
    await company.faults(
      { path: '/Items', kind: 'truncate', times: 2 },
      { path: '/Orders', method: 'POST', kind: 'truncate', times: 1 },
    )
    await readsAll()
    await deliversOnce()
    expect(await company.send('GET', '/faults')).toEqual([])
  },

  async 'past-the-end'() {
    for (const entity of ['products', 'inventory'] as const) {
      const { pages } = await readAll(company.reader(entity, 1000))
      const beyond = await readAll(company.reader(entity, 1000), WHOLE, pages.at(-1)?.reached ?? null)
      expect(beyond.entities).toEqual([])
      const { events } = await run(company.reader(entity, (await codes()).length))
      expect(keysOf(events).toSorted()).toEqual(await codes())
    }
  },

  async 'other-zone'() {
    // The night in which the clocks of New York go back: 01:30 comes twice.
    const zone = 'America/New_York'
    const first = Date.UTC(2026, 10, 1, 5, 30)
    let now = first
    const other = await startCompany({ zone, wall: () => now })
    try {
      const clock = { ...wallClock, now: () => now }
      const [a = '', b = ''] = (await other.state('Items')).map(({ ItemCode }) => String(ItemCode))
      await other.send('PATCH', `/items/${a}`, { ItemName: 'first' })
      now = first + 3_600_000
      await other.send('PATCH', `/items/${b}`, { ItemName: 'second' })
      expect(toLocalTime(first, zone)).toBe(toLocalTime(now, zone))
      const read = async (from: number, to: number) => {
        const { entities } = await readAll(other.reader('products', 9, other.system(), {}, clock), { from, to })
        return entities.map(({ key, occurredAt }) => [key, occurredAt])
      }
      now += 60_000
      // Whole minutes can't tell the passes apart: both are in the window, and neither is taken for an older one.
      expect(await read(first - 60_000, now)).toEqual([a, b].toSorted().map((key) => [key, first + 3_600_000]))
      expect((await read(first + 3_500_000, now)).map(([key]) => key)).toContain(b)
    } finally {
      await other.close()
    }
  },

  async 'slow-answer'() {
    const system = connectable(settings, { ...company.system(), secrets: { ...SAP_B1_CREDENTIALS } })
    const client = createSapB1Client(
      { ...clientSettings(system), timeoutMs: 400 },
      { clock: wallClock, logger: silentLogger, governors, network: localNetwork },
    )
    await company.send('POST', '/late', { ms: 900, times: 1 })
    // The create lands after its time-out: it is waited for, and found.
    await deliversOnce(writeSapB1Orders(client, orderSettings(system)), async () => {
      // One of the two was given up, and is still to come.
      expect(await company.state('Orders')).toHaveLength(1)
    })
    await company.faults({ path: '/Items', kind: 'slow', delayMs: 900, times: 1 })
    await expect(client.find('Items', { pageSize: 1 })).rejects.toMatchObject({ code: 'timed_out', policy: 'retry' })
  },

  async 'rows-move'() {
    const all = await codes()
    const moved = new Set<string>()
    // After each page, an item that was read and one that was not change.
    const move = async ({ entities }: Page<'products'>) => {
      const read = entities.at(0)?.key
      const unread = all.find((code) => !moved.has(code) && code !== read)
      for (const code of [read, unread]) {
        if (code === undefined || moved.size >= 12) continue
        moved.add(code)
        await company.send('PATCH', `/items/${code}`, { ItemName: `moved ${code}` })
      }
    }
    const window = { from: null, to: Date.now() + 600_000 }
    const { result, events } = await run(company.reader('products', 9), move, window)
    expect(result).toMatchObject({ state: 'ended', missing: [] })
    const last = new Map(events.map((event) => [event.key, event.data]))
    expect([...last.keys()].toSorted()).toEqual(all)
    expect(moved.size).toBe(12)
    for (const code of moved) expect((last.get(code) as { name?: string }).name).toBe(`moved ${code}`)
    // Stock that moves while it is read is in this run or in the next.
    const [code = ''] = all
    const stock = async () => {
      const { events: levels } = await run(company.reader('inventory', 9), async () => {
        await company.send('PUT', `/items/${code}/warehouses/01`, { InStock: 4321, Committed: 0 })
      })
      return levels
    }
    expect(keysOf(await stock()).toSorted()).toEqual(all)
    expect(JSON.stringify((await stock()).find(({ key }) => key === code)?.raw)).toContain('4321')
  },
})
