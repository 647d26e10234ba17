import { coalesce } from '../kit/coalesce.ts'
import { skuKey } from '../kit/sku.ts'
import { textOf, type Wire } from '../kit/wire.ts'
import type { Magento2Client } from './client.ts'

/** Most SKUs in one list call. */
const MOST = 40
/** Most characters of SKUs in one call: they are part of its URL, which is limited to some thousands. */
const MOST_CHARACTERS = 3_000
/** Magento's longest SKU. */
const LONGEST_SKU = 64

/** The shop's SKU and status of a product; undefined if it has none. Lookups made together share one call. */
export type KnownProduct = (sku: string, signal: AbortSignal) => Promise<Wire | undefined>

export function knownProducts(client: Pick<Magento2Client, 'findProducts'>): KnownProduct {
  return coalesce(async (skus: readonly string[]) => {
    const found = new Map<string, Wire>()
    for (const value of groupIntoCalls(skus.filter((sku) => sku.length <= LONGEST_SKU))) {
      const filters = [{ field: 'sku', condition: 'in', value }] as const
      const search = { filters, sort: ['entity_id'], limit: MOST, fields: 'items[sku,status],total_count' }
      const { items } = await client.findProducts(search)
      // Magento compares SKUs case-insensitively.
      for (const item of items) found.set(skuKey(item['sku'])?.toLowerCase() ?? '', item)
    }
    return skus.map((sku) => found.get(sku.toLowerCase()))
  }, MOST)
}

/**
 * The note if the shop stores the SKU in another spelling, which it treats as the same: another SKU may refer to the
 * same product.
 */
export function lettersNote(sku: string, product: Wire | undefined): string | null {
  const known = textOf(product?.['sku'])
  if (known === null || known === sku) return null
  return `the shop has ${sku} as ${JSON.stringify(known)}: SKUs that differ only in case or blanks are one product there`
}

/** Groups SKUs into calls. A SKU with a comma gets its own call: Magento splits values at commas. */
function groupIntoCalls(skus: readonly string[]): readonly (readonly string[])[] {
  const addresses: string[][] = []
  let left = 0
  for (const sku of skus.filter((one) => !one.includes(','))) {
    const length = encodeURIComponent(sku).length + 3
    const last = addresses.at(-1)
    if (last === undefined || length > left) {
      addresses.push([sku])
      left = MOST_CHARACTERS - length
    } else {
      last.push(sku)
      left -= length
    }
  }
  return [...addresses, ...skus.filter((sku) => sku.includes(',')).map((sku) => [sku])]
}
