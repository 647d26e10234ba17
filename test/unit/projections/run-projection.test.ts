import { beforeEach, expect, it } from 'vitest'
import { StreamError } from '../../../src/errors.ts'
import type { Tables } from '../../../src/platform/dynamodb/tables.ts'
import { metaKey, moveWatermark, readMeta, rowKey } from '../../../src/projections/feed-table.ts'
import { inventoryFeed } from '../../../src/projections/inventory-feed.ts'
import { productFeed } from '../../../src/projections/product-feed.ts'
import type { Feed } from '../../../src/projections/projection.ts'
import { feedStage } from '../../../src/projections/run-projection.ts'
import { projectionTables } from '../../../src/projections/tables.ts'
import { inventoryChanged, productsChanged } from '../../data/feed-events.ts'
import { memoryTables } from '../../memory/tables.ts'
import { batchContext, decoded, memoryReporter, silentLogger } from '../../worlds/stage-context.ts'

let tables: Tables
let reporter: ReturnType<typeof memoryReporter>
beforeEach(() => {
  tables = memoryTables(projectionTables)
  reporter = memoryReporter()
})

const deps = () => ({ tables, reporter, clock: { now: () => 0 }, settleMs: 5000, logger: silentLogger })
const statuses = () => reporter.results.map(({ result }) => `${result.key} ${result.status}`)
const row = async (sku: string, feed: Feed = inventoryFeed) =>
  await tables.get(
    feed.table,
    rowKey(feed, { generation: 1, connection: 'shop-vendor', source: 'vendor', shard: 3 }, sku),
  )
const watermark = async (feed: Feed = inventoryFeed) => (await readMeta(tables, feed)).watermark(1, 3)

it('writes the last state of a batch, then the watermark, then says what became of each event', async () => {
  const batch = [
    decoded<'universal-inventory'>(inventoryChanged({ taskId: 't-1', readAt: 10 }, '1'), { offset: 5 }),
    decoded<'universal-inventory'>(inventoryChanged({ taskId: 't-1', readAt: 30 }, '3'), { offset: 6, timestamp: 9 }),
    decoded<'universal-inventory'>(inventoryChanged({ taskId: 't-2', readAt: 20 }, '2'), { offset: 7 }),
  ]
  await feedStage(inventoryFeed, deps()).handle(batch, batchContext(3).context)
  expect(await row('A-1')).toMatchObject({ data: { total: '3' }, updated_at: new Date(10_005).toISOString() })
  expect(await watermark()).toEqual({ position: { time: 10_007, offset: 7n }, caughtUpTo: 0 })
  expect((await readMeta(tables, inventoryFeed)).pairs).toEqual([{ connection: 'shop-vendor', source: 'vendor' }])
  expect(statuses()).toEqual(['A-1 succeeded', 'A-1 succeeded', 'A-1 superseded'])
  expect(reporter.results.map(({ taskId }) => taskId)).toEqual(['t-1', 't-1', 't-2'])
  expect(reporter.results[0]?.result).toMatchObject({
    entity: 'inventory',
    connection: 'shop-vendor',
    source: 'vendor',
  })
})

it('says that a row goes on where its connection pushes it to the shop', async () => {
  const event = (key: string, connection: string) =>
    decoded<'universal-inventory'>({ ...inventoryChanged({}, '1'), key, connection }, { offset: key === 'A' ? 5 : 6 })
  const pushes = (connection: string, entity: string) => connection === 'pushing' && entity === 'inventory'
  const stage = feedStage(inventoryFeed, { ...deps(), pushes })
  await stage.handle([event('A', 'pushing'), event('B', 'pulled')], batchContext(3).context)
  expect(statuses()).toEqual(['A processing', 'B succeeded'])
})

