import type { Tables } from '../platform/dynamodb/tables.ts'
import type { FindProducts, OwnedProduct } from '../rules/ownership.ts'
import { type FeedMeta, readMeta, rowKey, toRow } from './feed-table.ts'
import { productFeed } from './product-feed.ts'

export interface FindProductsOptions {
  readonly tables: Tables
  readonly clock: { now(): number }
  /** Partitions of `universal-products`. */
  readonly shards: number
  /** How long a result is cached, in milliseconds. */
  readonly keepMs?: number
}

interface Kept {
  readonly until: number
  /** Undefined: the feed did not have it. */
  readonly product: OwnedProduct | undefined
}

const KEEP_MS = 10_000
const MOST_KEPT = 20_000

/**
 * The vendor's products of a connection as its feed has them. Results are cached for ten seconds: the lines of many
 * orders have few SKUs. A SKU that the feed does not have yet is looked up each time.
 */
export function createFindProducts({ tables, clock, shards, keepMs = KEEP_MS }: FindProductsOptions): FindProducts {
  const kept = new Map<string, Kept>()
  return async ({ id, vendor }, skus) => {
    const now = clock.now()
    if (kept.size > MOST_KEPT) kept.clear()
    const keptKey = (sku: string) => JSON.stringify([id, vendor, sku])
    const asked = skus.filter((sku) => (kept.get(keptKey(sku))?.until ?? 0) <= now)
    if (asked.length > 0) {
      const found = await readProducts(tables, { connection: id, source: vendor, shards }, asked)
      for (const sku of asked) {
        const product = found.get(sku)
        kept.set(keptKey(sku), { product, until: product === undefined ? now : now + keepMs })
      }
    }
    return new Map(
      skus.flatMap((sku) => {
        const product = kept.get(keptKey(sku))?.product
        return product === undefined ? [] : [[sku, product] as const]
      }),
    )
  }
}

async function readProducts(
  tables: Tables,
  { connection, source, shards }: { connection: string; source: string; shards: number },
  skus: readonly string[],
): Promise<ReadonlyMap<string, OwnedProduct>> {
  const { generation }: FeedMeta = await readMeta(tables, productFeed)
  const keys = skus.flatMap((sku) =>
    Array.from({ length: shards }, (_, shard) => rowKey(productFeed, { generation, connection, source, shard }, sku)),
  )
  const rows = (await tables.getMany(productFeed.table, keys)).map((item) => toRow(productFeed, item))
  return new Map(rows.filter(({ deleted }) => !deleted).map(({ key, data }) => [key, data]))
}
