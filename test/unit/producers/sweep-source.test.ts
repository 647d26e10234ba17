import { beforeEach, describe, expect, it } from 'vitest'
import type { Read } from '../../../src/configuration/model.ts'
import { readControl } from '../../../src/control/read-control.ts'
import { createRun, getRun, type Run } from '../../../src/control/runs.ts'
import { controlTables, PUBLISHED } from '../../../src/control/tables.ts'
import type { InventoryChanged } from '../../../src/events/generated/events.ts'
import type { Tables } from '../../../src/platform/dynamodb/tables.ts'
import { publishPage } from '../../../src/producers/publish.ts'
import { sweepSource } from '../../../src/producers/sweep-source.ts'
import type { SourceReader } from '../../../src/systems/kit/source.ts'
import { memoryCodec } from '../../memory/codec.ts'
import { memoryProducer } from '../../memory/producer.ts'
import { memoryTables } from '../../memory/tables.ts'
import { readOf } from '../../worlds/sources.ts'
import { memoryReporter, silentLogger } from '../../worlds/stage-context.ts'

const NOW = 5_000_000
let tables: Tables
let sent: () => Promise<readonly InventoryChanged[]>
let deps: Parameters<typeof sweepSource>[0]
beforeEach(() => {
  tables = memoryTables(controlTables)
  const producer = memoryProducer()
  const codec = memoryCodec()
  const parts = { tables, producer, codec, reporter: memoryReporter(), logger: silentLogger, topicPrefix: 'p.' }
  const scan: typeof deps.log.scan = async (_topic, _range, onRecords) => {
    const place = { topic: 'p.inventory', partition: 0, timestamp: 0, key: null, headers: [] }
    await onRecords(producer.sent.map(({ value }, offset) => ({ ...place, offset: BigInt(offset), value })))
  }
  deps = { ...parts, clock: { now: () => NOW }, log: { scan }, admin: { ends: async () => [] } }
  sent = async () => await Promise.all(producer.sent.map(({ value }) => codec.decode('inventory', value)))
})

const origin = { source: 'erp', entity: 'inventory' as const, read: 'erp.inventory.all', taskId: 't' }

async function publish(skus: readonly string[], at = 1000): Promise<void> {
  const entities = skus.map((sku) => ({
    key: sku,
    occurredAt: at,
    deleted: false,
    raw: null,
    data: { sku, locations: [], attributes: { at: String(at) } },
  }))
  const page = { entities, unreadable: [], rows: [], reached: { changedAt: '', id: '' }, requestedAt: at + 1 }
  await publishPage(deps, origin, page)
}

/** A reader of a source that has these. */
function has(...skus: readonly string[]): SourceReader<'inventory'> {
  return {
    name: 'erp.inventory',
    entity: 'inventory',
    async *read() {},
    async *list() {
      yield skus.map((key) => ({ key, changedAt: '1' }))
    },
  }
}

async function sweep(
  readers: readonly SourceReader<'inventory'>[],
  more: { mostGone?: number; accept?: boolean; isPreview?: boolean } = {},
) {
  const id = `r${Math.random()}`
  const request = {
    id,
    read: origin.read,
    trigger: 'sweep',
    reason: null,
    requested_at: '2026-01-01T00:00:00.000Z',
    backfill_from: null,
  }
  await createRun(tables, request)
  const read: Read = { ...readOf('erp', 'inventory', 10), sweep: { schedule: null, mostGone: more.mostGone ?? 0.5 } }
  const { signal } = new AbortController()
  const run = (await getRun(tables, id)) as Run
  const job = { run, read, readers, fence: 1, signal, accept: more.accept ?? false, isPreview: more.isPreview ?? false }
  const failure = await sweepSource(deps, job).then(
    () => null,
    (error: unknown) => error,
  )
  return { failure, run: (await getRun(tables, id)) as Run }
}

