import { expect, it } from 'vitest'
import type { Status } from '../../../src/operations/status.ts'
import { until } from '../../worlds/processes-until.ts'
import {
  type ConnectionId,
  type ErpState,
  PATTERNS,
  SHOPS,
  type ShopOrder,
  startSystems,
  startWorld,
  VENDORS,
} from './world.ts'

const ORDERS = 25

interface Feed {
  readonly items: readonly { readonly sku: string; readonly source: string; readonly data: Record<string, unknown> }[]
}

interface Staged {
  readonly items: readonly {
    readonly key: string
    readonly status: string
    readonly as_read: { readonly event: { readonly source: string; readonly data: { lines?: readonly unknown[] } } }
    readonly as_mapped: { readonly event: { readonly data: { readonly lines: readonly { sku: string }[] } } } | null
    readonly answer: { readonly target_id: string | null; readonly code: string | null }
  }[]
}

const stateOf = async <T>(url: string) => (await (await fetch(`${url}/_sim/state`)).json()) as T
const faults = async (url: string, rules: readonly object[]) => {
  const headers = { 'content-type': 'application/json' }
  await fetch(`${url}/_sim/faults`, { method: 'POST', headers, body: JSON.stringify(rules) })
}

/** What a shop's orders come to for a connection: external id: lines, in the shop's own words. */
function wanted(id: ConnectionId, orders: readonly ShopOrder[]): string[] {
  return orders
    .map(({ increment_id, items }) => {
      const lines = items.filter((line) => line.parent_item_id === undefined && PATTERNS[id].test(line.sku))
      return { increment_id, lines: lines.map(({ item_id }) => item_id) }
    })
    .filter(({ lines }) => lines.length > 0)
    .map(({ increment_id, lines }) => `${id}-${increment_id}: ${lines.join(' ')}`)
    .toSorted()
}

function delivered(id: ConnectionId, { salesOrders }: ErpState): string[] {
  return salesOrders
    .filter(({ externalId }) => externalId.startsWith(`${id}-`))
    .map(({ externalId, item }) => `${externalId}: ${item.items.map((line) => line.custcol_waldstream_line).join(' ')}`)
    .toSorted()
}

