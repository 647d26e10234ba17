import { SYNC_CONTROL } from '../../src/control/tables.ts'
import { text8 } from '../../src/events/decimal.ts'
import type { Item, Tables } from '../../src/platform/dynamodb/tables.ts'
import { inventoryFeed } from '../../src/projections/inventory-feed.ts'
import { splitClaims } from '../../src/projections/stock-fold.ts'
import { wireOf } from '../../src/systems/kit/wire.ts'
import { type CheckedWorld, checkCutDate } from './check-cut-date.ts'

/** The tables, with what must never happen to them looked for at each write. */
export function watchTables(world: CheckedWorld, tables: Tables): Tables {
  const ranks = new Map<string, string>()
  const revisions = new Map<string, number>()
  const sawClaims = (row: string, item: Item) => {
    const { claims } = splitClaims(wireOf(item['data']))
    if (claims === null) return
    const before = revisions.get(row) ?? 0
    if (claims.revision < before) world.broken(4, `the claims of ${row} went back from ${before} to ${claims.revision}`)
    revisions.set(row, claims.revision)
    const reserved = [claims.open, ...claims.told.map(({ quantity }) => quantity)].reduce((a, b) => a + Number(b), 0)
    const most = mostOrdered(world, String(item['sku']))
    if (reserved > most) world.broken(3, `${row} has ${reserved} reserved; no more than ${most} were ever ordered`)
  }
  const sawRow = (item: Item) => {
    const row = `${item['pk']} ${item['sku']}`
    const rank = String(item['rank'])
    const before = ranks.get(row)
    if (before !== undefined && rank < before) world.broken(4, `feed row ${row} went back from ${before} to ${rank}`)
    ranks.set(row, rank)
    sawClaims(row, item)
  }
  return {
    ...tables,
    async put(table, item, condition) {
      const written = await tables.put(table, item, condition)
      if (written && table === inventoryFeed.table && item['rank'] !== undefined) sawRow(item)
      return written
    },
    async update(table, key, change, condition) {
      const after = await tables.update(table, key, change, condition)
      const cutDate = change.set?.['cut_date']
      if (after !== null && table === SYNC_CONTROL && typeof cutDate === 'string') {
        await checkCutDate(world, String(key['read']), Date.parse(cutDate))
      }
      return after
    },
  }
}

/** Pieces of a SKU, of each order the most that it ever had. */
function mostOrdered({ orders }: CheckedWorld, sku: string): number {
  const most = new Map<string, number>()
  for (const { key, data } of orders.history) {
    const own = data?.lines.filter((line) => line.sku === sku) ?? []
    const pieces = own.reduce((sum, { quantityOrdered }) => sum + Number(text8(quantityOrdered)), 0)
    most.set(key, Math.max(most.get(key) ?? 0, pieces))
  }
  return [...most.values()].reduce((sum, pieces) => sum + pieces, 0)
}
