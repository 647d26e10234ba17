import { expect, it } from 'vitest'
import { rowKey } from '../../../src/projections/feed-table.ts'
import { createFindProducts } from '../../../src/projections/find-products.ts'
import { productFeed } from '../../../src/projections/product-feed.ts'
import { projectionTables } from '../../../src/projections/tables.ts'
import { connectionOf } from '../../data/processor-events.ts'
import { memoryTables } from '../../memory/tables.ts'

const SHARDS = 3
const a = connectionOf('a', '^A')

it('finds the products of the connection’s own vendor, not deleted ones, and keeps an answer for a while', async () => {
  const tables = memoryTables(projectionTables)
  const clock = { time: 1_000, now: () => clock.time }
  const put = (sku: string, shard: number, brand: string, more: { source?: string; deleted?: boolean } = {}) => {
    const { source = 'a-erp', deleted = false } = more
    const place = rowKey(productFeed, { generation: 1, connection: 'a', source, shard }, sku)
    const texts = {
      updated_at: '2026-01-31T08:00:00.000Z',
      position: '000000000000001-00000000000000000001',
      rank: '1',
      digest: 'd',
      event_id: 'e',
    }
    return tables.put('universal_products', { ...place, ...texts, connection: 'a', source, deleted, data: { brand } })
  }
  await put('A-1', 0, 'Acme')
  await put('A-2', 2, 'Apex')
  await put('A-3', 1, 'Acme', { deleted: true })
  await put('A-4', 1, 'Acme', { source: 'images' })
  const find = createFindProducts({ tables, clock, shards: SHARDS, keepMs: 100 })
  const all = ['A-1', 'A-2', 'A-3', 'A-4', 'A-5']
  expect([...(await find(a, all))]).toEqual([
    ['A-1', { brand: 'Acme' }],
    ['A-2', { brand: 'Apex' }],
  ])
  await put('A-1', 0, 'Other')
  await put('A-5', 1, 'Acme')
  expect([...(await find(a, all))].map(([sku, { brand }]) => [sku, brand])).toEqual([
    ['A-1', 'Acme'],
    ['A-2', 'Apex'],
    ['A-5', 'Acme'],
  ])
  clock.time += 100
  expect((await find(a, ['A-1'])).get('A-1')).toEqual({ brand: 'Other' })
})