it('three connections share shops and vendors, and nothing else', async () => {
  const urls = await startSystems(ORDERS)
  await faults(urls['erp-2'], [{ path: '.', kind: 'status', status: 503 }])
  const world = await startWorld(urls)
  const shops = {
    'shop-a': (await stateOf<{ readonly orders: readonly ShopOrder[] }>(urls['shop-a'])).orders,
    'shop-b': (await stateOf<{ readonly orders: readonly ShopOrder[] }>(urls['shop-b'])).orders,
  }
  const erps = async () => ({
    'erp-1': await stateOf<ErpState>(urls['erp-1']),
    'erp-2': await stateOf<ErpState>(urls['erp-2']),
  })
  const orderOf = (id: ConnectionId) => wanted(id, shops[SHOPS[id]])
  const feed = async (kind: 'products' | 'inventory', id: ConnectionId) =>
    (await world.get<Feed>(`/v1/feeds/${kind}?connection=${id}&limit=1000`)).items
  const skus = async (id: ConnectionId) => (await erps())[VENDORS[id]].items.map(({ itemId }) => itemId).toSorted()
  const isWhole = async (kind: 'products' | 'inventory', id: ConnectionId) =>
    (await feed(kind, id)).length === (await skus(id)).length
  const staged = async (view: string, id: ConnectionId, entity: string, query = '') =>
    (await world.get<Staged>(`/v1/${view}/${id}/${entity}?limit=200${query}`)).items

  // Account 2 answers 503 to everything, and a-1 is mapped wrongly: what is not of them is at its end all the same.
  await until('the orders of account 1 are delivered', async () => {
    const { 'erp-1': one } = await erps()
    return one.salesOrders.length === orderOf('a-1').length + orderOf('b-1').length
  })
  await until('the feeds that nothing is wrong with are whole', async () => {
    const whole = [isWhole('products', 'b-1'), isWhole('inventory', 'b-1'), isWhole('inventory', 'a-1')]
    return (await Promise.all(whole)).every((one) => one)
  })
  await until('everything of a-1 is set aside', async () => {
    const { items } = await world.get<{ readonly items: readonly unknown[] }>('/v1/parked?connection=a-1&limit=500')
    const letters = await world.get<{ readonly items: readonly unknown[] }>('/v1/dead-letters?connection=a-1&limit=500')
    return items.length + letters.items.length === (await skus('a-1')).length
  })
  const pauses = await world.get<{ readonly items: readonly object[] }>('/v1/pauses')
  expect(pauses.items).toMatchObject([{ stage: 'map-products', connection: 'a-1', code: 'mapping_failed' }])
  expect((await erps())['erp-2'].salesOrders).toEqual([])
  expect(await feed('products', 'a-1')).toEqual([])

  const held = await until('the health tells that account 2 is down', async () => {
    const health = await world.get<{ readonly status: string; readonly held_back?: readonly string[] }>('/health/ready')
    // An ERP that is down must not take the feeds of all shops from the load balancer (Guarantee 5).
    expect(health.status).toBe('ready')
    return health.held_back?.some((one) => one.startsWith('deliver-')) ? health.held_back : undefined
  })
  expect(held).toEqual([
    expect.stringMatching(/^deliver-erp-2: erp-2 does not answer since /),
    'a-1 is paused at map-products: mapping_failed',
  ])

  const ends = async () =>
    (await world.get<Pick<Status, 'connections'>>('/v1/status')).connections.flatMap((one) =>
      one.ends.map((end) => ({ connection: one.connection, ...end })),
    )
  const silent = await until('the status says that account 2 does not answer', async () => {
    const down = (await ends()).filter(({ circuit }) => circuit !== null)
    return down.length > 0 ? down : undefined
  })
  const code = 'target_unavailable'
  expect(silent).toMatchObject([{ connection: 'a-2', circuit: { code, stages: ['deliver-erp-2'], processes: 1 } }])

  // What waits can be seen: as it was read, and as it was mapped.
  const waiting = await until('the orders of a-2 are shown', async () => {
    const rows = (await staged('backend', 'a-2', 'orders')).filter(({ status }) => status !== 'ignored')
    return rows.length === orderOf('a-2').length && rows.every((row) => row.as_mapped !== null) ? rows : undefined
  })
  expect(waiting.map(({ key }) => `a-2-${key}`).toSorted()).toEqual(orderOf('a-2').map((order) => order.slice(0, 13)))
  for (const { status, as_read, as_mapped } of waiting) {
    expect(['processing', 'waiting']).toContain(status)
    expect(as_read.event.source).toBe('shop-a')
    expect(as_mapped?.event.data.lines.every(({ sku }) => PATTERNS['a-2'].test(sku))).toBe(true)
  }
  const failed = await until('the products of a-1 are shown', async () => {
    const rows = await staged('frontend', 'a-1', 'products')
    return rows.length === (await skus('a-1')).length ? rows : undefined
  })
  expect(failed.every(({ status, as_mapped }) => ['failed', 'waiting'].includes(status) && as_mapped === null)).toBe(
    true,
  )
  expect(new Set(failed.map(({ answer }) => answer.code))).toEqual(new Set(['mapping_failed']))

  // Both are mended: what waited goes on by itself or by a word, what was given up is retried.
  await faults(urls['erp-2'], [])
  await world.mapRightly()
  await world.post('/v1/pauses/map-products/a-1/resume')
  await world.post('/v1/dead-letters/retry', { connection: 'a-1', rate: 100, limit: 500 })
  const ids = Object.keys(PATTERNS) as ConnectionId[]
  for (const id of ids) {
    await until(`the feeds of ${id} are whole`, async () => {
      return (await isWhole('products', id)) && (await isWhole('inventory', id))
    })
  }
  await until('the orders of account 2 are delivered', async () => {
    return (await erps())['erp-2'].salesOrders.length === orderOf('a-2').length
  })
  await until('the status says that every system answers', async () => {
    const all = await ends()
    expect(all.map(({ system, calls }) => [system, calls.length])).toContainEqual(['erp-2', 1])
    return all.every(({ circuit }) => circuit === null)
  })

  const end = await erps()
  for (const id of ids) {
    expect(orderOf(id).length).toBeGreaterThan(5)
    expect(delivered(id, end[VENDORS[id]])).toEqual(orderOf(id))
    for (const kind of ['products', 'inventory'] as const) {
      const rows = await feed(kind, id)
      expect(rows.map(({ sku }) => sku).toSorted()).toEqual(await skus(id))
      expect(new Set(rows.map(({ source }) => source))).toEqual(new Set([VENDORS[id]]))
    }
    const products = await feed('products', id)
    expect(new Set(products.map(({ data }) => data['sold_by']))).toEqual(new Set([id]))
    const done = await until(`the orders of ${id} are shown as delivered`, async () => {
      const rows = await staged('backend', id, 'orders', '&status=succeeded')
      return rows.length === orderOf(id).length ? rows : undefined
    })
    expect(done.map(({ key }) => `${id}-${key}`).toSorted()).toEqual(orderOf(id).map((order) => order.slice(0, 13)))
    expect(done.every(({ answer }) => /^\d+$/.test(answer.target_id ?? ''))).toBe(true)
  }
  // Both shops count their orders alike, and vendor 1 has orders of the same number of both.
  const numbers = (id: ConnectionId) => orderOf(id).map((order) => order.slice(4, 13))
  expect(numbers('a-1').some((number) => numbers('b-1').includes(number))).toBe(true)
  expect(end['erp-1'].salesOrders.length + end['erp-2'].salesOrders.length).toBe(ids.flatMap(orderOf).length)
  expect((await world.get<{ readonly items: readonly unknown[] }>('/v1/dead-letters?state=open')).items).toEqual([])
  expect((await world.get<{ readonly items: readonly unknown[] }>('/v1/pauses')).items).toEqual([])
})
