import { expect, it } from 'vitest'
import { StreamError } from '../../../../src/errors.ts'
import type { Tables } from '../../../../src/platform/dynamodb/tables.ts'
import { createDeliveries } from '../../../../src/processors/delivery/deliveries.ts'
import type { Delivery } from '../../../../src/processors/delivery/delivery-row.ts'
import { sinkTables } from '../../../../src/processors/tables.ts'
import type { Sink } from '../../../../src/systems/kit/sink.ts'
import { memoryTables } from '../../../memory/tables.ts'
import { sinkWorld, version } from '../../../worlds/sink-world.ts'
import { virtualClock } from '../../platform/runtime/virtual-clock.ts'

/** A sink whose target changes stock by itself with every delivery. */
const sink: Sink<'vendor-orders'> = {
  kind: 'vendor-orders',
  naturalKey: true,
  deliver: async () => ({
    outcome: 'written',
    targetId: '1',
    alsoChanged: [
      { kind: 'shop-inventory', key: 'A-1' },
      { kind: 'shop-inventory', key: 'never pushed' },
    ],
  }),
}

/** What our rows say of stock that was pushed. */
async function pushStock(tables: Tables): Promise<void> {
  const row: Delivery = {
    connection: 'a',
    key: 'shop-inventory|A-1',
    rank: '1',
    digest: 'd',
    contentId: null,
    state: 'delivered',
    fence: 1,
    until: 0,
    unsettledUntil: 0,
    unsettledDigest: '',
    targetId: null,
    parked: false,
    heldUntil: 0,
    cancellation: null,
    decisions: 0,
    origin: { topic: 'shop-inventory.netsuite', partition: 5, offset: '7' },
  }
  await createDeliveries(tables).begin(row)
}

const looked = [{ stage: 'deliver-netsuite:shop-inventory#5', connection: 'a', key: 'shop-inventory|A-1' }]

it('what a delivery changes besides at the target is looked at again by its own sink, in its own partition', async () => {
  const world = sinkWorld(virtualClock())
  await pushStock(world.tables)
  expect(await world.worker({ sink }).handle(world.append(version('A1', 1)))).toEqual(['A1 succeeded'])
  expect(await world.parked()).toMatchObject(looked)
})

it('what it changes besides is looked at also when the worker dies before it could say so', async () => {
  const tables = memoryTables(sinkTables)
  let dies = true
  const mortal: Tables = {
    ...tables,
    async put(table, item, condition) {
      if (dies && table === 'parked') throw new StreamError('table_unavailable', 'the worker dies here')
      return await tables.put(table, item, condition)
    },
  }
  const world = sinkWorld(virtualClock(), undefined, mortal)
  await pushStock(tables)
  const record = world.append(version('A1', 1))
  await expect(world.worker({ sink }).handle(record)).rejects.toMatchObject({ code: 'table_unavailable' })
  dies = false
  expect(await world.worker({ sink }).handle(record)).toEqual(['A1 succeeded'])
  expect(await world.parked()).toMatchObject(looked)
})
