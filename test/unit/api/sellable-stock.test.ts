import { describe, expect, it } from 'vitest'
import type { Connection, SellableStock } from '../../../src/configuration/model.ts'
import { encodeConnection } from '../../../src/configuration/stored-form.ts'
import { CONNECTIONS } from '../../../src/configuration/tables.ts'
import { SYNC_CONTROL } from '../../../src/control/tables.ts'
import { decimal8 } from '../../../src/events/decimal.ts'
import { sellableWay } from '../../../src/operations/sellable-row.ts'
import { stagedStage } from '../../../src/projections/staged.ts'
import { connectionWith } from '../../data/configuration.ts'
import { inventoryChanged } from '../../data/feed-events.ts'
import { entityResult, statusRecord } from '../../data/sync-status.ts'
import { apiFixture } from '../../worlds/api-fixture.ts'
import { batchContext } from '../../worlds/stage-context.ts'

const FEED = '/v1/feeds/inventory?connection=shop-vendor'
const READ = 'vendor.inventory.all'

/** A connection with stock of its vendor and of the shop itself. */
async function world(sellableStock?: SellableStock, more: Partial<Connection> = {}) {
  const api = apiFixture()
  const configure = (policy = sellableStock) => {
    const own = policy === undefined ? {} : { sellableStock: policy }
    const connection = connectionWith('shop-vendor', { shop: 'shop', reads: [READ], ...own, ...more })
    return api.tables.put(CONNECTIONS, {
      kind: 'connection',
      id: 'shop-vendor',
      document: encodeConnection(connection),
    })
  }
  await configure()
  const stock = (sku: string, available: string, source = 'vendor') =>
    inventoryChanged({ sku, source, readAt: api.clock.time }, available)
  await api.project(0, stock('A', '5'))
  await api.project(1, stock('S', '5', 'shop'))
  await api.tables.update(SYNC_CONTROL, { read: READ }, { set: { cut_date: new Date(api.clock.time).toISOString() } })
  await api.idle()
  let cursor = ''
  const poll = async () => {
    const { json } = await api.get(`${FEED}${cursor === '' ? '' : `&cursor=${cursor}`}`)
    cursor = json.cursor
    return json.items
  }
  return { api, configure, poll, stock }
}

const rows = (items: readonly { sku: string; data: { total: string; in_stock: boolean } }[]) =>
  items.map(({ sku, data }) => `${sku} ${data.total} ${data.in_stock}`)

describe('rows of a connection that sets what may be sold', () => {
  it('have it as their total, with the parts of the sum; rows of the shop itself are as read', async () => {
    const { api } = await world({ buffer: { fixed: 2 } })
    const { items } = (await api.get(FEED)).json
    expect(rows(items)).toEqual(['A 3 true', 'S 5 true'])
    const [{ data }] = items
    expect(data.locations).toEqual([{ location: 'main', on_hand: '5', available: '3' }])
    expect(data.parts).toEqual({
      on_hand: '5',
      available: '5',
      reserved: '0',
      buffer: '2',
      sellable: '3',
      locations: ['main'],
      shortages: [],
      reason: null,
      held_until: null,
    })
    expect(items[1].data).not.toHaveProperty('parts')
    expect((await api.get('/v1/feeds/inventory/items/A?connection=shop-vendor')).json.items).toEqual([items[0]])
    expect((await api.get(`${FEED}&fields=parts`)).json.items[0].data).toEqual({ parts: data.parts })
  })

  it('say which shortages count as zero', async () => {
    const { api, poll, stock } = await world({})
    const row = stock('N', '5')
    const east = { location: 'east', onHand: decimal8('1', 'q'), available: decimal8('-3', 'q') }
    await api.project(0, { ...row, data: { ...row.data, locations: [...row.data.locations, east] } })
    await api.idle()
    const { data } = (await poll()).find(({ sku }: { sku: string }) => sku === 'N')
    expect([data.total, data.parts.available, data.parts.shortages]).toEqual([
      '5',
      '5',
      [{ location: 'east', available: '-3' }],
    ])
  })

  it('say why nothing may be sold', async () => {
    const { poll } = await world({ buffer: { percent: 100 } })
    const [{ data }] = await poll()
    expect([data.total, data.in_stock, data.parts.reason]).toEqual(['0', false, 'buffer'])
  })

  it('come again to a reader who has them when the policy changes, and only then', async () => {
    const { poll, configure, api, stock } = await world()
    expect(rows(await poll())).toEqual(['A 5 true', 'S 5 true'])
    await configure({ buffer: { fixed: 1 } })
    expect(rows(await poll())).toEqual(['A 4 true'])
    expect(await poll()).toEqual([])
    await configure({ buffer: { fixed: 4 } })
    expect(rows(await poll())).toEqual(['A 1 true'])
    await api.project(0, stock('B', '9'))
    await api.idle()
    expect(rows(await poll())).toEqual(['B 5 true'])
  })

  it('are then limited by the policy for stale stock', async () => {
    const staleStock = { afterMinutes: 30, policy: 'buffer', buffer: 2 } as const
    const { api, poll } = await world({ buffer: { fixed: 1 } }, { staleStock })
    expect(rows(await poll())).toEqual(['A 4 true', 'S 5 true'])
    api.clock.time += 31 * 60_000
    await api.idle()
    const items = await poll()
    expect(rows(items)).toEqual(['A 2 true'])
    expect(items[0].data.parts.sellable).toBe('4')
  })
})

it('staged stock has what shops read of it', async () => {
  const { api } = await world({ buffer: { fixed: 2 } })
  const result = entityResult({
    entity: 'inventory',
    source: 'vendor',
    connection: 'shop-vendor',
    key: 'A',
    status: 'succeeded',
  })
  const mapped = { topic: 'universal-inventory', partition: 0, offset: 0, bytes: 10 }
  const record = statusRecord('inventory-feed', 1, [result], 't', [{ source: null, mapped }])
  await stagedStage(api).handle([record], batchContext().context)
  const staged = async (payloads: string) => {
    const { json } = await api.get(`/v1/frontend/shop-vendor/inventory?payloads=${payloads}`)
    return json.items.map((item: { as_served: unknown }) => item.as_served)
  }
  const [{ data, as_of }] = (await api.get(FEED)).json.items
  expect(data.parts.sellable).toBe('3')
  expect(await staged('events')).toEqual([{ data, as_of, stale: null }])
  expect(await staged('places')).toEqual([null])
  await api.project(0, inventoryChanged({ sku: 'A', source: 'vendor', readAt: api.clock.time + 1, deleted: true }, '0'))
  expect(await staged('events')).toEqual([null])
})

it('a policy is the same whatever the order in which its table has the fields', () => {
  const owner = (sellableStock: SellableStock) => ({ shop: 'shop', sellableStock })
  const one = sellableWay('erp', owner({ reserve: true, buffer: { fixed: 2, skus: [{ match: '^A', percent: 5 }] } }))
  const other = sellableWay('erp', owner({ buffer: { skus: [{ percent: 5, match: '^A' }], fixed: 2 }, reserve: true }))
  expect(other).toBe(one)
  expect(sellableWay('erp', owner({ reserve: true }))).not.toBe(one)
})
