import { expect, it } from 'vitest'
import { StreamError } from '../../../src/errors.ts'
import type { Tables } from '../../../src/platform/dynamodb/tables.ts'
import { countKey } from '../../../src/projections/feed-counts.ts'
import { readMeta } from '../../../src/projections/feed-table.ts'
import { inventoryFeed } from '../../../src/projections/inventory-feed.ts'
import { countRows } from '../../../src/projections/read-rows.ts'
import { feedStage } from '../../../src/projections/run-projection.ts'
import { projectionTables } from '../../../src/projections/tables.ts'
import { inventoryChanged } from '../../data/feed-events.ts'
import { memoryTables } from '../../memory/tables.ts'
import { SeededRandom } from '../../simulation/seeded-random.ts'
import { batchContext, decoded, memoryReporter, silentLogger } from '../../worlds/stage-context.ts'

/*
 * The projector counts the rows of a feed as they come and go. Whatever it is killed at, a count that says that it is exact
 * is that of the rows themselves.
 */

const SHARD = { generation: 1, connection: 'shop-vendor', source: 'vendor', shard: 0 }

type Call = keyof Tables

/** Tables that note what is asked of them, and fail from the call that `failAt` counts down to. */
function watchedTables() {
  const inner = memoryTables(projectionTables)
  const calls: Call[] = []
  const watched = { calls, inner, failAt: Number.POSITIVE_INFINITY }
  const note = (call: Call) => {
    calls.push(call)
    watched.failAt -= 1
    if (watched.failAt < 0) throw new StreamError('table_unavailable', 'killed')
  }
  const tables: Tables = {
    ...inner,
    put: async (...given) => {
      note('put')
      return await inner.put(...given)
    },
    update: async (...given) => {
      note('update')
      return await inner.update(...given)
    },
    insertMany: async (table, items) => {
      note('insertMany')
      // Killed half-way through.
      if (watched.failAt < 1) await inner.insertMany(table, items.slice(0, Math.ceil(items.length / 2)))
      note('insertMany')
      return await inner.insertMany(table, items)
    },
    query: async (...given) => {
      calls.push('query')
      return await inner.query(...given)
    },
  }
  return Object.assign(watched, { tables })
}

const projector = (tables: Tables) => {
  const deps = { tables, reporter: memoryReporter(), clock: { now: () => 0 }, settleMs: 5000, logger: silentLogger }
  return feedStage(inventoryFeed, deps)
}

const event = (offset: number, sku: string, deleted: boolean, total = `${offset}`) =>
  decoded<'universal-inventory'>(inventoryChanged({ sku, readAt: offset + 1, deleted }, total), { offset })

async function countOf(tables: Tables) {
  const meta = await readMeta(tables, inventoryFeed)
  return await countRows({ tables, feed: inventoryFeed, meta, shards: 1 }, 'shop-vendor')
}

/** As the rows themselves say. */
async function rowsThere(tables: Tables) {
  const items = (await Array.fromAsync(tables.scan(inventoryFeed.table))).flat().filter(({ pk }) => pk !== 'meta')
  return { rows: items.length, deleted: items.filter(({ deleted }) => deleted === true).length }
}

it('is that of the rows as they come, go and come back, and reads none of them', async () => {
  const { tables, calls } = watchedTables()
  const stage = projector(tables)
  await stage.handle([event(0, 'A', false), event(1, 'B', false), event(2, 'C', true)], batchContext().context)
  expect(await countOf(tables)).toEqual({ rows: 3, deleted: 1, exact: true })
  await stage.handle([event(3, 'B', true), event(4, 'D', false), event(5, 'D', false)], batchContext().context)
  expect(await countOf(tables)).toEqual({ rows: 4, deleted: 2, exact: true })
  await stage.handle([event(6, 'B', false), event(7, 'C', true, '7.5')], batchContext().context)
  calls.length = 0
  expect(await countOf(tables)).toEqual({ rows: 4, deleted: 1, exact: true })
  expect(calls).toEqual([])
})

