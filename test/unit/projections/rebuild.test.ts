import { beforeEach, describe, expect, it } from 'vitest'
import type { UniversalInventoryChanged } from '../../../src/events/generated/events.ts'
import type { Tables } from '../../../src/platform/dynamodb/tables.ts'
import { createJobs } from '../../../src/platform/jobs.ts'
import { partitionOfKey } from '../../../src/platform/kafka/partition-of-key.ts'
import { positionText } from '../../../src/projections/feed-row.ts'
import { metaKey } from '../../../src/projections/feed-table.ts'
import { inventoryFeed } from '../../../src/projections/inventory-feed.ts'
import { createRebuilds } from '../../../src/projections/rebuild/create-rebuilds.ts'
import { REBUILDS, type Rebuild, rebuildRows, UNDO_MS } from '../../../src/projections/rebuild/rebuild.ts'
import { runRebuilds } from '../../../src/projections/rebuild/rebuild-worker.ts'
import { feedStage } from '../../../src/projections/run-projection.ts'
import { projectionTables } from '../../../src/projections/tables.ts'
import { inventoryChanged } from '../../data/feed-events.ts'
import { memoryResync } from '../../memory/resync.ts'
import { memoryTables } from '../../memory/tables.ts'
import { batchContext, memoryReporter } from '../../worlds/stage-context.ts'

const TABLE = inventoryFeed.table
const SHARDS = 3
let tables: Tables
let world: Awaited<ReturnType<typeof memoryResync>>
let projected: number[]
beforeEach(async () => {
  tables = memoryTables(projectionTables)
  world = await memoryResync(tables)
  projected = Array.from({ length: SHARDS }, () => 0)
})

/** Appends, and has the live projector handle it. */
async function append(...events: readonly UniversalInventoryChanged[]): Promise<void> {
  const kind = 'universal-inventory' as const
  await world.send(
    ...events.map((event) => world.outgoing(kind, `${event.connection}|${event.source}|${event.key}`, event)),
  )
  const stage = feedStage(inventoryFeed, { ...world.deps, reporter: memoryReporter(), settleMs: 0 })
  for (let shard = 0; shard < SHARDS; shard += 1) {
    const records = world.broker.records(`p.${kind}`, shard, BigInt(projected[shard] ?? 0))
    const batch = records.map(async (record) => ({ record, event: await world.deps.codec.decode(kind, record.value) }))
    if (batch.length > 0) await stage.handle(await Promise.all(batch), batchContext(shard).context)
    projected[shard] = (projected[shard] ?? 0) + batch.length
  }
}

const rows = async () => (await Array.fromAsync(tables.scan(TABLE))).flat().filter(({ pk }) => pk !== 'meta')
const generationsOf = async () => [...new Set((await rows()).map(({ pk }) => String(pk).split('#')[0]))]
const skus = Array.from({ length: 12 }, (_, index) => `S-${index}`)

function service() {
  const deps = { ...world.deps, tables, jobs: createJobs(tables, rebuildRows), shards: SHARDS }
  const rebuilds = createRebuilds(deps)
  /** Lets the worker work until the rebuild is as asked. */
  const until = async (id: string, state: string): Promise<Rebuild> => {
    const ending = new AbortController()
    const working = runRebuilds(deps, ending.signal)
    await expect.poll(async () => (await rebuilds.get(id)).state).toBe(state)
    ending.abort()
    await working
    return await rebuilds.get(id)
  }
  return { rebuilds, until }
}

