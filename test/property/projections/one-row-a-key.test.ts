import fc from 'fast-check'
import { expect, it } from 'vitest'
import { recordKey } from '../../../src/events/topics.ts'
import { partitionOfKey } from '../../../src/platform/kafka/partition-of-key.ts'
import { readMeta } from '../../../src/projections/feed-table.ts'
import { inventoryFeed } from '../../../src/projections/inventory-feed.ts'
import { oneRowAKey } from '../../../src/projections/one-row-a-key.ts'
import { type FeedPlaces, readFeed, sourcesOf } from '../../../src/projections/read-feed.ts'
import { feedStage } from '../../../src/projections/run-projection.ts'
import { projectionTables } from '../../../src/projections/tables.ts'
import { inventoryChanged } from '../../data/feed-events.ts'
import { memoryTables } from '../../memory/tables.ts'
import { batchContext, decoded, memoryReporter, silentLogger } from '../../worlds/stage-context.ts'

const SHARDS = 2
const FILTER = { connection: 'shop-vendor', sources: null, from: null, to: null }

/** A shop and a vendor that have some SKUs, and a reader that keeps a copy by SKU. */
function world() {
  const tables = memoryTables(projectionTables)
  const stage = feedStage(inventoryFeed, {
    tables,
    reporter: memoryReporter(),
    settleMs: 100,
    logger: silentLogger,
  })
  const offsets = [0, 0]
  const state = new Map<string, boolean>()
  let [version, places] = [1, {} as FeedPlaces]
  const copy = new Map<string, string>()
  return {
    copy,
    async change({ sku, source, deleted }: { sku: string; source: string; deleted: boolean }) {
      version += 1
      const event = inventoryChanged({ sku, source, deleted, readAt: version }, String(version))
      const shard = partitionOfKey(recordKey(event.connection, source, sku), SHARDS)
      const offset = offsets[shard] ?? 0
      offsets[shard] = offset + 1
      const record = decoded<'universal-inventory'>(event, { offset, timestamp: 1000, partition: shard })
      await stage.handle([record], batchContext(shard).context)
      state.set(`${source} ${sku}`, !deleted)
    },
    /** `meanwhile`: what happens after the rows of the page are read. */
    async read(limit: number, meanwhile: () => Promise<void>) {
      const meta = await readMeta(tables, inventoryFeed)
      const request = { tables, feed: inventoryFeed, meta, shards: SHARDS }
      const page = await readFeed(request, FILTER, places, limit)
      await meanwhile()
      const of = { connection: FILTER.connection, sources: sourcesOf(meta, FILTER), shop: 'shop' }
      for (const row of await oneRowAKey(request, of, page.rows)) {
        if (row.deleted) copy.delete(row.key)
        else copy.set(row.key, row.source)
      }
      places = page.places
      return page.exhausted
    },
    /** The source of each SKU that there is. */
    expected() {
      const from = (sku: string) => ['vendor', 'shop'].find((source) => state.get(`${source} ${sku}`) === true)
      return ['A', 'B', 'C'].flatMap((sku) => {
        const source = from(sku)
        return source === undefined ? [] : [[sku, source]]
      })
    },
  }
}

const change = fc.record({
  sku: fc.constantFrom('A', 'B', 'C'),
  source: fc.constantFrom('shop', 'vendor'),
  deleted: fc.boolean(),
})
const step = fc.record({
  before: fc.array(change, { maxLength: 3 }),
  limit: fc.integer({ min: 1, max: 4 }),
  after: change,
})

it('a copy by SKU ends with the vendor’s row of each SKU, or the shop’s where the vendor has none', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
      const { copy, change: happen, read, expected } = world()
      for (const { before, limit, after } of steps) {
        for (const one of before) await happen(one)
        await read(limit, async () => await happen(after))
      }
      while (!(await read(2, async () => undefined)));
      expect([...copy].toSorted()).toEqual(expected())
    }),
    { numRuns: 200 },
  )
})
