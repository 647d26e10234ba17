import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { recordKey } from '../../../src/events/topics.ts'
import type { SkuPolicy } from '../../../src/operations/sku-view.ts'
import { skuView } from '../../../src/operations/sku-view.ts'
import { partitionOfKey } from '../../../src/platform/kafka/partition-of-key.ts'
import { readMeta } from '../../../src/projections/feed-table.ts'
import { imageFeed } from '../../../src/projections/image-feed.ts'
import { productFeed } from '../../../src/projections/product-feed.ts'
import type { FeedPlaces } from '../../../src/projections/read-feed.ts'
import { feedStage } from '../../../src/projections/run-projection.ts'
import { projectionTables } from '../../../src/projections/tables.ts'
import { imagesChanged, productsChanged } from '../../data/feed-events.ts'
import { memoryTables } from '../../memory/tables.ts'
import { batchContext, decoded, memoryReporter, silentLogger } from '../../worlds/stage-context.ts'

const SHARDS = 2
const SKUS = ['A', 'B', 'C']
const connection = { id: 'shop-vendor', shop: 'shop', vendor: 'vendor' }
const filter = { connection: connection.id, sources: null, from: null, to: null }

interface Change {
  readonly sku: string
  readonly source: string
  readonly deleted: boolean
}

/** Galleries of several sources, the vendor's products, and a reader that keeps a copy. `byKey`: key of a row in it. */
function world(policy: SkuPolicy, byKey: (row: { readonly source: string; readonly key: string }) => string) {
  const tables = memoryTables(projectionTables)
  const deps = { tables, reporter: memoryReporter(), settleMs: 100, logger: silentLogger }
  const stages = { images: feedStage(imageFeed, deps), products: feedStage(productFeed, deps) }
  const offsets = new Map<string, number>()
  const state = new Map<string, string | null>()
  const copy = new Map<string, string>()
  let [version, places] = [1, {} as FeedPlaces]
  const placeOf = (feed: string, source: string, sku: string) => {
    const partition = partitionOfKey(recordKey(connection.id, source, sku), SHARDS)
    const offset = offsets.get(`${feed} ${partition}`) ?? 0
    offsets.set(`${feed} ${partition}`, offset + 1)
    return { offset, timestamp: 1000, partition }
  }
  const view = async () => {
    const images = { tables, feed: imageFeed, meta: await readMeta(tables, imageFeed), shards: SHARDS }
    const products = policy.isOnlyProducts
      ? { tables, feed: productFeed, meta: await readMeta(tables, productFeed), shards: SHARDS }
      : null
    return skuView({ request: images, products, connection, policy })
  }
  return {
    copy,
    state,
    async change({ sku, source, deleted }: Change) {
      version += 1
      const head = { sku, deleted, readAt: version }
      if (source === 'product') {
        const event = productsChanged({ ...head, source: 'vendor' }, { name: String(version) })
        const place = placeOf('products', 'vendor', sku)
        const record = decoded<'universal-products'>(event, place)
        await stages.products.handle([record], batchContext(place.partition).context)
      } else {
        const event = imagesChanged({ ...head, source }, `${source}${version}`)
        const place = placeOf('images', source, sku)
        await stages.images.handle([decoded<'universal-images'>(event, place)], batchContext(place.partition).context)
      }
      state.set(`${source} ${sku}`, deleted ? null : `${source}${version}`)
    },
    /** `meanwhile`: what happens after the feed's marks are read. */
    async read(limit: number, meanwhile: () => Promise<void>) {
      const now = await view()
      await meanwhile()
      const page = await now.page(filter, places, limit)
      for (const row of page.rows) {
        const urls = (row.data['gallery'] as { url: string }[]).map(({ url }) => url).join()
        if (row.deleted) copy.delete(byKey(row))
        else copy.set(byKey(row), urls)
      }
      places = page.places
      return page.exhausted
    },
  }
}

const change = fc.record({
  sku: fc.constantFrom(...SKUS),
  source: fc.constantFrom('a', 'b', 'shop', 'product'),
  deleted: fc.boolean(),
})
const steps = fc.array(
  fc.record({ before: fc.array(change, { maxLength: 3 }), limit: fc.integer({ min: 1, max: 4 }), after: change }),
  { maxLength: 12 },
)

const isShown = (state: ReadonlyMap<string, string | null>, sku: string, { isOnlyProducts }: SkuPolicy) =>
  !isOnlyProducts || (state.get(`product ${sku}`) ?? null) !== null

/** Pictures of a SKU in the order of the policy `b`, `a`, the shop only alone. */
function merged(state: ReadonlyMap<string, string | null>, sku: string): string | null {
  const of = (source: string) => state.get(`${source} ${sku}`) ?? null
  const pictures = [of('b'), of('a')].filter((url) => url !== null)
  return pictures.length > 0 ? pictures.join() : of('shop')
}

describe('a copy that follows the cursor', () => {
  it.each([true, false])('has one gallery per SKU, of the SKUs of the products feed: %s', async (isOnlyProducts) => {
    const policy: SkuPolicy = { merge: 'all', sources: ['b'], isOnlyProducts }
    const expected = (state: ReadonlyMap<string, string | null>) =>
      SKUS.flatMap((sku) => {
        const urls = isShown(state, sku, policy) ? merged(state, sku) : null
        return urls === null ? [] : [[sku, urls]]
      })
    await fc.assert(
      fc.asyncProperty(steps, async (all) => {
        const { copy, state, change: happen, read } = world(policy, ({ key }) => key)
        for (const { before, limit, after } of all) {
          for (const one of before) await happen(one)
          await read(limit, async () => await happen(after))
        }
        while (!(await read(2, async () => undefined)));
        expect([...copy].toSorted()).toEqual(expected(state))
      }),
      { numRuns: 150 },
    )
  })

  it('has the rows of each source, of the SKUs of the products feed', async () => {
    const policy: SkuPolicy = { merge: null, sources: [], isOnlyProducts: true }
    const expected = (state: ReadonlyMap<string, string | null>) =>
      ['a', 'b'].flatMap((source) =>
        SKUS.flatMap((sku) => {
          const url = isShown(state, sku, policy) ? (state.get(`${source} ${sku}`) ?? null) : null
          return url === null ? [] : [[`${source} ${sku}`, url]]
        }),
      )
    await fc.assert(
      fc.asyncProperty(steps, async (all) => {
        const { copy, state, change: happen, read } = world(policy, ({ source, key }) => `${source} ${key}`)
        const own = (one: Change) => (one.source === 'shop' ? { ...one, source: 'a' } : one)
        for (const { before, limit, after } of all) {
          for (const one of before) await happen(own(one))
          await read(limit, async () => await happen(own(after)))
        }
        while (!(await read(2, async () => undefined)));
        expect([...copy].toSorted()).toEqual(expected(state).toSorted())
      }),
      { numRuns: 150 },
    )
  })
})