describe('a sweep', () => {
  it('publishes a deletion, with the last known time, of what is at the source no more', async () => {
    await publish(['A', 'B', 'C'])
    const { failure, run } = await sweep([has('A', 'C', 'NEW')])
    expect(failure).toBeNull()
    expect(run).toMatchObject({ read_count: 3, expected: 3, gone: 1, published: 1, missing: ['B'] })
    expect((await sent()).slice(3)).toMatchObject([
      { key: 'B', deleted: true, occurredAt: 1000, readAt: NOW, data: { sku: 'B', attributes: { at: '1000' } } },
    ])
    expect(await tables.get(PUBLISHED, { id: 'erp|inventory|B' })).toMatchObject({ state: 'published', deleted: true })
  })

  it('notes how far it came with each page that the source lists', async () => {
    await publish(['A', 'B', 'C'])
    const noted: unknown[] = []
    const lists: SourceReader<'inventory'> = {
      ...has(),
      async *list() {
        for (const page of [['A', 'B'], ['C']]) {
          yield page.map((key) => ({ key, changedAt: '1' }))
          const [{ expected, read_count } = {}] = (await Array.fromAsync(tables.scan('sync_runs'))).flat()
          noted.push([expected, read_count])
        }
      },
    }
    await sweep([lists])
    expect(noted).toEqual([
      [3, 2],
      [3, 3],
    ])
  })

  it('says what it would delete, and deletes nothing, however much it is', async () => {
    await publish(['A', 'B', 'C'])
    const { failure, run } = await sweep([has('A')], { isPreview: true, mostGone: 0.1 })
    expect(failure).toBeNull()
    expect(run).toMatchObject({ read_count: 1, expected: 3, gone: 2, published: 0, missing: ['B', 'C'] })
    expect(await sent()).toHaveLength(3)
    // Nor has it what came back read again.
    await sweep([has('A', 'B', 'C')])
    expect((await readControl(tables, origin.read)).due).toBeNull()
  })

  it('deletes nothing twice, and what comes back is published again', async () => {
    await publish(['A', 'B'])
    await sweep([has('A')])
    expect((await sweep([has('A')])).run).toMatchObject({ published: 0, missing: [] })
    await publish(['B'], NOW + 1000)
    expect((await sent()).at(-1)).toMatchObject({ key: 'B', deleted: false })
    expect((await sweep([has('A')])).run).toMatchObject({ published: 1, missing: ['B'] })
  })

  it('has the source read again when something that was deleted is there, whose change no window has', async () => {
    await publish(['A', 'B'])
    await sweep([has('A')])
    await sweep([has('A', 'B')])
    const { due } = await readControl(tables, origin.read)
    expect(await getRun(tables, due ?? '')).toMatchObject({
      trigger: 'returned',
      backfill_from: '1970-01-01T00:00:00.000Z',
      read: origin.read,
      reason: 'deleted entities that are at the source again: 1',
    })
  })

  it('stops and asks when more than the set share is gone, and then takes it', async () => {
    await publish(['A', 'B', 'C', 'D'])
    const { failure, run } = await sweep([has('A')])
    expect(failure).toMatchObject({
      code: 'too_many_gone',
      message: expect.stringMatching(/3 of 4 .* more than 50 %.* sync erp.inventory.all --sweep --accept-deletions/),
    })
    expect(run.missing).toEqual(['B', 'C', 'D'])
    expect(await sent()).toHaveLength(4)
    expect((await sweep([has('A')], { accept: true })).run.published).toBe(3)
  })

  it('keeps what another read of the system lists, and what other systems have', async () => {
    await publish(['A', 'B'])
    const [noted] = (await Array.fromAsync(tables.scan(PUBLISHED))).flat()
    await tables.put(PUBLISHED, { ...noted, id: 'other|inventory|Z' })
    const { run, failure } = await sweep([has('A'), has('B')])
    expect([run.published, run.missing, failure]).toEqual([0, [], null])
  })

  it('deletes nothing by a reader that can not say what the source has', async () => {
    await publish(['A'])
    const mute: SourceReader<'inventory'> = { name: 'erp.inventory', entity: 'inventory', async *read() {} }
    expect((await sweep([mute], { accept: true })).failure).toMatchObject({ code: 'configuration_invalid' })
    expect(await sent()).toHaveLength(1)
  })

  it('of an entity whose publication is not certain says nothing', async () => {
    await publish(['A', 'B'])
    await tables.update(PUBLISHED, { id: 'erp|inventory|B' }, { set: { state: 'publishing' } })
    expect((await sweep([has('A')])).run.published).toBe(0)
  })
})
