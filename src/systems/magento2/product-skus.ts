import { StreamError } from '../../errors.ts'
import { skuKey } from '../kit/sku.ts'
import { textOf } from '../kit/wire.ts'
import type { Magento2Client } from './client.ts'
import type { BaseSkus } from './order-lines.ts'

/** Most ids in one list call: they are part of its URL. */
const MOST = 100
/** Most cached SKUs of products with options. */
const MOST_KNOWN = 10_000

/** Looks up SKUs of products by their ids, with a cache. */
export type FindSkus = (productIds: readonly string[], signal: AbortSignal) => Promise<BaseSkus>

/** If the products are not readable, no SKU is known and orders are read without them. */
export function productSkus(client: Pick<Magento2Client, 'findProducts'>): FindSkus {
  const known = new Map<string, string | null>()
  return async (productIds, signal) => {
    const unknown = [...new Set(productIds)].filter((id) => !known.has(id))
    if (known.size + unknown.length > MOST_KNOWN) known.clear()
    for (let at = 0; at < unknown.length; at += MOST) {
      const ids = unknown.slice(at, at + MOST)
      const found = await skusOf(client, ids, signal)
      for (const id of ids) known.set(id, found.get(id) ?? null)
    }
    return (id) => known.get(id) ?? undefined
  }
}

async function skusOf(
  client: Pick<Magento2Client, 'findProducts'>,
  ids: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, string>> {
  const filters = [{ field: 'entity_id', condition: 'in', value: ids }] as const
  const search = { filters, sort: ['entity_id'], limit: ids.length, fields: 'items[id,sku],total_count' }
  const found = await client.findProducts(search, signal).catch(withoutPermission)
  return new Map(
    (found?.items ?? []).flatMap((item) => {
      const [id, sku] = [textOf(item['id']), skuKey(item['sku'])]
      return id === null || sku === null ? [] : [[id, sku] as const]
    }),
  )
}

/** Null if the permission to read products is missing. */
export function withoutPermission(error: unknown): null {
  if (error instanceof StreamError && error.code === 'permission_missing') return null
  throw error
}
