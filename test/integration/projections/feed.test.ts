import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { createTables } from '../../../src/platform/dynamodb/create-tables.ts'
import { META } from '../../../src/projections/feed-table.ts'
import { inventoryFeed } from '../../../src/projections/inventory-feed.ts'
import { inventoryChanged } from '../../data/feed-events.ts'
import { apiFixture, apiTestTables } from '../../worlds/api-fixture.ts'
import { silentLogger } from '../../worlds/stage-context.ts'

const FEED = '/v1/feeds/inventory?connection=shop-vendor'
const services = inject('services')
Object.assign(process.env, services)
const dynamo = createTables({
  endpoint: services['DYNAMODB_ENDPOINT'] ?? null,
  region: services['AWS_REGION'] ?? 'local',
  prefix: `feed-${process.pid}-`,
  logger: silentLogger,
})

beforeAll(() => dynamo.create(apiTestTables))
afterAll(() => dynamo.close())

/** Follows the cursor until it has caught up; gives what was read and the last cursor. */
async function follow(api: ReturnType<typeof apiFixture>, begin: string | null, limit: number) {
  const replica = new Map<string, string>()
  let cursor = begin
  for (let pages = 0; pages < 1000; pages += 1) {
    const { json } = await api.get(`${FEED}&limit=${limit}${cursor === null ? '' : `&cursor=${cursor}`}`)
    for (const item of json.items) replica.set(item.sku, item.data.total)
    cursor = String(json.cursor)
    if (json.complete) return { replica, cursor }
  }
  throw new Error('the reader never caught up')
}

it('a reader that follows the cursor of real tables ends with the table as it is', async () => {
  const api = apiFixture({}, dynamo.tables)
  const stock = new Map<string, string>()
  const change = (round: number, count: number) =>
    Array.from({ length: count }, (_, n) => {
      const sku = `SKU-${(n * 7 + round * 13) % 150}`
      stock.set(sku, String(round))
      return inventoryChanged({ sku, readAt: round }, String(round))
    })
  const projectAll = async (changes: ReturnType<typeof change>) => {
    await api.projectByKey(...changes)
    await api.idle()
  }
  await projectAll(change(1, 150))
  const first = await follow(api, null, 40)
  expect(first.replica).toEqual(stock)

  // Rows move while the reader is under way.
  const reading = follow(api, first.cursor, 7)
  await projectAll(change(2, 60))
  const second = await reading
  await projectAll(change(3, 40))
  const third = await follow(api, second.cursor, 7)
  expect(new Map([...first.replica, ...second.replica, ...third.replica])).toEqual(stock)
  expect(third.replica.size).toBeLessThan(150)

  const idle = await follow(api, third.cursor, 7)
  expect(idle.replica.size).toBe(0)
  const count = (await api.get(`${FEED.replace('inventory', 'inventory/count')}`)).json
  expect(count).toEqual({ rows: 150, deleted: 0, exact: true })
  const counted = await dynamo.tables.query(inventoryFeed.table, { partition: META, beginsWith: 'counts#' })
  expect(counted.reduce((sum, { rows }) => sum + Number(rows), 0)).toBe(150)
  const item = await api.get('/v1/feeds/inventory/items/SKU-3?connection=shop-vendor')
  expect(item.json.items[0].data.total).toBe(stock.get('SKU-3'))
})
