import { pino } from 'pino'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { NETSUITE_CREDENTIALS } from '../../../simulators/netsuite/credentials.ts'
import { startNetSuiteSimulator } from '../../../simulators/netsuite/start.ts'
import { decimal4, decimal8 } from '../../../src/events/decimal.ts'
import type { VendorOrderRequested } from '../../../src/events/generated/events.ts'
import { contentDigest } from '../../../src/events/identity.ts'
import { type Wire, wireOf, wiresOf } from '../../../src/systems/kit/wire.ts'
import { createNetSuiteClient, type NetSuiteClient } from '../../../src/systems/netsuite/client.ts'
import { writeNetSuiteOrders } from '../../../src/systems/netsuite/write-orders.ts'
import { localNetwork } from '../../data/loopback.ts'
import { connectionOf, lineOf, orderOf, vendorOrder } from '../../data/processor-events.ts'
import { netsuiteOf } from '../../worlds/settings.ts'
import { gate, sinkWorld } from '../../worlds/sink-world.ts'
import { governors, smallCatalogFile, wallClock } from '../../worlds/sources.ts'

const { account, consumerKey, consumerSecret, token, tokenSecret } = NETSUITE_CREDENTIALS
const connection = connectionOf('magento-netsuite', '^WLD-')
const PATIENT = 60_000
/** As usual, in less time. */
const timing = {
  inPlaceMs: 2_000,
  inPlace: { firstMs: 5, longestMs: 50 },
  parked: { firstMs: 10, longestMs: 50 },
  breaker: { afterFailures: 4, pause: { firstMs: 20, longestMs: 100 } },
}

let simulator: Awaited<ReturnType<typeof startNetSuiteSimulator>>
let sku: string
beforeAll(async () => {
  const options = { dataFile: ':memory:', catalogFile: smallCatalogFile, vendorPattern: /^WLD-/, seed: 7 }
  simulator = await startNetSuiteSimulator(options)
  sku = String(wiresOf((await state())['items'])[0]?.['itemId'])
})
afterAll(async () => await simulator.close())
beforeEach(async () => await post('reset', undefined))

