import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createRun, getRun } from '../../src/control/runs.ts'
import { text8 } from '../../src/events/decimal.ts'
import { runSource } from '../../src/producers/run-source.ts'
import { localNetwork } from '../data/loopback.ts'
import { connectionOf, lineOf, orderOf, vendorOrder } from '../data/processor-events.ts'
import { createAcmeClient, settings } from '../examples/acme/client.ts'
import { readAcmeInventory } from '../examples/acme/read-inventory.ts'
import { ACME_TOKEN, type AcmeSimulator, startAcmeSimulator } from '../examples/acme/simulator.ts'
import { writeAcmeOrders } from '../examples/acme/write-orders.ts'
import { bench } from '../unit/producers/support.ts'
import { connectable } from '../worlds/settings.ts'
import { sinkWorld } from '../worlds/sink-world.ts'
import { governors, readOf, wallClock } from '../worlds/sources.ts'
import { silentLogger } from '../worlds/stage-context.ts'

let acme: AcmeSimulator
beforeEach(async () => {
  // Two seconds with ties, so that pages end within a second.
  acme = await startAcmeSimulator(
    Array.from({ length: 7 }, (_, index) => ({
      id: index + 1,
      sku: `A-${index + 1}`,
      changed_at: `2026-03-02T10:00:0${Math.floor(index / 4)}.000Z`,
      warehouses: [
        { code: 'EAST', on_hand: 5.25, available: index, bin: 'x' },
        { code: 'WEST', on_hand: 0, available: 0 },
      ],
    })),
  )
})
afterEach(async () => await acme.close())

const client = (token = ACME_TOKEN) => {
  const given = { shipFrom: 'EAST' }
  const system = { id: 'acme', address: acme.url, secrets: { token }, limits: { concurrency: 2 }, settings: given }
  return createAcmeClient(
    connectable(settings, system),
    { clock: wallClock, governors, network: localNetwork, logger: silentLogger },
    500,
  )
}
const faults = async (...rules: readonly object[]) =>
  await fetch(`${acme.url}/_sim/faults`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(rules),
  })

describe('the source of the example', () => {
  const deps = { ...bench(), clock: { ...wallClock, sleep: async () => undefined } }
  let runs = 0
  const run = async (pageSize: number, from: number | null = null, afterFirstPage = () => {}) => {
    runs += 1
    const read = readOf('acme', 'inventory', pageSize)
    const id = `run-${runs}`
    await createRun(deps.tables, {
      id,
      read: read.id,
      trigger: 'api',
      reason: null,
      requested_at: new Date().toISOString(),
      backfill_from: null,
    })
    const made = await getRun(deps.tables, id)
    if (made === undefined) throw new Error('no run')
    const reader = readAcmeInventory(client().for('inventory'), read, deps.clock)
    const watched: typeof reader = {
      ...reader,
      async *read(window, after, signal) {
        for await (const page of reader.read(window, after, signal)) {
          yield page
          afterFirstPage()
          afterFirstPage = () => {}
        }
      },
    }
    const window = { from, to: Date.now() }
    const job = { run: made, read, reader: watched, window, fence: 1, signal: new AbortController().signal }
    const result = await runSource(deps, job)
    return { ...(await getRun(deps.tables, id)), ...result }
  }

  it('publishes every item once, whatever the size of pages, and what did not change not again', async () => {
    expect(await run(3)).toMatchObject({ state: 'ended', published: 7, missed: 0 })
    const events = await deps.appended('inventory')
    expect(events.map(({ key }) => key)).toEqual(acme.items.map(({ sku }) => sku))
    expect(events[6]).toMatchObject({ occurredAt: Date.parse('2026-03-02T10:00:01Z'), deleted: false })
    const [east, west] = events[6]?.data.locations ?? []
    expect([east?.location, west?.location, east && text8(east.onHand), east && text8(east.available)]).toEqual([
      'EAST',
      'WEST',
      '5.25',
      '6',
    ])
    expect(east?.attributes).toEqual({ bin: '"x"' })
    for (const pageSize of [1, 2, 4, 100]) expect(await run(pageSize)).toMatchObject({ published: 0, unchanged: 7 })
  })

  it('finds what changes while it is paged, also what is there late, and reads only what changed since', async () => {
    const changed = '2026-03-02T11:00:00.000Z'
    const warehouses = [{ code: 'EAST', on_hand: 1, available: 1 }]
    const move = () => {
      const [first] = acme.items
      if (first !== undefined) Object.assign(first, { changed_at: changed, warehouses })
      acme.items.push({ id: 99, sku: 'A-LATE', changed_at: '2026-03-02T09:00:00.000Z', warehouses })
    }
    expect(await run(2, null, move)).toMatchObject({ state: 'ended', missed: 1, keys: 8 })
    const events = await deps.appended('inventory')
    expect(events.find(({ key }) => key === 'A-LATE')).toBeDefined()
    expect(events.findLast(({ key }) => key === 'A-1')).toMatchObject({ occurredAt: Date.parse(changed) })
    expect(await run(10, Date.parse(changed))).toMatchObject({ keys: 1, published: 0 })
  })

  it.each([
    ['refuses for there being too many calls', { kind: 'status', status: 429 }],
    ['answers with a gateway’s page', { kind: 'html', status: 502 }],
    ['breaks the connection', { kind: 'close' }],
    ['sends half of an answer', { kind: 'truncate' }],
    ['answers too late', { kind: 'slow', delayMs: 800 }],
  ])('goes on when Acme %s', async (_, fault) => {
    await faults({ path: 'stock', times: 1, ...fault })
    expect(await run(3)).toMatchObject({ state: 'ended', keys: 7, unreadable: 0 })
  })

  it('makes a dead letter of what it can not read, and goes on', async () => {
    acme.items[1]?.warehouses.splice(0, 1, { code: '', on_hand: 1, available: 1 })
    expect(await run(3)).toMatchObject({ state: 'ended', keys: 7, unreadable: 1 })
    expect((await deps.appended('dead-letters')).at(-1)).toMatchObject({
      key: 'A-2',
      code: 'value_missing',
      field: 'warehouses.code',
    })
  })

  it('says who is refused, and what is missing', async () => {
    expect(() => client('')).toThrow('system acme: secrets.token is missing')
    await expect(client('wrong').check(new AbortController().signal)).rejects.toMatchObject({
      code: 'credentials_refused',
    })
  })
})

