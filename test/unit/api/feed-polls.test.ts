import { expect, it } from 'vitest'
import { inventoryFeed } from '../../../src/projections/inventory-feed.ts'
import { inventoryChanged } from '../../data/feed-events.ts'
import { SeededRandom } from '../../simulation/seeded-random.ts'
import { apiFixture } from '../../worlds/api-fixture.ts'

const FEED = '/v1/feeds/inventory?connection=shop-vendor'
const KEPT_MS = 50

/*
 * Readers of a feed share what is known of its progress for some milliseconds. A page may be as old as that; it may not skip
 * what changes while it is read (Guarantee 8).
 */

it('costs one read of the tables for all polls within the time', async () => {
  const inner = apiFixture().tables
  const asked: string[] = []
  const tables = {
    ...inner,
    get: async (...[table, key]: Parameters<typeof inner.get>) => {
      asked.push(table)
      return await inner.get(table, key)
    },
    query: async (...[table, range]: Parameters<typeof inner.query>) => {
      asked.push(table)
      return await inner.query(table, range)
    },
  }
  const api = apiFixture({ tables, metaKeptMs: KEPT_MS }, tables)
  await api.project(0, inventoryChanged({ sku: 'A', readAt: 1 }, '1'))
  await api.idle()
  const { cursor } = (await api.get(FEED)).json
  await api.get(`${FEED}&cursor=${cursor}`)
  api.clock.time += KEPT_MS
  const before = asked.filter((table) => table === inventoryFeed.table).length
  for (let poll = 0; poll < 20; poll += 1) {
    expect((await api.get(`${FEED}&cursor=${cursor}`)).json).toMatchObject({ items: [], complete: true })
    api.clock.time += 2
  }
  expect(asked.filter((table) => table === inventoryFeed.table).length - before).toBe(1)
})

it('leads a reader to the same table, whatever changes between and within its pages', async () => {
  for (let seed = 1; seed <= 6; seed += 1) {
    const random = new SeededRandom(seed, 1)
    const api = apiFixture({ metaKeptMs: KEPT_MS })
    await api.configure('shop-vendor')
    const copy = new Map<string, string>()
    const table = new Map<string, string>()
    let cursor = ''
    const poll = async () => {
      const { json } = await api.get(`${FEED}&limit=${random.int(1, 3)}${cursor === '' ? '' : `&cursor=${cursor}`}`)
      for (const { sku, deleted, data } of json.items) copy.set(sku, `${data.total} ${deleted}`)
      cursor = json.cursor
      return json
    }
    for (let step = 0; step < 60; step += 1) {
      const sku = `S${random.int(0, 5)}`
      const deleted = random.int(0, 4) === 0
      if (random.int(0, 1) === 0) {
        await api.project(Number(sku.slice(1)) % 2, inventoryChanged({ sku, readAt: step + 1, deleted }, `${step}`))
        table.set(sku, `${step} ${deleted}`)
      }
      await poll()
      api.clock.time += random.int(0, 30)
    }
    api.clock.time += KEPT_MS
    await api.idle()
    for (let end = false; !end; ) {
      const { items, complete } = await poll()
      end = complete && items.length === 0
    }
    expect([seed, copy]).toEqual([seed, table])
  }
})
