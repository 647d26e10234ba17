/** What earlier versions wrote is read: an upgrade finds the tables as they are. */
import { beforeEach, expect, it } from 'vitest'
import { takeRequest } from '../../../src/control/keyed-requests.ts'
import { readControl } from '../../../src/control/read-control.ts'
import { feedOnce } from '../../../src/control/replays/feed-new-connections.ts'
import { getRun } from '../../../src/control/runs.ts'
import { createSyncRequests } from '../../../src/control/sync-requests.ts'
import { tableDefinitions } from '../../../src/operations/table-definitions.ts'
import type { Tables } from '../../../src/platform/dynamodb/tables.ts'
import { createDeliveries } from '../../../src/processors/delivery/deliveries.ts'
import { readMeta, toRow } from '../../../src/projections/feed-table.ts'
import { inventoryFeed } from '../../../src/projections/inventory-feed.ts'
import { listEntities } from '../../../src/projections/list-entities.ts'
import { memoryTables } from '../../memory/tables.ts'
import { silentLogger } from '../../worlds/stage-context.ts'

let tables: Tables
beforeEach(() => {
  tables = memoryTables(tableDefinitions)
})

it('rows of feeds have their SKU as key, and the meta item of a feed that was never rebuilt has but pairs', async () => {
  const stored = {
    pk: '1#shop-vendor#vendor#0',
    sku: 'A',
    connection: 'shop-vendor',
    source: 'vendor',
    updated_at: '2026-01-31T08:00:00.000Z',
    position: '001769846400000-00000000000000000007',
    deleted: false,
    data: { total: '1', in_stock: true, locations: [] },
    rank: 'r',
    digest: 'd',
    event_id: 'e',
  }
  const { pk: _pk, sku: key, ...attributes } = stored
  expect(toRow(inventoryFeed, stored)).toEqual({ key, ...attributes })
  const pairs = ['shop-vendor|vendor']
  await tables.put(inventoryFeed.table, { pk: 'meta', sku: 'meta', pairs, g1_s0_caught_up_to: 9 })
  const meta = await readMeta(tables, inventoryFeed)
  expect(meta).toMatchObject({ generation: 1, lastGeneration: 1, building: null })
  expect([meta.pairs, meta.watermark(1, 0)]).toEqual([
    [{ connection: 'shop-vendor', source: 'vendor' }],
    { position: null, caughtUpTo: 9 },
  ])
})

it('runs have nothing of a proof, of queues or of merged requests', async () => {
  const counts = { read_count: 1, published: 1, unchanged: 0, unreadable: 0, capped: 0, pages: 1, fence: 1 }
  const times = { requested_at: '2026-01-31T08:00:00.000Z', started_at: null, ended_at: null }
  const window = { window_from: null, window_to: null, backfill_from: null, reached: null }
  const lists = { connections: ['c'], missing: [], merged_into: null }
  const head = { id: 'r', read: 'shop.orders.all', trigger: 'api', reason: null, state: 'ended', error: null }
  await tables.put('sync_runs', Object.assign({}, head, times, window, lists, counts))
  expect(await getRun(tables, 'r')).toMatchObject({
    merged_requests: [],
    missed: 0,
    read_again: 0,
    keys: 0,
    digest: null,
    reached_at: null,
    listed: null,
    expected: null,
    gone: null,
    queue_url: null,
    queue_end: null,
  })
})

it('a read that was never run has neither a run nor ticks', async () => {
  await tables.put('sync_control', { read: 'r', cut_date: null, revision: 0, fence: 0, lease_until: 0 })
  expect(await readControl(tables, 'r')).toMatchObject({ current: null, due: null, ticks_until: null })
})

it('a request that was not answered has no answer, and one that was has no queue', async () => {
  await tables.put('requests', { id: 'a', digest: '', at: 5 })
  expect(await takeRequest(tables, 'a', null, 9)).toEqual({ id: 'a', at: 5, answer: null, isNew: false })
  const times = { requested_at: '2026-01-31T08:00:00.000Z', requested_by: 'ann', reason: null, from: null }
  const answer = { id: 'b', read: 'r', task: 't', trigger: 'api', state: 'requested', merged_into: null, ...times }
  await tables.put('requests', { id: 'sync b', digest: '', at: 5, answer })
  const requester = { request: async () => 't' }
  const clock = { now: () => 9, sleep: async () => undefined }
  const found = await createSyncRequests({ tables, requester, clock }).get('b', ['r'])
  expect(found).toEqual({ ...answer, queue_url: null })
})

it('the mark that all connections of the first start are known has neither a replay nor a time', async () => {
  await tables.put('subscriptions', { connection: '*', read: '*', state: 'fed' })
  const jobs = { create: async () => true } as never
  const deps = { tables, jobs, clock: { now: () => 5 } as never, logger: silentLogger, targets: [] }
  const configuration = { revision: 1, systems: [], connections: [] }
  await feedOnce({ ...deps, configuration: () => configuration }, configuration)
  expect((await Array.fromAsync(tables.scan('subscriptions'))).flat()).toHaveLength(1)
})

it('a delivery that only notes a parked record has no version', async () => {
  await tables.put('deliveries', { connection: 'c', key: 'vendor-orders|1', parked: true })
  const found = await createDeliveries(tables).find('c', 'vendor-orders|1')
  expect(found).toMatchObject({ state: 'refused', fence: 0, rank: '', origin: null, targetId: null, parked: true })
})

it('changes of an entity have no attempts, version or target', async () => {
  const at = '2026-01-31T08:00:00.000Z'
  const change = { at, stage: 'route-orders', status: 'processing', code: null, message: null }
  const head = { task: 't', entity: 'c#1', connection: 'c', kind: 'orders', source: 'shop', key: '1', event_id: 'e' }
  const state = { status: 'processing', code: null, message: null, target_id: null, attempts: 1, stage: 'route-orders' }
  const version = { updated_at: at, rank: 'r', offset: 1, revision: 1, history: [change] }
  await tables.put('sync_entities', Object.assign({}, head, state, version))
  const { rows } = await listEntities(
    tables,
    { task: 't', connections: ['c'], connection: null, status: null, seen: 'all' },
    9,
    null,
  )
  expect(rows[0]?.history).toEqual([{ ...change, attempts: 1, rank: '', target_id: null }])
})
