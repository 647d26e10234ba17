import type { InventoryChanged } from '../src/events/generated/events.ts'
import { versionRank } from '../src/events/version.ts'
import type { Tables } from '../src/platform/dynamodb/tables.ts'
import { inventoryFeed } from '../src/projections/inventory-feed.ts'
import { configuration } from './data/configuration.ts'

/** Rank of the last change of each SKU. */
export type LastRanks = Map<string, string>

export interface FeedCheck {
  readonly rows: number
  /** SKUs without a row. */
  readonly lost: number
  /** Rows that are not of the SKU's last change. */
  readonly stale: number
}

export function noteRank(ranks: LastRanks, event: InventoryChanged): void {
  ranks.set(event.key, versionRank({ ...event, mappingRevision: configuration.connections[0]?.revision ?? 0 }))
}

/** Compares the feed's table with what was produced. */
export async function feedCheck(tables: Tables, ranks: LastRanks): Promise<FeedCheck> {
  const rows = new Map<string, unknown>()
  for await (const items of tables.scan(inventoryFeed.table)) {
    for (const item of items) if (item['rank'] !== undefined) rows.set(String(item['sku']), item['rank'])
  }
  const wrong = [...ranks].filter(([sku, rank]) => rows.get(sku) !== rank)
  const lost = wrong.filter(([sku]) => !rows.has(sku)).length
  return { rows: rows.size, lost, stale: wrong.length - lost }
}
