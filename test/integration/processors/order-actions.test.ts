import { pino } from 'pino'
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest'
import { applyConfiguration } from '../../../src/configuration/apply-configuration.ts'
import { createAuditTrail } from '../../../src/control/audit-trail.ts'
import { decimal4, decimal8 } from '../../../src/events/decimal.ts'
import type { VendorOrderRequested } from '../../../src/events/generated/events.ts'
import { contentDigest } from '../../../src/events/identity.ts'
import { cancelAtVendor } from '../../../src/operations/cancel-at-vendor.ts'
import { holdOrder, releaseOrder } from '../../../src/operations/order-holds.ts'
import { everything } from '../../../src/operations/principal.ts'
import { sendAgain } from '../../../src/operations/send-again.ts'
import { tableDefinitions } from '../../../src/operations/table-definitions.ts'
import { createTables } from '../../../src/platform/dynamodb/create-tables.ts'
import { stagedStage } from '../../../src/projections/staged.ts'
import { type Wire, wireOf, wiresOf } from '../../../src/systems/kit/wire.ts'
import { connectionOf, lineOf, orderOf, vendorOrder } from '../../data/processor-events.ts'
import { entityResult, statusRecord } from '../../data/sync-status.ts'
import { bothErps } from '../../worlds/both-erps.ts'
import { sinkWorld } from '../../worlds/sink-world.ts'
import { readOf, uncheckedSystem, wallClock } from '../../worlds/sources.ts'
import { batchContext } from '../../worlds/stage-context.ts'

const services = inject('services')
Object.assign(process.env, services)
const boss = everything({ kind: 'cli', name: 'ann' })
const SHARDS = 6
const timing = { inPlaceMs: 2_000, parked: { firstMs: 10, longestMs: 50 } }

const dynamo = createTables({
  endpoint: services['DYNAMODB_ENDPOINT'] ?? null,
  region: services['AWS_REGION'] ?? 'local',
  prefix: `order-actions-${process.pid}-`,
  logger: pino({ level: 'silent' }),
})
const { tables } = dynamo
afterAll(() => dynamo.close())

/** One connection of each ERP, whose sink has the id of the scripted one. */
const connections = ['netsuite', 'sap'].map((id) =>
  connectionOf(id, '^WLD-', { shop: 'magento', vendor: 'netsuite', reads: ['magento.orders.all'] }),
)
beforeAll(async () => {
  await dynamo.create(tableDefinitions)
  const shop = { id: 'magento', type: 'magento2', address: 'https://shop.example.com' }
  const erp = { id: 'netsuite', type: 'netsuite', address: 'https://erp.example.com' }
  const systems = [uncheckedSystem({ ...shop, reads: [readOf('magento', 'orders', 100)] }), uncheckedSystem(erp)]
  await applyConfiguration(tables, { revision: 0, systems, connections, metadata: [] })
})

const erps = bothErps()

/** What differs between the two: how they are written to, and what is open of the orders that they have. */
const ways = {
  netsuite: {
    sku: () => erps.netsuiteSku(),
    sink: () => erps.netsuiteSink(),
    orders: () => erps.account.orders(),
    isOpen: (order: Wire) => wiresOf(wireOf(order['item'])['items']).some((line) => line['isClosed'] !== true),
    lose: () => erps.account.control('POST', 'reset'),
    ship: (order: Wire) => erps.account.control('POST', `salesOrders/${order['id']}/fulfill`, {}),
  },
  sap: {
    sku: () => erps.sapSku(),
    sink: () => erps.company.sink(),
    orders: () => erps.company.state('Orders'),
    isOpen: (order: Wire) => order['Cancelled'] !== 'tYES' && order['DocumentStatus'] === 'bost_Open',
    lose: () => erps.company.send('POST', '/reset'),
    ship: (order: Wire) => erps.company.send('POST', `/orders/${order['DocEntry']}/deliver`, {}),
  },
} as const