describe('the sink of the example', () => {
  const order = (more: object = {}) => ({
    ...vendorOrder('a', '1001', orderOf([lineOf('1', 'A-1'), lineOf('2', 'A-2')])),
    ...more,
  })
  const world = () => {
    const clock = wallClock
    const made = sinkWorld(clock, [connectionOf('a', '^A')])
    const worker = made.worker({
      sink: writeAcmeOrders(client().for('orders'), { shipFrom: 'EAST' }),
      naturalKey: true,
    })
    return { ...made, worker, clock, deliver: async (event = order()) => await worker.handle(made.append(event)) }
  }

  it('makes an order once, however often it comes', async () => {
    const { deliver } = world()
    expect(await deliver()).toEqual(['1001 succeeded'])
    expect(await world().deliver()).toEqual(['1001 succeeded'])
    expect([...acme.orders]).toMatchObject([
      [
        'a-1001',
        {
          id: 'A1',
          status: 'open',
          ship_from: 'EAST',
          digest: order().contentDigest,
          lines: [{ sku: 'A-1', ordered: 1, price: 10 }, { sku: 'A-2' }],
        },
      ],
    ])
  })

  it('puts a newer version in its place, with the fields that the connection maps, and cancels', async () => {
    const { deliver } = world()
    await deliver()
    const fields = { dock: '"7"', weight: '12.50' }
    await deliver(order({ readAt: order().readAt + 1, contentDigest: 'v2', eventId: 'v2', fields }))
    expect(acme.orders.get('a-1001')).toMatchObject({ id: 'A1', digest: 'v2', dock: '7', weight: 12.5 })
    await deliver(order({ readAt: order().readAt + 2, contentDigest: 'v3', eventId: 'v3', canceled: true }))
    expect(acme.orders.get('a-1001')).toMatchObject({ id: 'A1', status: 'canceled' })
    expect(acme.orders.size).toBe(1)
  })

  it('does not cancel what Acme never had', async () => {
    expect(await world().deliver(order({ canceled: true }))).toEqual(['1001 succeeded'])
    expect(acme.orders.size).toBe(0)
  })

  it('is there once when the answer to a write was lost', async () => {
    await faults({ method: 'PUT', path: 'orders', kind: 'commit-then-close', times: 1 })
    expect(await world().deliver()).toEqual(['1001 succeeded'])
    expect(acme.orders.size).toBe(1)
  })

  it('waits for an item that Acme does not have yet, and is a dead letter when Acme has begun', async () => {
    const waiting = world()
    const unknown = orderOf([lineOf('1', 'A-1'), lineOf('2', 'A-NEW')])
    expect(await waiting.deliver({ ...order(), data: { ...unknown, orderNumber: '1001' } })).toEqual([
      '1001 waiting item_missing',
    ])
    expect(acme.orders.size).toBe(0)
    acme.orders.set('a-1001', { id: 'A9', status: 'shipped', digest: 'old' })
    const begun = world()
    await begun.deliver()
    expect(begun.worker.deadLetters.map(({ error }) => error.code)).toEqual(['target_conflict'])
    expect(acme.orders.get('a-1001')).toMatchObject({ status: 'shipped', digest: 'old' })
  })
})