it('costs nothing where rows only change', async () => {
  const { tables, calls } = watchedTables()
  const stage = projector(tables)
  await stage.handle([event(0, 'A', false), event(1, 'B', false)], batchContext().context)
  calls.length = 0
  await stage.handle([event(2, 'A', false), event(3, 'B', false)], batchContext().context)
  // The rows, and the watermark.
  expect(calls).toEqual(['put', 'put', 'update'])
})

it('is that of the rows wherever the projector is killed, or says that it is not exact', async () => {
  let [exact, inexact] = [0, 0]
  for (let seed = 1; seed <= 120; seed += 1) {
    const random = new SeededRandom(seed, 2)
    const watched = watchedTables()
    const events = Array.from({ length: 24 }, (_, offset) =>
      event(offset, `S${random.int(0, 6)}`, random.chance(0.3), `${random.int(0, 2)}`),
    )
    let kills = seed % 3
    for (let from = 0; from < events.length; ) {
      const batch = events.slice(from, from + random.int(1, 6))
      watched.failAt = kills > 0 && random.chance(0.4) ? random.int(0, 6) : Number.POSITIVE_INFINITY
      const done = await projector(watched.tables)
        .handle(batch, batchContext().context)
        .then(
          () => true,
          () => false,
        )
      if (!done) kills -= 1
      watched.failAt = Number.POSITIVE_INFINITY
      const reached = (await readMeta(watched.inner, inventoryFeed)).watermark(1, 0)?.position?.offset ?? -1n
      from = Number(reached) + 1
    }
    const { exact: isExact, ...count } = await countOf(watched.inner)
    if (isExact) expect([seed, count]).toEqual([seed, await rowsThere(watched.inner)])
    if (seed % 3 === 0) expect([seed, isExact]).toEqual([seed, true])
    if (isExact) exact += 1
    else inexact += 1
  }
  expect(exact).toBeGreaterThan(inexact)
})

it('is read from the rows where an earlier version wrote the first of them', async () => {
  const { tables } = watchedTables()
  await projector(tables).handle([event(0, 'A', false), event(1, 'B', true)], batchContext().context)
  await tables.delete(inventoryFeed.table, countKey(inventoryFeed, SHARD))
  await projector(tables).handle([event(2, 'C', false)], batchContext().context)
  expect(await tables.get(inventoryFeed.table, countKey(inventoryFeed, SHARD))).toBeUndefined()
  expect(await countOf(tables)).toEqual({ rows: 3, deleted: 1, exact: true })
})

it('is repaired by itself when the partition is idle, wherever a projector was killed', async () => {
  for (let failAt = 0; failAt < 9; failAt += 1) {
    const watched = watchedTables()
    const { tables, calls } = watched
    const first = [event(0, 'A', false), event(1, 'B', true)]
    watched.failAt = failAt
    await projector(tables)
      .handle(first, batchContext(0).context)
      .catch(() => undefined)
    watched.failAt = Number.POSITIVE_INFINITY
    const next = projector(tables)
    await next.handle(first, batchContext(0).context)
    await next.handle([event(2, 'C', false)], batchContext(0).context)
    await next.onIdleAlone?.(0, 'universal-inventory', 1_000_000)
    calls.length = 0
    expect(await countOf(tables)).toEqual({ ...(await rowsThere(tables)), exact: true })
    expect(calls).not.toContain('query')
    await next.handle([event(3, 'D', false), event(4, 'A', true)], batchContext(0).context)
    expect(await countOf(tables)).toEqual({ rows: 4, deleted: 2, exact: true })
  }
})

it('is that of the rows again after it was in doubt, once the counts are checked', async () => {
  const { tables } = watchedTables()
  const stage = projector(tables)
  await stage.handle([event(0, 'A', false)], batchContext(0).context)
  await stage.onIdleAlone?.(0, 'universal-inventory', 1_000_000)
  await tables.update(inventoryFeed.table, countKey(inventoryFeed, SHARD), { set: { exact: false, rows: 7 } })
  await stage.onIdleAlone?.(0, 'universal-inventory', 1_001_000)
  expect((await countOf(tables)).exact).toBe(false)
  await stage.onIdleAlone?.(0, 'universal-inventory', 1_600_000)
  expect(await countOf(tables)).toEqual({ rows: 1, deleted: 0, exact: true })
})
