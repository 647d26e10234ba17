import { expect, it } from 'vitest'
import type { Connection } from '../../../src/configuration/model.ts'
import { CONNECTIONS, coreTables, REVISION_KEY } from '../../../src/configuration/tables.ts'
import { declarationOf } from '../../../src/events/entities.ts'
import { mapInventory } from '../../../src/processors/map-inventory.ts'
import { pushProcessor } from '../../../src/processors/push-rows.ts'
import { processorStage } from '../../../src/processors/run-processor.ts'
import { processorTables } from '../../../src/processors/tables.ts'
import { connectionOf, contextOf, inventoryChanged } from '../../data/processor-events.ts'
import { manualClock } from '../../memory/manual-clock.ts'
import { memoryTables } from '../../memory/tables.ts'
import { batchOf, fakeStage, jsonCodec } from '../../worlds/fake-stage.ts'
import { silentLogger } from '../../worlds/stage-context.ts'

const pulling = connectionOf('a', '.', { shop: 'shop', revision: 1 })
const pushing = connectionOf('a', '.', { shop: 'shop', revision: 2, push: ['inventory'] })

/** A process that has one configuration, while the tables have the second. */
async function processOf(connections: readonly Connection[]) {
  const { log, context, producer, reporter } = fakeStage('universal-inventory')
  const tables = memoryTables([...processorTables, ...coreTables])
  await tables.put(CONNECTIONS, { ...REVISION_KEY, revision: 2 })
  let current = { revision: 1, systems: [], connections, metadata: [] }
  const stage = processorStage(pushProcessor(declarationOf('inventory')), {
    producer,
    reporter,
    codec: jsonCodec,
    tables,
    topicPrefix: 'p.',
    configuration: () => current,
    clock: manualClock(5),
    logger: silentLogger,
    log: { read: async () => null },
  })
  const [row] = (await mapInventory.process(inventoryChanged('S-1', { LA: ['5', '3'] }), contextOf(pushing), undefined))
    .outputs
  if (row?.kind !== 'universal-inventory') throw new Error('a row is made of it')
  return {
    log,
    handle: () => stage.handle(batchOf<'universal-inventory'>(row.event), context),
    take: (next: readonly Connection[]) => {
      current = { ...current, revision: 2, connections: next }
    },
  }
}

it.each([
  ['is new', []],
  ['does not push yet', [pulling]],
])('a row of a connection that here %s waits for the configuration that it was made with', async (_what, known) => {
  const { log, handle, take } = await processOf(known)
  await expect(handle()).rejects.toMatchObject({ code: 'concurrent_change' })
  take([pushing])
  await handle()
  expect(log.sent.map(({ key }) => key)).toEqual(['a|S-1'])
})

it('a row of a connection that is gone waits for nothing', async () => {
  const { log, handle, take } = await processOf([])
  take([])
  await handle()
  expect(log.sent).toEqual([])
})
