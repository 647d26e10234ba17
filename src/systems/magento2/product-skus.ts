import { StreamError } from '../../errors.ts'
import { skuKey } from '../kit/sku.ts'
import { textOf } from '../kit/wire.ts'
import type { Magento2Client } from './client.ts'
import type { BaseSkus } from './order-lines.ts'

/** Ids of one list call: they are in its address. */
const MOST = 100
/** SKUs that are remembered, of products with options in shops of any size. */
const MOST_KNOWN = 10_000

/** Looks up SKUs of products by their ids, each once as long as it is remembered. */
export type FindSkus = (productIds: readonly string[], signal: AbortSignal) => Promise<BaseSkus>

/** A shop that does not let its products be read tells no SKU: then an order is read without. */
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

/** Null where the products may not be read. */
export function withoutPermission(error: unknown): null {
  if (error instanceof StreamError && error.code === 'permission_missing') return null
  throw error
}
