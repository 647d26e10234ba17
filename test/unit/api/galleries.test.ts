// Galleries of several sources as one, and only of the vendor's SKUs: what a connection says in `feeds.images`.
import { describe, expect, it } from 'vitest'
import type { Connection } from '../../../src/configuration/model.ts'
import { encodeConnection } from '../../../src/configuration/stored-form.ts'
import { CONNECTIONS } from '../../../src/configuration/tables.ts'
import { SYNC_CONTROL } from '../../../src/control/tables.ts'
import { recordKey } from '../../../src/events/topics.ts'
import { partitionOfKey } from '../../../src/platform/kafka/partition-of-key.ts'
import { imageFeed } from '../../../src/projections/image-feed.ts'
import { productFeed } from '../../../src/projections/product-feed.ts'
import { feedStage } from '../../../src/projections/run-projection.ts'
import { connectionWith } from '../../data/configuration.ts'
import { imagesChanged, productsChanged } from '../../data/feed-events.ts'
import { apiFixture } from '../../worlds/api-fixture.ts'
import { batchContext, decoded, memoryReporter, silentLogger } from '../../worlds/stage-context.ts'

const ID = 'shop-vendor'
const FEED = `/v1/feeds/images?connection=${ID}`
const SHARDS = 2

async function world(more: Partial<Connection>) {
  const api = apiFixture({ shards: SHARDS })
  const { tables, clock, settleMs } = api
  const deps = { tables, settleMs, reporter: memoryReporter(), logger: silentLogger }
  const stages = { images: feedStage(imageFeed, deps), products: feedStage(productFeed, deps) }
  let offset = 0
  const placeOf = (source: string, sku: string) => {
    offset += 1
    return { offset, timestamp: clock.time, partition: partitionOfKey(recordKey(ID, source, sku), SHARDS) }
  }
  const configure = async (given: Partial<Connection>) => {
    const reads = ['files.images.all', 'cdn.images.all', 'shop.images.all', 'vendor.products.all']
    const document = encodeConnection(connectionWith(ID, { shop: 'shop', vendor: 'vendor', reads, ...given }))
    await tables.put(CONNECTIONS, { kind: 'connection', id: ID, document })
  }
  await configure(more)
  return {
    ...api,
    configure,
    async images(source: string, sku: string, url: string, deleted = false) {
      const place = placeOf(source, sku)
      const event = imagesChanged({ source, sku, deleted, readAt: offset }, url)
      await stages.images.handle([decoded<'universal-images'>(event, place)], batchContext(place.partition).context)
    },
    async product(sku: string, deleted = false) {
      const place = placeOf('vendor', sku)
      const event = productsChanged({ source: 'vendor', sku, deleted, readAt: offset }, { name: String(offset) })
      await stages.products.handle([decoded<'universal-products'>(event, place)], batchContext(place.partition).context)
    },
    async ended() {
      for (let shard = 0; shard < SHARDS; shard += 1) {
        await stages.images.onIdle?.([shard], 'universal-images', clock.time)
        await stages.products.onIdle?.([shard], 'universal-products', clock.time)
      }
    },
  }
}

interface Row {
  readonly source: string
  readonly sku: string
  readonly deleted: boolean
  readonly data: { readonly gallery: readonly { readonly url: string; readonly source?: string }[] }
}

const rowsOf = ({ json }: { json: { items: readonly Row[] } }) =>
  json.items
    .map(({ source, sku, deleted, data }) => {
      const pictures = data.gallery.map((one) => (one.source === undefined ? one.url : `${one.source}:${one.url}`))
      return `${source} ${sku} ${deleted ? 'deleted' : pictures.join(',')}`
    })
    .toSorted()

