import { decimal8 } from '../events/decimal.ts'
import { contentDigest } from '../events/identity.ts'
import { rankVersion } from '../events/version.ts'
import type { Tables } from '../platform/dynamodb/tables.ts'
import type { FindStock, StockRow } from '../rules/stock-row.ts'
import type { FeedRow } from './feed-row.ts'
import { readMeta } from './feed-table.ts'
import { inventoryFeed } from './inventory-feed.ts'
import { rowsOfKeys } from './read-rows.ts'
import { splitClaims } from './stock-fold.ts'
import { stockLevels } from './stock-levels.ts'

/** Reads stock from the live feed. `shards`: partitions of `universal-inventory`. */
export function createFindStock({ tables, shards }: { readonly tables: Tables; readonly shards: number }): FindStock {
  return async ({ id: connection }, sources, keys) => {
    const meta = await readMeta(tables, inventoryFeed)
    const rows = await rowsOfKeys({ tables, feed: inventoryFeed, meta, shards }, { connection, sources, keys })
    return rows.map(stockRowOf)
  }
}

/** The event of a row, with the version in its rank. */
function stockRowOf({ connection, source, key, deleted, data, rank, event_id: eventId }: FeedRow): StockRow {
  const { level, claims } = splitClaims(data)
  const inventory = {
    sku: key,
    total: decimal8(String(level['total']), 'total'),
    inStock: level['in_stock'] === true,
    locations: [...stockLevels(level)],
  }
  const digest = contentDigest({ deleted, data: inventory })
  const version = { ...rankVersion(rank), claimsRevision: claims?.revision ?? 0 }
  return { eventId, contentDigest: digest, connection, source, key, ...version, deleted, data: inventory }
}
