import { describe, expect, it } from 'vitest'
import type { Configuration } from '../../../src/configuration/model.ts'
import { type ReplayMark, replayHeaders } from '../../../src/events/headers.ts'
import { mapInventory } from '../../../src/processors/map-inventory.ts'
import { processorStage } from '../../../src/processors/run-processor.ts'
import { processorTables } from '../../../src/processors/tables.ts'
import { readWith } from '../../data/configuration.ts'
import { connectionOf, inventoryChanged } from '../../data/processor-events.ts'
import { manualClock } from '../../memory/manual-clock.ts'
import { memoryTables } from '../../memory/tables.ts'
import { batchOf, fakeStage, jsonCodec } from '../../worlds/fake-stage.ts'
import { silentLogger } from '../../worlds/stage-context.ts'

const READ = 'netsuite.inventory.all'
const configuration: Configuration = {
  revision: 4,
  systems: [
    {
      id: 'netsuite',
      type: 'netsuite',
      address: 'env:URL',
      secrets: {},
      zone: 'UTC',
      settings: {},
      limits: { concurrency: 4 },
      reads: [readWith('netsuite', 'inventory')],
    },
  ],
  connections: ['a', 'b', 'c'].map((id) => connectionOf(id, id === 'c' ? '^NONE' : '.', { reads: [READ] })),
  metadata: [],
}

async function handle(mark: Partial<ReplayMark>) {
  const { log, context, producer, reporter } = fakeStage()
  const stage = processorStage(mapInventory, {
    producer,
    reporter,
    codec: jsonCodec,
    tables: memoryTables(processorTables),
    topicPrefix: 'p.',
    configuration: () => configuration,
    clock: manualClock(5),
    logger: silentLogger,
    log: { read: async () => null },
  })
  const whole = { replayId: 'r', stage: 'map-inventory', connection: null, revision: 4, ...mark }
  const headers = Object.entries(replayHeaders(whole)).map(([key, value]) => ({ key, value: Buffer.from(value) }))
  const batch = batchOf<'inventory'>(inventoryChanged('S-1', { '1': ['3', '2'] }))
  await stage.handle(
    batch.map(({ event, record }) => ({ event, record: { ...record, headers } })),
    context,
  )
  return { sent: log.sent.map(({ key }) => key), results: log.results.map(({ result }) => result.connection) }
}

describe('a replayed record', () => {
  it('is handled for the one connection that it is for', async () => {
    expect(await handle({ connection: 'b' })).toEqual({ sent: ['b|netsuite|S-1'], results: ['b'] })
    expect((await handle({ connection: null })).sent).toEqual(['a|netsuite|S-1', 'b|netsuite|S-1'])
  })

  it('for a connection that takes nothing of it says so for that connection alone', async () => {
    expect(await handle({ connection: 'c' })).toEqual({ sent: [], results: ['c'] })
    expect(await handle({ connection: 'gone' })).toEqual({ sent: [], results: [] })
  })

  it('of another stage is nothing to this one', async () => {
    expect(await handle({ stage: 'map-products' })).toEqual({ sent: [], results: [] })
  })

  it('waits for the configuration that the replay began with', async () => {
    await expect(handle({ revision: 5 })).rejects.toMatchObject({ code: 'concurrent_change', policy: 'retry' })
  })
})
