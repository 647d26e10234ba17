// Stock and prices where products decide ownership: of the vendor's SKUs, or of all.
import { describe, expect, it } from 'vitest'
import type { Connection } from '../../../src/configuration/model.ts'
import { encodeConnection } from '../../../src/configuration/stored-form.ts'
import { CONNECTIONS } from '../../../src/configuration/tables.ts'
import { recordKey } from '../../../src/events/topics.ts'
import { partitionOfKey } from '../../../src/platform/kafka/partition-of-key.ts'
import { inventoryFeed } from '../../../src/projections/inventory-feed.ts'
import { priceFeed } from '../../../src/projections/price-feed.ts'
import { productFeed } from '../../../src/projections/product-feed.ts'
import { feedStage } from '../../../src/projections/run-projection.ts'
import { connectionWith } from '../../data/configuration.ts'
import { inventoryChanged, pricesChanged, productsChanged } from '../../data/feed-events.ts'
import { apiFixture } from '../../worlds/api-fixture.ts'
import { batchContext, decoded, memoryReporter, silentLogger } from '../../worlds/stage-context.ts'

const ID = 'shop-vendor'
const SHARDS = 2
const ownership = { manufacturer: ['Acme'] }

/** The stock and the price of a SKU, and products, of a vendor. */
async function world(more: Partial<Connection>) {
  const api = apiFixture({ shards: SHARDS })
  const { tables, clock, settleMs } = api
  const deps = { tables, settleMs, reporter: memoryReporter(), logger: silentLogger }
  const inventory = feedStage(inventoryFeed, deps)
  const prices = feedStage(priceFeed, deps)
  const products = feedStage(productFeed, deps)
  const reads = ['vendor.products.all', 'vendor.inventory.all', 'vendor.prices.all']
  const document = encodeConnection(connectionWith(ID, { shop: 'shop', vendor: 'vendor', reads, ...more }))
  await tables.put(CONNECTIONS, { kind: 'connection', id: ID, document })
  let offset = 0
  const placeOf = (sku: string) => {
    offset += 1
    return { offset, timestamp: clock.time, partition: partitionOfKey(recordKey(ID, 'vendor', sku), SHARDS) }
  }
  return {
    ...api,
    async sku(sku: string) {
      const place = placeOf(sku)
      const { context } = batchContext(place.partition)
      const head = { source: 'vendor', sku, readAt: offset }
      await inventory.handle([decoded<'universal-inventory'>(inventoryChanged(head, '5'), place)], context)
      await prices.handle([decoded<'universal-prices'>(pricesChanged(head, '52'), place)], context)
    },
    async product(sku: string, deleted = false) {
      const place = placeOf(sku)
      const event = productsChanged({ source: 'vendor', sku, deleted, readAt: offset }, { name: String(offset) })
      await products.handle([decoded<'universal-products'>(event, place)], batchContext(place.partition).context)
    },
    async ended() {
      for (let shard = 0; shard < SHARDS; shard += 1) {
        await inventory.onIdle?.([shard], 'universal-inventory', clock.time)
        await prices.onIdle?.([shard], 'universal-prices', clock.time)
        await products.onIdle?.([shard], 'universal-products', clock.time)
      }
    },
  }
}

const rowsOf = ({ json }: { json: { items: readonly { sku: string; deleted: boolean }[] } }) =>
  json.items.map(({ sku, deleted }) => `${sku}${deleted ? ' deleted' : ''}`).toSorted()

describe.each(['inventory', 'prices'] as const)('the feed %s where products decide ownership', (entity) => {
  const feed = `/v1/feeds/${entity}?connection=${ID}`

  it("has the vendor's SKUs alone if the connection says so; they come and go with its products", async () => {
    const api = await world({ ownership, feeds: { [entity]: { skus: 'vendor' } } })
    await api.product('A')
    await api.sku('A')
    await api.sku('FOREIGN')
    await api.ended()
    const first = await api.get(feed)
    expect([rowsOf(first), first.json.complete]).toEqual([['A'], true])
    await api.product('FOREIGN')
    await api.product('A', true)
    const next = await api.get(`${feed}&cursor=${first.json.cursor}`)
    expect(rowsOf(next)).toEqual(['A deleted', 'FOREIGN'])
    expect(rowsOf(await api.get(`${feed}&cursor=${next.json.cursor}`))).toEqual([])
    const { json } = await api.post(`/v1/feeds/${entity}/items?connection=${ID}`, { keys: ['FOREIGN', 'OTHER'] })
    expect([rowsOf({ json }), json.missing]).toEqual([['FOREIGN'], ['OTHER']])
  })

  it('has all SKUs of the sources if the connection says so, and if a pattern decides', async () => {
    for (const more of [
      { ownership, feeds: { [entity]: { skus: 'all' } } },
      { feeds: { [entity]: { skus: 'vendor' } } },
    ]) {
      const api = await world(more as Partial<Connection>)
      await api.sku('FOREIGN')
      expect(rowsOf(await api.get(feed))).toEqual(['FOREIGN'])
    }
  })
})

it("a connection that says nothing has the stock of all SKUs, as before, and the vendor's prices alone", async () => {
  const api = await world({ ownership })
  await api.product('A')
  await api.sku('A')
  await api.sku('FOREIGN')
  await api.ended()
  expect(rowsOf(await api.get(`/v1/feeds/inventory?connection=${ID}`))).toEqual(['A', 'FOREIGN'])
  expect(rowsOf(await api.get(`/v1/feeds/prices?connection=${ID}`))).toEqual(['A'])
})
