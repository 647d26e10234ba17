import { expect, it } from 'vitest'
import type { Configuration } from '../../../src/configuration/model.ts'
import type { Positions } from '../../../src/platform/runtime/positions.ts'
import { mapInventory } from '../../../src/processors/map-inventory.ts'
import { routeOrders } from '../../../src/processors/route-orders.ts'
import { processorStage } from '../../../src/processors/run-processor.ts'
import { processorTables } from '../../../src/processors/tables.ts'
import { inventoryChanged } from '../../data/processor-events.ts'
import { manualClock } from '../../memory/manual-clock.ts'
import { memoryTables } from '../../memory/tables.ts'
import { batchOf, fakeStage, jsonCodec } from '../../worlds/fake-stage.ts'
import { silentLogger } from '../../worlds/stage-context.ts'

const configuration: Configuration = { revision: 1, systems: [], connections: [], metadata: [] }
const START = 1_000_000

function world() {
  const noted: unknown[] = []
  const noteUntil: Positions['noteUntil'] = async (...place) => void noted.push(place)
  const { context, producer, reporter } = fakeStage('inventory')
  const clock = manualClock(START)
  const deps = {
    producer,
    reporter,
    codec: jsonCodec,
    tables: memoryTables(processorTables),
    configuration: () => configuration,
    topicPrefix: 'p.',
    clock,
    logger: silentLogger,
    log: { read: async () => null },
    positions: { noteUntil },
  }
  return { noted, clock, context, deps, stage: processorStage(mapInventory, deps) }
}

it('a processor of a feed notes how far it is: with its batches, and where there is nothing to do', async () => {
  const { noted, clock, context, stage } = world()
  const [first] = batchOf<'inventory'>(inventoryChanged('A', {}))
  if (first === undefined) throw new Error('no batch')
  await stage.handle([{ ...first, record: { ...first.record, timestamp: 990_000 } }], context)
  expect(noted).toEqual([['p.map-inventory', 'p.inventory', 3, 990_000]])
  await stage.onIdle?.([3], 'inventory', START)
  expect(noted).toHaveLength(1)
  clock.set(START + 10_000)
  await stage.onIdle?.([3], 'inventory', START + 10_000)
  expect(noted.slice(1)).toEqual([['p.map-inventory', 'p.inventory', 3, START + 5_000]])
})

it('other processors have no feed, and note nothing', () => {
  expect(processorStage(routeOrders, world().deps).onIdle).toBeUndefined()
})
