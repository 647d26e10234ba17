import { describe, expect, it } from 'vitest'
import type { Configuration } from '../../../src/configuration/model.ts'
import { CONFIGURATION_OVERDUE_MS } from '../../../src/configuration/newer-configuration.ts'
import { CONNECTIONS, coreTables, REVISION_KEY } from '../../../src/configuration/tables.ts'
import { type ReplayMark, replayHeaders, retryHeaders } from '../../../src/events/headers.ts'
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
      address: 'https://system.example',
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

/** A process that has revision 4 of the configuration, while the tables have `stored`. */
async function processWith(stored: number) {
  const { log, context, producer, reporter } = fakeStage()
  const clock = manualClock(5)
  const tables = memoryTables([...processorTables, ...coreTables])
  await tables.put(CONNECTIONS, { ...REVISION_KEY, revision: stored })
  const stage = processorStage(mapInventory, {
    producer,
    reporter,
    codec: jsonCodec,
    tables,
    topicPrefix: 'p.',
    configuration: () => configuration,
    clock,
    logger: silentLogger,
    log: { read: async () => null },
  })
  /** A batch with a record for each SKU; null: one that is not replayed. */
  const handle = async (marks: Readonly<Record<string, Partial<ReplayMark> | null>>) => {
    const batch = batchOf<'inventory'>(...Object.keys(marks).map((sku) => inventoryChanged(sku, { '1': ['3', '2'] })))
    const replayed = batch.map(({ event, record }) => {
      const mark = marks[event.key]
      if (!mark) return { event, record }
      const whole = { replayId: 'r', stage: 'map-inventory', connection: null, revision: 4, ...mark }
      const headers = Object.entries(replayHeaders(whole)).map(([key, value]) => ({ key, value: Buffer.from(value) }))
      return { event, record: { ...record, headers } }
    })
    await stage.handle(replayed, context)
  }
  /** One record that was retried when the configuration had that revision. */
  const retry = async (revision: number) => {
    const [one] = batchOf<'inventory'>(inventoryChanged('S-1', { '1': ['3', '2'] }))
    if (one === undefined) throw new Error('a batch of one')
    const origin = { topic: 'p.inventory', partition: 0, offset: 1, timestamp: 5 }
    const mark = { letterId: 'd-1', attempt: 1, stage: 'map-inventory', connection: 'a', key: 'S-1', origin, revision }
    const headers = Object.entries(retryHeaders(mark)).map(([key, value]) => ({ key, value: Buffer.from(value) }))
    await stage.handle([{ event: one.event, record: { ...one.record, headers } }], context)
  }
  return { log, clock, handle, retry }
}

async function handle(mark: Partial<ReplayMark>) {
  const { log, handle } = await processWith(4)
  await handle({ 'S-1': mark })
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
    expect(await handle({ stage: 'map-products', revision: 999_999 })).toEqual({ sent: [], results: [] })
  })

  it('waits for the configuration that the replay began with, and holds up nothing when it does not come', async () => {
    const { log, clock, handle } = await processWith(5)
    const marks = { 'S-1': { revision: 5 }, 'S-2': { revision: 5 }, 'S-3': null }
    await expect(handle(marks)).rejects.toMatchObject({ code: 'concurrent_change', policy: 'retry' })
    clock.set(5 + CONFIGURATION_OVERDUE_MS - 1)
    await expect(handle(marks)).rejects.toMatchObject({ code: 'concurrent_change' })
    expect(log.steps).toEqual([])
    clock.set(5 + CONFIGURATION_OVERDUE_MS)
    await handle(marks)
    expect(log.deadLetters.map(({ error, about }) => [about.key, error.code])).toEqual([
      ['S-1', 'configuration_missing'],
      ['S-2', 'configuration_missing'],
    ])
    expect(log.sent.map(({ key }) => key)).toEqual(['a|netsuite|S-3', 'b|netsuite|S-3'])
  })

  it.each([5, 999_999, Number.MAX_SAFE_INTEGER, Number.POSITIVE_INFINITY])(
    'with revision %d, which there is not, is set aside at once and alone',
    async (revision) => {
      const { log, handle } = await processWith(4)
      await handle({ 'S-1': null, 'S-2': { revision, connection: 'b' }, 'S-3': { revision }, 'S-4': null })
      expect(log.deadLetters.map(({ error, about }) => [about.key, about.connection, error.code])).toEqual([
        ['S-2', 'b', 'configuration_missing'],
        ['S-3', null, 'configuration_missing'],
      ])
      expect(log.deadLetters[0]?.error.message).toContain(`needs revision ${revision} of the configuration`)
      expect(log.sent.map(({ key }) => key)).toEqual(
        ['S-1', 'S-4'].flatMap((sku) => ['a', 'b'].map((connection) => `${connection}|netsuite|${sku}`)),
      )
      const failed = log.results.filter(({ result }) => result.status === 'failed')
      expect(failed.map(({ result }) => [result.key, result.connection])).toEqual([
        ['S-2', 'b'],
        ['S-3', 'a'],
        ['S-3', 'b'],
        ['S-3', 'c'],
      ])
    },
  )
})

describe('a retried record', () => {
  it('waits for the configuration that there was when it was asked for', async () => {
    const { log, clock, retry } = await processWith(5)
    await expect(retry(5)).rejects.toMatchObject({ code: 'concurrent_change', policy: 'retry' })
    expect(log.steps).toEqual([])
    clock.set(5 + CONFIGURATION_OVERDUE_MS)
    await retry(5)
    expect(log.deadLetters.map(({ error }) => error.code)).toEqual(['configuration_missing'])
  })

  it.each([0, 4, 999_999])(
    'with revision %d, which is here or was never stored, is handled at once',
    async (revision) => {
      const { log, retry } = await processWith(4)
      await retry(revision)
      expect(log.deadLetters).toEqual([])
      expect(log.sent.length).toBeGreaterThan(0)
    },
  )
})
