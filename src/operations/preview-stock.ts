import type { Configuration } from '../configuration/model.ts'
import type { FeedRow } from '../projections/feed-row.ts'
import { inventoryFeed, type StockData } from '../projections/inventory-feed.ts'
import { sourcesOf } from '../projections/read-feed.ts'
import { rowsOfKeys } from '../projections/read-rows.ts'
import { sharedMeta } from '../projections/shared-meta.ts'
import type { OperationDeps } from './dependencies.ts'
import type { Principal } from './principal.ts'
import { sees } from './scope.ts'
import { sellableRow } from './sellable-row.ts'

/** Stock of a SKU at a source as shops would read it, with both configurations; null: no such connection. */
export interface StockPreview {
  readonly source: string
  readonly before: StockData | null
  readonly after: StockData | null
}

interface Sides {
  readonly connection: string
  readonly before: Configuration
  readonly after: Configuration
}

/**
 * The stock of SKUs in the feed, by SKU, as both configurations would serve it. Null: neither of them sets what may be
 * sold, or the caller does not see the connection.
 */
export async function previewStock(
  { tables, shards }: Pick<OperationDeps, 'tables' | 'shards'>,
  by: Principal,
  keys: readonly string[],
  { connection, before, after }: Sides,
): Promise<ReadonlyMap<string, readonly StockPreview[]> | null> {
  if (!sees(by.scope, { connection })) return null
  const [old, now] = [before, after].map(({ connections }) => connections.find(({ id }) => id === connection))
  if (old?.sellableStock === undefined && now?.sellableStock === undefined) return null
  const meta = await sharedMeta(tables, inventoryFeed)
  const sources = sourcesOf(meta, { connection, sources: null })
  const rows = await rowsOfKeys({ tables, feed: inventoryFeed, meta, shards }, { connection, sources, keys })
  const servedBy = (side: typeof old, row: FeedRow) =>
    // `sellableRow` returns the feed's columns.
    side === undefined ? null : (sellableRow(row, side).data as StockData)
  const inOrder = rows.filter(({ deleted }) => !deleted).toSorted((a, b) => (a.source < b.source ? -1 : 1))
  const previews = inOrder.map((row) => {
    const { key, source } = row
    return { key, preview: { source, before: servedBy(old, row), after: servedBy(now, row) } }
  })
  const bySku = Map.groupBy(previews, ({ key }) => key)
  return new Map([...bySku].map(([key, own]) => [key, own.map(({ preview }) => preview)]))
}