const state = async () => wireOf(await (await fetch(`${simulator.url}/_sim/state`)).json())
const post = async (route: string, body: unknown) => {
  const answer = await fetch(`${simulator.url}/_sim/${route}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body) ?? null,
  })
  expect(answer.ok).toBe(true)
}
const orders = async () => wiresOf((await state())['salesOrders'])
const linesOf = (order: Wire | undefined) => wiresOf(wireOf(order?.['item'])['items'])

const client = () => {
  const credentials = { consumerKey, consumerSecret, token, tokenSecret }
  const settings = { baseUrl: simulator.url, account, credentials, limits: { concurrency: 2 } }
  return createNetSuiteClient(settings, {
    clock: wallClock,
    governors,
    network: localNetwork,
    logger: pino({ level: 'silent' }),
  })
}
const sinkOf = (of: NetSuiteClient = client()) => writeNetSuiteOrders(of, netsuiteOf())

/** The n-th version of an order: n pieces of one item. */
const ordered = (key: string, n = 1, of = sku): VendorOrderRequested => {
  const quantity = { quantityOrdered: decimal8(String(n), 'quantity'), rowTotal: decimal4(`${n * 10}`, 'total') }
  const made = vendorOrder(connection.id, key, orderOf([lineOf('11', of, quantity)]))
  const { readAt, data } = made
  return { ...made, readAt: readAt + n, contentDigest: contentDigest({ deleted: false, data }) }
}

describe('deliveries to NetSuite', () => {
  it('make one order with its lines once when the answer of the write is lost', async () => {
    await post('faults', [{ method: 'PUT', path: '/salesOrder/', kind: 'commit-then-close', times: 1 }])
    const world = sinkWorld(wallClock, [connection])
    const worker = world.worker({ sink: sinkOf(), timing })
    expect(await worker.handle(world.append(ordered('1', 2)))).toEqual(['1 succeeded'])
    const all = await orders()
    expect(all).toHaveLength(1)
    expect(linesOf(all[0])).toMatchObject([{ quantity: 2 }])
  })

  it('park an order of an unknown SKU, deliver the others, and deliver it once the item is there', async () => {
    const world = sinkWorld(wallClock, [connection])
    const worker = world.worker({ sink: sinkOf(), timing })
    const batch = [world.append(ordered('1', 1, 'WLD-NEW')), world.append(ordered('2'))]
    expect((await worker.handle(...batch)).toSorted()).toEqual(['1 waiting item_missing', '2 succeeded'])
    await post('items', { itemid: 'WLD-NEW', price: 10 })
    const said: string[] = []
    await vi.waitFor(async () => {
      said.push(...(await worker.tick()))
      expect(said.at(-1)).toBe('1 succeeded')
    }, PATIENT)
    expect((await orders()).map(({ otherRefNum }) => otherRefNum).toSorted()).toEqual(['1', '2'])
    expect(await world.parked()).toEqual([])
  })

  it('wait while NetSuite is down, park and lose nothing, and go on when it is back', async () => {
    await post('faults', [{ path: '.*', kind: 'html' }])
    const world = sinkWorld(wallClock, [connection])
    const worker = world.worker({ sink: sinkOf(), timing })
    const keys = ['1', '2', '3', '4', '5', '6', '7', '8']
    const handled = worker.handle(...keys.map((key) => world.append(ordered(key))))
    await vi.waitFor(() => expect(worker.stage.heldBack?.()).toMatch(/does not answer/), PATIENT)
    expect(await orders()).toEqual([])
    await post('faults', [])
    expect((await handled).toSorted()).toEqual(keys.map((key) => `${key} succeeded`))
    expect(await orders()).toHaveLength(keys.length)
    expect(await world.parked()).toEqual([])
    expect(worker.deadLetters).toEqual([])
    expect(worker.stage.heldBack?.()).toBeNull()
  })

  it('park one order that NetSuite alone fails on, and deliver it when it does not any more', async () => {
    await post('faults', [{ method: 'PUT', path: '/salesOrder/eid:magento-netsuite-1$', kind: 'status', status: 500 }])
    const world = sinkWorld(wallClock, [connection])
    const worker = world.worker({ sink: sinkOf(), timing: { ...timing, inPlaceMs: 100 } })
    const batch = [world.append(ordered('1')), world.append(ordered('2'))]
    expect((await worker.handle(...batch)).toSorted()).toEqual(['1 waiting target_unavailable', '2 succeeded'])
    await post('faults', [])
    await vi.waitFor(async () => expect(await worker.tick()).toContain('1 succeeded'), PATIENT)
    expect(await orders()).toHaveLength(2)
  })

  it('make a dead letter of an order that changed after it was fulfilled', async () => {
    const world = sinkWorld(wallClock, [connection])
    const worker = world.worker({ sink: sinkOf(), timing })
    await worker.handle(world.append(ordered('1', 1)))
    await post(`salesOrders/${String((await orders())[0]?.['id'])}/fulfill`, {})
    const changed = world.append(ordered('1', 2))
    expect(await worker.handle(changed)).toEqual(['1 failed target_conflict'])
    expect(worker.deadLetters).toMatchObject([{ record: changed.record, error: { code: 'target_conflict' } }])
    expect(linesOf((await orders())[0])).toMatchObject([{ quantity: 1 }])
  })

  it('end with the newest version when a worker is frozen between its intent and its write', async () => {
    const world = sinkWorld(wallClock, [connection])
    const frozen = gate()
    const freezing = client()
    const zombie = world.worker({
      sink: sinkOf({
        ...freezing,
        async upsertByExternalId(type, externalId, body, options) {
          if (type === 'salesOrder') await frozen.pass()
          // Without the signal, as of a process that did not run when it was aborted.
          return await freezing.upsertByExternalId(type, externalId, body, options)
        },
      }),
      timing,
    })
    const [first, second] = [world.append(ordered('1', 1)), world.append(ordered('1', 2))]
    const ends = zombie.handle(first)
    await frozen.entered
    const successor = world.worker({ sink: sinkOf(), timing })
    expect(await successor.handle(first)).toEqual(['1 succeeded'])
    expect(await successor.handle(second)).toEqual(['1 succeeded'])
    zombie.ending.abort(new Error('not ours'))
    frozen.open()
    await expect(ends).rejects.toMatchObject({ code: 'stopping' })
    expect(linesOf((await orders())[0])).toMatchObject([{ quantity: 1 }])
    await successor.tick()
    const all = await orders()
    expect(all).toHaveLength(1)
    expect(linesOf(all[0])).toMatchObject([{ quantity: 2 }])
    expect(linesOf(all[0])).toHaveLength(1)
  })
})
