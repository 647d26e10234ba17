import { SYNC_CONTROL } from '../../src/control/tables.ts'
import type { Item, Tables } from '../../src/platform/dynamodb/tables.ts'
import { inventoryFeed } from '../../src/projections/inventory-feed.ts'
import { type CheckedWorld, checkCutDate } from './check-cut-date.ts'

/** The tables, with what must never happen to them looked for at each write. */
export function watchTables(world: CheckedWorld, tables: Tables): Tables {
  const ranks = new Map<string, string>()
  const sawRow = (item: Item) => {
    const row = `${item['pk']} ${item['sku']}`
    const rank = String(item['rank'])
    const before = ranks.get(row)
    if (before !== undefined && rank < before) world.broken(4, `feed row ${row} went back from ${before} to ${rank}`)
    ranks.set(row, rank)
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
