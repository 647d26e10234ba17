import { coalesce } from '../kit/coalesce.ts'
import { skuKey } from '../kit/sku.ts'
import { textOf, type Wire } from '../kit/wire.ts'
import type { Magento2Client } from './client.ts'

/** SKUs of one list call. */
const MOST = 40
/** They are in its address, which may have some thousands of characters. */
const MOST_CHARACTERS = 3_000
/** Magento has none that is longer. */
const LONGEST_SKU = 64

/** What the shop has of a product (its SKU and status); undefined: it has none. Those asked for together go in one call. */
export type KnownProduct = (sku: string, signal: AbortSignal) => Promise<Wire | undefined>

export function knownProducts(client: Pick<Magento2Client, 'findProducts'>): KnownProduct {
  return coalesce(async (skus: readonly string[]) => {
    const found = new Map<string, Wire>()
    for (const value of addressesOf(skus.filter((sku) => sku.length <= LONGEST_SKU))) {
      const filters = [{ field: 'sku', condition: 'in', value }] as const
      const search = { filters, sort: ['entity_id'], limit: MOST, fields: 'items[sku,status],total_count' }
      const { items } = await client.findProducts(search)
      // Magento compares SKUs without regard to case.
      for (const item of items) found.set(skuKey(item['sku'])?.toLowerCase() ?? '', item)
    }
    return skus.map((sku) => found.get(sku.toLowerCase()))
  }, MOST)
}

/** What is to be told where the shop has the SKU in other letters, which it takes for the same: another SKU may mean it too. */
export function lettersNote(sku: string, product: Wire | undefined): string | null {
  const known = textOf(product?.['sku'])
  if (known === null || known === sku) return null
  return `the shop has ${sku} as ${JSON.stringify(known)}: SKUs that differ in case or blanks alone are one product there`
}

/** The SKUs by the calls that they fit in. One with a comma goes alone: it would have each be a filter of its own. */
function addressesOf(skus: readonly string[]): readonly (readonly string[])[] {
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
