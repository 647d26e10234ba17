import { forEachBounded } from '../../platform/bounded.ts'
import type { Tables } from '../../platform/dynamodb/tables.ts'
import { partitionOf, readMeta } from '../feed-table.ts'
import { forgetWatermarks } from './generations.ts'

const PAGE = 500
const AT_ONCE = 16

/** Deletes the rows of a generation that nobody reads. Repeatable; `keep` is called now and then. */
export async function dropGeneration(
  tables: Tables,
  table: string,
  generation: number,
  shards: number,
  keep: () => Promise<void>,
): Promise<void> {
  const { pairs } = await readMeta(tables, table)
  for (const { connection, source } of pairs) {
    for (let shard = 0; shard < shards; shard += 1) {
      const partition = partitionOf({ generation, connection, source, shard })
      for (;;) {
        const items = await tables.query(table, { partition, limit: PAGE })
        if (items.length === 0) break
        await forEachBounded(items, AT_ONCE, async ({ sku }) => {
          await tables.delete(table, { pk: partition, sku: String(sku) })
        })
        await keep()
      }
    }
  }
  await forgetWatermarks(tables, table, generation, shards)
}