it('leaves a row as it is that came newer between its read and its write, and replaces an older one', async () => {
  const stage = feedStage(inventoryFeed, deps())
  const newer = feedStage(inventoryFeed, deps())
  const of = (sku: string, readAt: number, total: string, offset: number) =>
    decoded<'universal-inventory'>(inventoryChanged({ sku, readAt }, total), { offset })
  const inner = tables
  let came = false
  tables = {
    ...inner,
    async insertMany(table, items) {
      if (!came) {
        came = true
        await newer.handle([of('NEW', 90, '9', 8), of('OLD', 10, '1', 9)], batchContext(3).context)
      }
      return await inner.insertMany(table, items)
    },
  }
  const late = feedStage(inventoryFeed, deps())
  await late.handle([of('NEW', 50, '5', 5), of('OLD', 50, '5', 6), of('A', 50, '5', 7)], batchContext(3).context)
  const totals = await Promise.all(['NEW', 'OLD', 'A'].map(async (sku) => (await row(sku))?.['data']))
  expect(totals).toMatchObject([{ total: '9' }, { total: '5' }, { total: '5' }])
  await stage.handle([of('NEW', 95, '6', 10)], batchContext(3).context)
  expect((await row('NEW'))?.['data']).toMatchObject({ total: '6' })
})

it('inserts no more once its partition is no longer its own', async () => {
  const batch = Array.from({ length: 900 }, (_, offset) =>
    decoded<'universal-inventory'>(inventoryChanged({ sku: `S-${offset}` }, '1'), { offset }),
  )
  const { context } = batchContext(3)
  const inner = tables
  let isOwned = true
  tables = {
    ...inner,
    async insertMany(table, items) {
      isOwned = false
      return await inner.insertMany(table, items)
    },
  }
  const assertOwned = () => {
    if (!isOwned) throw new StreamError('stopping', "the partition is another one's")
  }
  const handled = feedStage(inventoryFeed, deps()).handle(batch, { ...context, assertOwned })
  await expect(handled).rejects.toMatchObject({ code: 'stopping' })
  const written = (await Array.fromAsync(inner.scan(inventoryFeed.table))).flat().filter(({ pk }) => pk !== 'meta')
  expect(written).toHaveLength(400)
  expect(await watermark()).toBeUndefined()
})

it('applies no record twice, but says again what became of it', async () => {
  const stage = feedStage(inventoryFeed, deps())
  const record = decoded<'universal-inventory'>(inventoryChanged({}, '1'), { offset: 5 })
  await stage.handle([record], batchContext(3).context)
  const before = await row('A-1')
  await stage.handle([record], batchContext(3).context)
  expect(await row('A-1')).toEqual(before)
  expect(statuses()).toEqual(['A-1 succeeded', 'A-1 succeeded'])
})

it('dead-letters what can not be a row once, and goes on with the others', async () => {
  const broken = { ...productsChanged({ sku: 'B' }, {}), data: { sku: 'B', attributes: { size: '{' } } }
  const huge = productsChanged({ sku: 'C' }, { text: 'x'.repeat(400_000) })
  const batch = [broken, huge, productsChanged({ sku: 'A' }, { size: 1 })].map((event, offset) =>
    decoded<'universal-products'>(event, { offset }),
  )
  const { context, deadLetters } = batchContext(3)
  const stage = feedStage(productFeed, deps())
  await stage.handle(batch, context)
  await stage.handle(batch, context)
  expect(deadLetters.map(({ offset, error }) => [offset, error.code, error.field])).toEqual([
    [0n, 'value_undecodable', 'data.attributes.size'],
    [1n, 'value_too_large', 'data.text'],
  ])
  expect(statuses()).toEqual(['B failed', 'C failed', 'A succeeded', 'B failed', 'C failed', 'A succeeded'])
  expect(await row('A', productFeed)).toMatchObject({ data: { size: 1 } })
  expect((await watermark(productFeed))?.position?.offset).toBe(2n)
})