describe('galleries of several sources', () => {
  const feeds = { images: { merge: 'all', sources: ['files', 'cdn'] } } as const

  it('are one row per SKU if the connection merges them, with the source of each picture', async () => {
    const api = await world({ feeds })
    await api.images('cdn', 'A', '1')
    await api.images('files', 'A', '2')
    await api.images('shop', 'A', '3')
    await api.images('cdn', 'B', '4')
    await api.ended()
    await api.tables.put(SYNC_CONTROL, { read: 'cdn.images.all', cut_date: '2026-01-31T07:00:00.000Z' })
    const first = await api.get(FEED)
    expect(rowsOf(first)).toEqual(['vendor A files:2,cdn:1', 'vendor B cdn:4'])
    expect(first.json.complete).toBe(true)
    expect(rowsOf(await api.get(`${FEED}&cursor=${first.json.cursor}`))).toEqual([])
    await api.images('files', 'A', '2', true)
    await api.images('cdn', 'B', '4', true)
    const next = await api.get(`${FEED}&cursor=${first.json.cursor}`)
    expect(rowsOf(next)).toEqual(['vendor A cdn:1', 'vendor B deleted'])
    expect(rowsOf(await api.get(`/v1/feeds/images/items/A?connection=${ID}`))).toEqual(['vendor A cdn:1'])
    const { json } = await api.post(`/v1/feeds/images/items?connection=${ID}`, { keys: ['A', 'C'] })
    expect([rowsOf({ json }), json.missing]).toEqual([['vendor A cdn:1'], ['C']])
  })

  it('are rows of their own for a reader that names sources', async () => {
    const api = await world({ feeds })
    await api.images('cdn', 'A', '1')
    await api.images('files', 'A', '2')
    expect(rowsOf(await api.get(`${FEED}&source=cdn,files`))).toEqual(['cdn A 1', 'files A 2'])
  })

  it('are read again from the beginning when the connection merges them in another way', async () => {
    const api = await world({})
    await api.images('cdn', 'A', '1')
    await api.images('files', 'A', '2')
    const { json } = await api.get(FEED)
    expect(rowsOf({ json })).toEqual(['cdn A 1', 'files A 2'])
    await api.configure({ feeds })
    const refused = await api.get(`${FEED}&cursor=${json.cursor}`)
    expect(refused).toMatchObject({ status: 410, json: { code: 'cursor_expired', field: 'cursor' } })
    expect(rowsOf(await api.get(FEED))).toEqual(['vendor A files:2,cdn:1'])
  })
})

describe('galleries where products decide ownership', () => {
  const ownership = { manufacturer: ['Acme'] }

  it("are of the vendor's SKUs alone, and come and go with its products", async () => {
    const api = await world({ ownership })
    await api.product('A')
    await api.images('files', 'A', '1')
    await api.images('files', 'FOREIGN', '2')
    await api.ended()
    const first = await api.get(FEED)
    expect(rowsOf(first)).toEqual(['files A 1'])
    expect(first.json.complete).toBe(true)
    await api.product('FOREIGN')
    await api.product('A', true)
    const next = await api.get(`${FEED}&cursor=${first.json.cursor}`)
    expect(rowsOf(next)).toEqual(['files A deleted', 'files FOREIGN 2'])
    expect(rowsOf(await api.get(`${FEED}&cursor=${next.json.cursor}`))).toEqual([])
    expect(await api.get(`/v1/feeds/images/items/OTHER?connection=${ID}`)).toMatchObject({ status: 404 })
  })

  it('are of all SKUs of the sources if the connection says so, and if a pattern decides', async () => {
    for (const more of [{ ownership, feeds: { images: { skus: 'all' as const } } }, {}]) {
      const api = await world(more)
      await api.images('files', 'FOREIGN', '2')
      expect(rowsOf(await api.get(FEED))).toEqual(['files FOREIGN 2'])
    }
  })

  it('of a slot have the SKUs whose products came in it', async () => {
    const api = await world({ ownership, feeds: { images: { merge: 'first' } } })
    await api.images('files', 'A', '1')
    api.clock.time += 60_000
    await api.product('A')
    await api.ended()
    const slot = '&updated_from=2026-01-31T08:01:00Z&updated_to=2026-01-31T08:02:00Z'
    expect(rowsOf(await api.get(`${FEED}${slot}`))).toEqual(['vendor A files:1'])
  })
})
