import type { Configuration } from '../../src/configuration/model.ts'
import { putOrderHold } from '../../src/control/order-holds.ts'
import { pause } from '../../src/control/pauses.ts'
import { NEVER } from '../../src/control/read-holds.ts'
import { changeRun, createRun } from '../../src/control/runs.ts'
import { applyConfiguration } from '../../src/operations/configuration.ts'
import { everything } from '../../src/operations/principal.ts'
import type { Tables } from '../../src/platform/dynamodb/tables.ts'
import { parkedId } from '../../src/platform/runtime/parked-item.ts'
import { createParking } from '../../src/platform/runtime/parking.ts'
import { createDeliveries } from '../../src/processors/delivery/deliveries.ts'
import { stagedStage } from '../../src/projections/staged.ts'
import { taskStage } from '../../src/projections/tasks.ts'
import { deadLettered } from '../data/dead-letters.ts'
import { inventoryChanged } from '../data/feed-events.ts'
import { connectionOf } from '../data/processor-events.ts'
import { entityResult, statusRecord } from '../data/sync-status.ts'
import { memoryTables } from '../memory/tables.ts'
import { apiFixture, apiTestTables } from './api-fixture.ts'
import { readOf, uncheckedSystem } from './sources.ts'
import { batchContext } from './stage-context.ts'

const boss = everything({ kind: 'cli', name: 'boss' })

const shop = (id: string) =>
  uncheckedSystem({ id, type: 'magento2', address: 'https://shop.example.com', reads: [readOf(id, 'orders', 100)] })

/** A connection of each seller, whose shop is `shop-<seller>`, to one vendor. */
export function configurationOf(sellers: readonly string[]): Configuration {
  return {
    revision: 0,
    systems: [
      ...sellers.map((id) => shop(`shop-${id}`)),
      uncheckedSystem({ id: 'erp', type: 'netsuite', address: 'https://system.example' }),
    ],
    connections: sellers.map((id) =>
      connectionOf(id, '.', { shop: `shop-${id}`, vendor: 'erp', reads: [`shop-${id}.orders.all`] }),
    ),
    metadata: [],
  }
}

/**
 * Sellers with one of everything each: task `t-<seller>`, dead letter `d-<seller>`, entity `k-<seller>`, row `s-<seller>` of
 * the feed of inventory, a pause at `map-products`, a parked record at `deliver-erp`, and order `k-<seller>`, which is held.
 */
export async function twoSellers(
  sellers: readonly string[],
  over: Parameters<typeof apiFixture>[0] = {},
  tables: Tables = memoryTables(apiTestTables),
) {
  const api = apiFixture(over, tables)
  await applyConfiguration(api.operations, boss, { configuration: configurationOf(sellers), reason: null })
  for (const id of sellers) await addSeller(api, id)
  return api
}

async function addSeller(api: ReturnType<typeof apiFixture>, id: string): Promise<void> {
  const { tables, letters } = api
  const read = `shop-${id}.orders.all`
  const run = { id: `t-${id}`, read, trigger: 'schedule', reason: null, backfill_from: null }
  await createRun(tables, { ...run, requested_at: '2026-01-31T07:00:00.000Z' })
  await changeRun(tables, { id: run.id, fence: 1 }, { set: { state: 'ended', published: 1, connections: [id] } })
  const result = { source: `shop-${id}`, connection: id, key: `k-${id}` }
  const places = [{ source: { topic: 'orders', partition: 0, offset: 1, bytes: 10 }, mapped: null }]
  const failed = statusRecord('deliver-erp', 1, [entityResult({ ...result, status: 'failed' })], run.id, places)
  await taskStage(api).handle([failed], batchContext().context)
  await stagedStage(api).handle([failed], batchContext().context)
  await letters.project(deadLettered({ deadLetterId: `d-${id}`, connection: id, key: `k-${id}`, taskId: run.id }))
  await api.projectByKey(inventoryChanged({ connection: id, source: 'erp', sku: `s-${id}` }, '1'))
  const held = { stage: 'map-products', connection: id, code: 'mapping_failed', message: 'no name' }
  await pause(tables, { ...held, since: '2026-01-31T08:00:00.000Z', probe_at: 0 })
  const record = { topic: 't', partition: 0, offset: 1n, timestamp: 1, key: null, value: null, headers: [] }
  const about = { entity: 'orders', source: `shop-${id}`, key: 'k', connection: id, eventId: 'e', occurredAt: 1 }
  const why = { code: 'item_missing', message: 'no item', rank: '1', whole: true, attempts: 2, firstAt: 0 }
  const key = `vendor-orders|k-${id}`
  const parked = { id: parkedId(id, key, 1n), connection: id, key, record, ...why }
  const taskId = run.id
  const waiting = { ...parked, about: { ...about, readAt: 1, taskId } }
  await createParking(tables, 'deliver-erp', 0).park(waiting, { held: id })
  const order = { connection: id, source: `shop-${id}`, number: `k-${id}` }
  const since = '2026-01-31T07:30:00.000Z'
  await putOrderHold(tables, { ...order, reason: 'is it fraud?', by: 'ann', since, until: NEVER })
  await createDeliveries(tables).hold(id, key, NEVER)
}