it('moves neither watermark nor status when a dead letter can not be written', async () => {
  const broken = { ...productsChanged({}, {}), data: { sku: 'B', attributes: { size: '{' } } }
  const context = {
    ...batchContext(3).context,
    deadLetter: async () => {
      throw new StreamError('broker_unavailable', 'the broker is gone')
    },
  }
  const handled = feedStage(productFeed, deps()).handle([decoded<'universal-products'>(broken, { offset: 0 })], context)
  await expect(handled).rejects.toMatchObject({ code: 'broker_unavailable' })
  expect(await watermark(productFeed)).toBeUndefined()
  expect(reporter.results).toEqual([])
})

it('writes nothing when the partition is not ours any more', async () => {
  const lost = () => {
    throw new StreamError('stopping', 'the partition was taken')
  }
  const batch = [decoded<'universal-inventory'>(inventoryChanged({}, '1'), { offset: 5 })]
  const handled = feedStage(inventoryFeed, deps()).handle(batch, batchContext(3, lost).context)
  await expect(handled).rejects.toMatchObject({ code: 'stopping' })
  expect(await row('A-1')).toBeUndefined()
  expect(await watermark()).toBeUndefined()
})

it('has caught up with an idle shard to the settle time before the fetch, and never goes back', async () => {
  const stage = feedStage(inventoryFeed, deps())
  await stage.onIdle?.([3], 'universal-inventory', 60_000)
  await stage.onIdle?.([3], 'universal-inventory', 50_000)
  expect(await watermark()).toEqual({ position: null, caughtUpTo: 55_000 })
})

it('notes idle shards with one write, and each by itself where another process is ahead', async () => {
  let updates = 0
  const update: Tables['update'] = (...args) => {
    updates += 1
    return tables.update(...args)
  }
  const stage = feedStage(inventoryFeed, { ...deps(), tables: { ...tables, update } })
  const shards = Array.from({ length: 25 }, (_, shard) => shard)
  await stage.onIdle?.(shards, 'universal-inventory', 60_000)
  expect(updates).toBe(1)
  await feedStage(inventoryFeed, deps()).onIdle?.([7], 'universal-inventory', 80_000)
  await stage.onIdle?.(shards, 'universal-inventory', 70_000)
  const meta = await readMeta(tables, inventoryFeed)
  expect(shards.map((shard) => meta.watermark(1, shard)?.caughtUpTo)).toEqual(
    shards.map((shard) => (shard === 7 ? 75_000 : 65_000)),
  )
})

it('writes a generation beside the live one from where that has everything before, and it alone after the switch', async () => {
  const stage = feedStage(inventoryFeed, deps())
  const at = (generation: number) => async (sku: string) =>
    await tables.get(
      inventoryFeed.table,
      rowKey(inventoryFeed, { generation, connection: 'shop-vendor', source: 'vendor', shard: 3 }, sku),
    )
  const handle = async (sku: string, offset: number) => {
    const batch = [decoded<'universal-inventory'>(inventoryChanged({ sku }, '1'), { offset })]
    await stage.handle(batch, batchContext(3).context)
  }
  await handle('A', 0)
  await tables.update(inventoryFeed.table, metaKey(inventoryFeed), { set: { building: 2, rebuild: 'r' } })
  await handle('B', 1)
  expect(await at(2)('B')).toBeUndefined()
  await moveWatermark(tables, inventoryFeed, { generation: 2, shard: 3 }, { time: 10_001, offset: 1n })
  await handle('C', 2)
  expect(await at(2)('C')).toEqual({ ...(await at(1)('C')), pk: '2#shop-vendor#vendor#3' })
  await tables.update(inventoryFeed.table, metaKey(inventoryFeed), {
    set: { generation: 2 },
    remove: ['building', 'rebuild'],
  })
  await handle('D', 3)
  expect([await at(1)('D'), (await at(2)('D'))?.['sku']]).toEqual([undefined, 'D'])
  expect(statuses()).toEqual(['A', 'B', 'C', 'D'].map((sku) => `${sku} succeeded`))
})
