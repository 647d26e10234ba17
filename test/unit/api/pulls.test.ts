import { describe, expect, it } from 'vitest'
import { recordKey } from '../../../src/events/topics.ts'
import { createKey } from '../../../src/operations/keys.ts'
import { everything } from '../../../src/operations/principal.ts'
import { partitionOfKey } from '../../../src/platform/kafka/partition-of-key.ts'
import { inventoryChanged } from '../../data/feed-events.ts'
import { SHARDS } from '../../worlds/api-fixture.ts'
import { twoSellers } from '../../worlds/two-sellers.ts'

const boss = everything({ kind: 'cli', name: 'boss' })
const FEED = '/v1/feeds/inventory?connection=alder'
const shardOf = (sku: string, source: string) => partitionOfKey(recordKey('alder', source, sku), SHARDS)

/** The API with a key of a shop, and of whoever watches. */
async function world() {
  const api = await twoSellers(['alder', 'birch'])
  const { operations, clock } = api
  const reach = { connections: ['alder'], systems: [], expiresAt: null }
  const shop = await createKey(operations, boss, { name: 'the shop', scopes: ['feeds:read'], ...reach })
  const watcher = await createKey(operations, boss, { name: 'watcher', scopes: ['observe'], ...reach })
  const bearer = (key: string) => ({ authorization: `Bearer ${key}` })
  const written = async () => await new Promise<void>((resolve) => setImmediate(resolve))
  return {
    ...api,
    shop,
    change: (sku: string, total: string, source = 'erp') =>
      api.project(
        shardOf(sku, source),
        inventoryChanged({ connection: 'alder', source, sku, readAt: clock.time }, total),
      ),
    async pull(query = '') {
      const { json } = await api.get(`${FEED}${query}`, bearer(shop.key))
      await written()
      return json
    },
    async pulls(sku?: string) {
      await written()
      const query = sku === undefined ? '' : `&key=${sku}`
      return (await api.get(`/v1/pulls?connection=alder${query}`, bearer(watcher.key))).json.items
    },
    get: (url: string, key = watcher.key) => api.get(url, bearer(key)),
  }
}

describe('a reader of a feed', () => {
  it('is shown with its last answer, how far behind it is, and whether it has a row as it is', async () => {
    const { change, pull, pulls, idle, clock, shop } = await world()
    await change('A', '1')
    await change('B', '2')
    await idle()
    expect(await pulls('A')).toEqual([])
    const first = await pull('&limit=2')
    expect(first.complete).toBe(false)
    const reader = { feed: 'inventory', reader: shop.id, name: 'the shop', source: null, from: null }
    expect(await pulls()).toEqual([
      {
        ...reader,
        at: '2026-01-31T08:00:00.000Z',
        age: 0,
        rows: 2,
        complete: false,
        up_to: null,
        lag: null,
        has: null,
      },
    ])
    const second = await pull(`&cursor=${first.cursor}`)
    expect(second.complete).toBe(true)
    clock.time += 30_000
    expect(await pulls('A')).toMatchObject([{ complete: true, age: 30, lag: 30, has: 'yes' }])
    await change('A', '9')
    expect(await pulls('A')).toMatchObject([{ has: 'no' }])
    expect(await pulls('B')).toMatchObject([{ has: 'yes' }])
    expect(await pulls('nothing')).toMatchObject([{ has: null }])
    await pull(`&cursor=${second.cursor}`)
    expect(await pulls('A')).toMatchObject([{ rows: 1, age: 0, has: 'yes' }])
  })

  it('has nothing more once it begins again, until it has read so far', async () => {
    const { change, pull, pulls, idle } = await world()
    for (const sku of ['A', 'B', 'C', 'D']) await change(sku, '1')
    await idle()
    await pull()
    expect((await pulls('D')).map(({ has }: { has: string }) => has)).toEqual(['yes'])
    const { items } = await pull('&limit=1')
    const [given] = items
    const other = ['A', 'B', 'C', 'D'].find((sku) => sku !== given.sku) ?? ''
    expect(await pulls(given.sku)).toMatchObject([{ has: 'yes', lag: null }])
    expect(await pulls(other)).toMatchObject([{ has: 'no', lag: null }])
  })

  it('by timeslots: slots that follow each other are one, a gap is said', async () => {
    const { change, pull, pulls, idle, clock } = await world()
    const at = (minutes: number) => encodeURIComponent(new Date(Date.UTC(2026, 0, 31, 8, minutes)).toISOString())
    const slot = (from: number, to: number) => pull(`&updated_from=${at(from)}&updated_to=${at(to)}`)
    const minute = async (minutes: number) => {
      clock.time = Date.UTC(2026, 0, 31, 8, minutes, 30)
      await idle()
    }
    await minute(1)
    await change('A', '1')
    await minute(6)
    await change('B', '1')
    await minute(11)
    await slot(0, 5)
    expect(await pulls('A')).toMatchObject([{ has: 'yes', up_to: '2026-01-31T08:05:00.000Z' }])
    expect(await pulls('B')).toMatchObject([{ has: 'no' }])
    await slot(5, 10)
    expect(await pulls('A')).toMatchObject([{ has: 'yes', from: '2026-01-31T08:00:00.000Z' }])
    expect(await pulls('B')).toMatchObject([{ has: 'yes', up_to: '2026-01-31T08:10:00.000Z' }])
    await minute(22)
    await slot(15, 20)
    expect(await pulls('A')).toMatchObject([{ has: 'not_asked', from: '2026-01-31T08:15:00.000Z' }])
  })

  it('that asks for one source is told apart, and is not asked about others', async () => {
    const { change, pull, pulls, idle } = await world()
    await change('A', '1')
    await change('A', '1', 'shop')
    await idle()
    await pull('&source=shop')
    expect(await pulls('A')).toMatchObject([{ source: 'shop', has: 'yes' }])
    await change('A', '2')
    expect(await pulls('A')).toMatchObject([{ source: 'shop', has: 'yes' }])
    await pull()
    expect((await pulls('A')).map(({ source }: { source: string | null }) => source)).toEqual([null, 'shop'])
  })
})

it('status says of each connection who pulls it; HEAD, single rows and refused requests are no pulls', async () => {
  const { app, change, pull, pulls, idle, get, shop } = await world()
  await change('A', '1')
  await idle()
  await app.inject({ method: 'HEAD', url: FEED, headers: { authorization: `Bearer ${shop.key}` } })
  await get('/v1/feeds/inventory/items/A?connection=alder', shop.key)
  await get('/v1/feeds/inventory?connection=birch', shop.key)
  await get(`${FEED}&cursor=nothing`, shop.key)
  expect(await pulls()).toEqual([])
  await pull()
  const { json } = await get('/v1/status')
  expect(json.connections).toMatchObject([
    { connection: 'alder', pulls: [{ feed: 'inventory', name: 'the shop', rows: 2, complete: true, lag: 0 }] },
  ])
})

it('those who need no key, or share a token, are one reader', async () => {
  const api = await twoSellers(['alder'])
  await api.idle()
  await api.get(FEED, { 'x-actor': 'somebody' })
  const { json } = await api.get('/v1/pulls?connection=alder')
  expect(json.items).toMatchObject([{ reader: 'shared', name: null }])
})
