import { expect, it } from 'vitest'
import { StreamError } from '../../../src/errors.ts'
import type { Tables } from '../../../src/platform/dynamodb/tables.ts'
import { moveWatermark } from '../../../src/projections/feed-table.ts'
import { imageFeed } from '../../../src/projections/image-feed.ts'
import { inventoryFeed } from '../../../src/projections/inventory-feed.ts'
import { sharedMeta } from '../../../src/projections/shared-meta.ts'
import { projectionTables } from '../../../src/projections/tables.ts'
import { memoryTables } from '../../memory/tables.ts'

/** Tables whose reads wait until they are let go. */
function heldTables(inner: Tables = memoryTables(projectionTables)) {
  const waiting: (() => void)[] = []
  const read: string[] = []
  const tables: Tables = {
    ...inner,
    async get(table, key) {
      read.push(table)
      await new Promise<void>((resolve) => waiting.push(resolve))
      return await inner.get(table, key)
    },
  }
  const letGo = () => {
    for (const resolve of waiting.splice(0)) resolve()
  }
  return { inner, tables, read, letGo }
}

const at = { generation: 1, shard: 0 }

it('is read once for all who ask while it is read, and again for who asks afterwards', async () => {
  const { inner, tables, read, letGo } = heldTables()
  const asked = Array.from({ length: 16 }, () => sharedMeta(tables, inventoryFeed))
  letGo()
  const metas = await Promise.all(asked)
  expect(read).toEqual([inventoryFeed.table])
  expect(metas.map((meta) => meta.watermark(1, 0))).toEqual(Array(16).fill(undefined))
  await moveWatermark(inner, inventoryFeed, at, { time: 7, offset: 1n })
  const later = sharedMeta(tables, inventoryFeed)
  letGo()
  expect((await later).watermark(1, 0)?.position).toEqual({ time: 7, offset: 1n })
  expect(read).toHaveLength(2)
})

it('is read for each feed, and for each program with tables of its own', async () => {
  const [one, other] = [heldTables(), heldTables()]
  const asked = [
    sharedMeta(one.tables, inventoryFeed),
    sharedMeta(one.tables, imageFeed),
    sharedMeta(other.tables, inventoryFeed),
  ]
  one.letGo()
  other.letGo()
  await Promise.all(asked)
  expect([one.read, other.read]).toEqual([[inventoryFeed.table, imageFeed.table], [inventoryFeed.table]])
})

it('fails for all who wait for a read that failed, and for nobody afterwards', async () => {
  const inner = memoryTables(projectionTables)
  let gone = true
  const tables: Tables = {
    ...inner,
    get: async (table, key) => {
      if (gone) throw new StreamError('table_unavailable', 'gone')
      return await inner.get(table, key)
    },
  }
  const asked = await Promise.allSettled([sharedMeta(tables, inventoryFeed), sharedMeta(tables, inventoryFeed)])
  expect(asked.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  gone = false
  expect((await sharedMeta(tables, inventoryFeed)).generation).toBe(1)
})

it('is kept for who asks soon after, as old as its read, and never for who asks for what is there now', async () => {
  const { inner, tables, read, letGo } = heldTables()
  const ask = async (now: number, keptMs = 50) => {
    const asked = sharedMeta(tables, inventoryFeed, { now, keptMs })
    letGo()
    return (await asked).watermark(1, 0)?.position?.offset
  }
  expect(await ask(1_000)).toBeUndefined()
  await moveWatermark(inner, inventoryFeed, at, { time: 7, offset: 1n })
  expect([await ask(1_049), read.length]).toEqual([undefined, 1])
  expect([await ask(1_050), read.length]).toEqual([1n, 2])
  await moveWatermark(inner, inventoryFeed, at, { time: 8, offset: 2n })
  expect(await ask(1_051)).toBe(1n)
  expect([await ask(1_052, 0), read.length]).toEqual([2n, 3])
  // The clock was set back.
  expect([await ask(900), read.length]).toEqual([2n, 4])
})