describe('a rebuild', () => {
  it('shows what the live table has that its topic does not give, and takes its place', async () => {
    await append(...skus.map((sku) => inventoryChanged({ sku, readAt: 1 }, '1')))
    const [one, two] = await rows()
    await tables.put(TABLE, { ...one, data: { ...(one?.['data'] as object), total: '99' } })
    await tables.put(TABLE, { ...two, sku: 'GHOST' })
    const { rebuilds, until } = service()
    const { id } = await rebuilds.request({ table: 'inventory', by: 'me', reason: null })
    const { difference, events } = await until(id, 'ready')
    expect(events).toBe(12)
    expect(difference).toMatchObject({
      rows_live: 13,
      rows_rebuilt: 12,
      only_live: 1,
      only_rebuilt: 0,
      differing: 1,
      fields: { 'data.total': 1 },
      samples: expect.arrayContaining([
        expect.objectContaining({ sku: 'GHOST', kind: 'only_live' }),
        expect.objectContaining({ sku: one?.['sku'], fields: { 'data.total': { live: '99', rebuilt: '1' } } }),
      ]),
    })
    await append(inventoryChanged({ sku: 'S-0', readAt: 2 }, '5'))
    expect(await generationsOf()).toEqual(expect.arrayContaining(['1', '2']))
    await rebuilds.switch(id)
    await append(inventoryChanged({ sku: 'S-1', readAt: 2 }, '6'))
    // Until the switch can't be undone any more the generation before gets what comes.
    expect(await generationsOf()).toEqual(expect.arrayContaining(['1', '2']))
    await world.deps.clock.sleep(UNDO_MS)
    await until(id, 'ended')
    const left = await rows()
    expect(await generationsOf()).toEqual(['2'])
    const totals = new Map(left.map(({ sku, data }) => [sku, (data as { total: string }).total]))
    expect(totals).toEqual(new Map(skus.map((sku) => [sku, sku === 'S-0' ? '5' : sku === 'S-1' ? '6' : '1'])))
    const meta = (await tables.get(TABLE, metaKey(inventoryFeed))) ?? {}
    expect(Object.keys(meta).filter((name) => name.startsWith('g1_') || name === 'building')).toEqual([])
  })

  it('whose switch is undone gives readers the rows from before, with all that came since', async () => {
    await append(...skus.map((sku) => inventoryChanged({ sku, readAt: 1 }, '1')))
    const [one] = await rows()
    await tables.put(TABLE, { ...one, data: { ...(one?.['data'] as object), total: '99' } })
    const { rebuilds, until } = service()
    const { id } = await rebuilds.request({ table: TABLE, by: 'me', reason: null })
    await until(id, 'ready')
    await expect(rebuilds.undo(id)).resolves.toMatchObject({ state: 'ready' })
    await rebuilds.switch(id)
    expect((await rebuilds.switchedOf(TABLE)).id).toBe(id)
    await append(inventoryChanged({ sku: 'S-1', readAt: 2 }, '6'), inventoryChanged({ sku: 'NEW', readAt: 2 }, '7'))
    expect(await rebuilds.undo(id)).toMatchObject({ state: 'ready', undo_until: null })
    await append(inventoryChanged({ sku: 'S-2', readAt: 3 }, '8'))
    const live = new Map(
      (await rows())
        .filter(({ pk }) => String(pk).startsWith('1#'))
        .map(({ sku, data }) => [sku, (data as { total: string }).total]),
    )
    expect([live.get(one?.['sku']), live.get('S-1'), live.get('NEW'), live.get('S-2'), live.size]).toEqual([
      '99',
      '6',
      '7',
      '8',
      13,
    ])
    const positionsOf = async (generation: string) =>
      (await rows())
        .filter(({ pk }) => String(pk).startsWith(generation))
        .map(({ sku, position }) => [sku, position])
        .toSorted()
    expect(await positionsOf('1#')).toEqual(await positionsOf('2#'))
    // It waits as before the switch, and may be switched to again, or dropped.
    await rebuilds.switch(id)
    await rebuilds.undo(id)
    await rebuilds.drop(id)
    await until(id, 'dropped')
    expect(await generationsOf()).toEqual(['1'])
  })

  it('is not undone once its rows from before are gone, or lack what came', async () => {
    await append(inventoryChanged({ sku: 'A', readAt: 1 }, '1'))
    const { rebuilds, until } = service()
    const first = await rebuilds.request({ table: TABLE, by: null, reason: null })
    await until(first.id, 'ready')
    await rebuilds.switch(first.id)
    // A projector that does not write the one before.
    const meta = (await tables.get(TABLE, metaKey(inventoryFeed))) ?? {}
    const shard = Object.keys(meta).find((name) => name.startsWith('g2_') && name.endsWith('_position')) ?? ''
    await tables.update(TABLE, metaKey(inventoryFeed), { set: { [shard]: positionText({ time: 10, offset: 99n }) } })
    await expect(rebuilds.undo(first.id)).rejects.toMatchObject({ code: 'state_conflict' })
    await tables.update(TABLE, metaKey(inventoryFeed), { set: { [shard]: meta[shard] } })
    // The next rebuild of the table takes its place, and says so.
    expect(await rebuilds.preview(TABLE)).toMatchObject({ ends_undo_of: first.id })
    const second = await rebuilds.request({ table: TABLE, by: null, reason: null })
    await expect(rebuilds.undo(first.id)).rejects.toThrow('are deleted or being deleted')
    await expect(rebuilds.switchedOf(TABLE)).rejects.toMatchObject({ code: 'not_found' })
    expect((await until(second.id, 'ready')).generation).toBe(3)
    await until(first.id, 'ended')
    expect(await generationsOf()).toEqual(['2', '3'])
    await expect(rebuilds.undo(first.id)).rejects.toThrow('it has no switch to undo')
  })

  it('that was undone by whoever died before it was noted is ready again, and its live rows stay', async () => {
    await append(inventoryChanged({ sku: 'A', readAt: 1 }, '1'))
    const { rebuilds, until } = service()
    const { id } = await rebuilds.request({ table: TABLE, by: null, reason: null })
    await until(id, 'ready')
    await rebuilds.switch(id)
    await tables.update(TABLE, metaKey(inventoryFeed), { set: { generation: 1, building: 2 } })
    await world.deps.clock.sleep(UNDO_MS)
    expect(await until(id, 'ready')).toMatchObject({ undo_until: null })
    expect(await generationsOf()).toEqual(['1', '2'])
  })

  it('that was switched by an older release goes on as it did: its rows from before go, and nothing is undone', async () => {
    await append(inventoryChanged({ sku: 'A', readAt: 1 }, '1'))
    const { rebuilds, until } = service()
    const { id } = await rebuilds.request({ table: TABLE, by: null, reason: null })
    await until(id, 'ready')
    await tables.update(TABLE, metaKey(inventoryFeed), { set: { generation: 2 }, remove: ['building', 'rebuild'] })
    await tables.update(
      REBUILDS,
      { shelf: 'all', id },
      { set: { state: 'switched', drop_after: 0 }, remove: ['undo_until'] },
    )
    await expect(rebuilds.undo(id)).rejects.toThrow('are deleted or being deleted')
    await until(id, 'ended')
    expect(await generationsOf()).toEqual(['2'])
  })

  it('that is dropped leaves the live table as it was, and the next one gets another generation', async () => {
    await append(...skus.map((sku) => inventoryChanged({ sku }, '1')))
    const before = await rows()
    const { rebuilds, until } = service()
    const first = await rebuilds.request({ table: TABLE, by: null, reason: null })
    expect((await until(first.id, 'ready')).generation).toBe(2)
    await rebuilds.drop(first.id)
    await expect(rebuilds.switch(first.id)).rejects.toMatchObject({ code: 'state_conflict' })
    await until(first.id, 'dropped')
    expect(await rows()).toEqual(before)
    const second = await rebuilds.request({ table: TABLE, by: null, reason: null })
    expect((await until(second.id, 'ready')).generation).toBe(3)
  })

  it("is its worker's for as long as the comparison takes", async () => {
    const many = Array.from({ length: 4_800 }, (_, index) => `S-${index}`)
    const ofOneShard = many.filter((sku) => partitionOfKey(`shop-vendor|vendor|${sku}`, SHARDS) === 0)
    await append(...ofOneShard.map((sku) => inventoryChanged({ sku }, '1')))
    const { clock, leaseMs } = world.deps
    const inner = tables
    tables = {
      ...inner,
      async query(table, range) {
        const found = await inner.query(table, range)
        if (range.partition.startsWith('1#') && found.length > 0) await clock.sleep(leaseMs * 0.4)
        return found
      },
    }
    const [one, two] = [service(), service()]
    const { id } = await one.rebuilds.request({ table: TABLE, by: null, reason: null })
    const [made] = await Promise.all([one.until(id, 'ready'), two.until(id, 'ready')])
    expect([made.fence, made.difference?.rows_rebuilt]).toEqual([1, ofOneShard.length])
  })
})
