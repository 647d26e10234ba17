import { coalesce } from '../../systems/coalesce.ts'
import type { Magento2Client } from '../../systems/magento2/client.ts'
import { textOf, type Wire } from '../../systems/wire.ts'

/** SKUs of one list call: they are in its address, which may have some thousands of characters. */
const MOST = 40

/** What the shop has of a product (its SKU and status); undefined: it has none. Those asked for together go in one call. */
export type KnownProduct = (sku: string, signal: AbortSignal) => Promise<Wire | undefined>

export function knownProducts(client: Pick<Magento2Client, 'findProducts'>): KnownProduct {
  return coalesce(async (skus: readonly string[]) => {
    const filters = [{ field: 'sku', condition: 'in', value: skus }] as const
    const search = { filters, sort: ['entity_id'], limit: MOST, fields: 'items[sku,status],total_count' }
    const { items } = await client.findProducts(search)
    // Magento tells SKUs apart without regard to case.
    const found = new Map(items.map((item) => [textOf(item['sku'])?.toLowerCase(), item]))
    return skus.map((sku) => found.get(sku.toLowerCase()))
  }, MOST)
}