describe.each(['netsuite', 'sap'] as const)('one order at %s', (erp) => {
  const way = ways[erp]
  let number = erp === 'sap' ? 2_000 : 1_000
  let sku: string
  beforeEach(async () => {
    number += 1
    sku = await way.sku()
  })

  /** The n-th version of the order: n pieces. */
  const ordered = (n: number): VendorOrderRequested => {
    const amounts = { quantityOrdered: decimal8(`${n}`, 'quantity'), rowTotal: decimal4(`${n * 10}`, 'total') }
    const made = vendorOrder(erp, `${number}`, orderOf([lineOf('11', sku, amounts)]))
    return { ...made, readAt: made.readAt + n, contentDigest: contentDigest({ deleted: false, data: made.data }) }
  }

  async function world() {
    const sinks = sinkWorld(wallClock, connections, tables)
    const reader = {
      read: async (places: readonly { readonly offset: number }[]) =>
        places.map(({ offset }) => sinks.records[offset] ?? null),
      close: async () => undefined,
    }
    const staged = { reader, codec: sinks.codec, topicPrefix: '' }
    const deps = { tables, clock: wallClock, audit: createAuditTrail(tables, wallClock, 30), staged, shards: SHARDS }
    const place = { source: 'magento', number: `${number}`, connection: erp }
    const came = entityResult({ source: 'magento', connection: erp, key: `${number}`, status: 'processing' })
    await stagedStage({ tables, settleMs: 0 }).handle([statusRecord('route-orders', 1, [came])], batchContext().context)
    const newWorker = async () => sinks.worker({ sink: await way.sink(), timing })
    const ours = async () => {
      const name = erp === 'sap' ? 'NumAtCard' : 'otherRefNum'
      return (await way.orders()).filter((order) => String(order[name]).includes(`${number}`))
    }
    const asked = { ...place, reason: 'the buyer called', confirm: true, dryRun: false }
    return { ...sinks, deps, place, newWorker, ours, asked }
  }

  it('is held, outlives its worker, and is sent once in its newest version when it is released', async () => {
    const { deps, place, newWorker, append, ours, parked } = await world()
    const hold = { ...place, reason: 'is it fraud?', until: null, dryRun: false }
    expect(await holdOrder(deps, boss, hold)).toMatchObject({ parts: [{ sent: 'not_sent' }] })
    const worker = await newWorker()
    expect(await worker.handle(append(ordered(1)))).toEqual([`${number} waiting order_held`])
    expect(await worker.handle(append(ordered(2)))).toContain(`${number} waiting order_held`)
    const other = await newWorker()
    expect(await other.tick()).toEqual([])
    expect(await ours()).toEqual([])
    expect(await releaseOrder(deps, boss, { ...place, dryRun: false })).toMatchObject({ parts: [{ waiting: 1 }] })
    expect(await other.tick()).toEqual([`${number} succeeded`])
    expect(await ours()).toHaveLength(1)
    expect(await parked()).toEqual([])
  })

  it('is canceled there, stays so when the shop edits it, and is sent again as the shop has it then', async () => {
    const { deps, asked, newWorker, append, ours } = await world()
    const worker = await newWorker()
    await worker.handle(append(ordered(1)))
    expect(await cancelAtVendor(deps, boss, { ...asked, dryRun: true })).toMatchObject({ lines: [{ sku, open: '1' }] })
    await cancelAtVendor(deps, boss, asked)
    expect(await worker.tick()).toEqual([`${number} succeeded canceled_by_hand`])
    expect((await ours()).filter(way.isOpen)).toEqual([])
    expect(await worker.handle(append(ordered(2)))).toEqual([`${number} succeeded canceled_by_hand`])
    expect((await ours()).filter(way.isOpen)).toEqual([])
    await sendAgain(deps, boss, asked)
    expect(await worker.tick()).toEqual([`${number} succeeded sent_again`])
    expect((await ours()).filter(way.isOpen)).toHaveLength(1)
  })

  it('that is there is there once when it is sent again, and one that was lost is made anew', async () => {
    const { deps, asked, newWorker, append, ours } = await world()
    const worker = await newWorker()
    await worker.handle(append(ordered(1)))
    const before = await ours()
    await sendAgain(deps, boss, asked)
    expect(await worker.tick()).toEqual([`${number} succeeded sent_again`])
    expect(await ours()).toEqual(before)
    await way.lose()
    expect(await ours()).toEqual([])
    await sendAgain(deps, boss, asked)
    expect(await worker.tick()).toEqual([`${number} succeeded sent_again`])
    expect(await ours()).toHaveLength(1)
  })

  it('keeps what it has shipped when it is canceled after that', async () => {
    const { deps, asked, newWorker, append, ours } = await world()
    const worker = await newWorker()
    await worker.handle(append(ordered(1)))
    const [order = {}] = await ours()
    await way.ship(order)
    await cancelAtVendor(deps, boss, asked)
    expect(await worker.tick()).toEqual([`${number} ignored cancellation_refused`])
    expect(await ours()).toHaveLength(1)
  })
})
