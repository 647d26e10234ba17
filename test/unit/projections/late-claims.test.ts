import { expect, it } from 'vitest'
import type { FeedRow } from '../../../src/projections/feed-row.ts'
import { writeRow } from '../../../src/projections/feed-table.ts'
import { inventoryFeed } from '../../../src/projections/inventory-feed.ts'
import { projectionTables } from '../../../src/projections/tables.ts'
import { memoryTables } from '../../memory/tables.ts'

const shard = { generation: 1, connection: 'one', source: 'netsuite', shard: 0 }

/** Claims that an acknowledgement changes: readers see the same, so rank, position and digest stay. */
function rowWith(revision: number, rank = 'rank-1'): FeedRow {
  const level = { total: '5', in_stock: true, locations: [] }
  const claims = revision === 0 ? {} : { claims: { revision, open: '2', told: [], held_until: null } }
  const place = { position: '000000000000001-00000000000000000001', updated_at: '2026-01-01T00:00:00.000Z' }
  const same = { digest: 'd', event_id: 'e', deleted: false }
  return { connection: 'one', source: 'netsuite', key: 'A-1', ...place, ...same, rank, data: { ...level, ...claims } }
}

it('claims that arrive late do not replace newer ones that readers do not tell apart', async () => {
  const tables = memoryTables(projectionTables)
  const write = (row: FeedRow) => writeRow(tables, inventoryFeed, shard, row)
  expect(await write(rowWith(0))).toBe(true)
  expect(await write(rowWith(1))).toBe(true)
  expect(await write(rowWith(3))).toBe(true)
  expect([await write(rowWith(2)), await write(rowWith(0))]).toEqual([false, false])
  expect(await write(rowWith(3))).toBe(true)
  expect(await write(rowWith(3, 'rank-2'))).toBe(true)
  expect(await write(rowWith(4, 'rank-1'))).toBe(false)
})
