import { skuKey } from '../kit/sku.ts'
import { requireText, type Wire, wiresOf } from '../kit/wire.ts'
import type { BigCommerceClient } from './client.ts'

/** The owner of a SKU: a product, or one of its variants. */
export interface FoundProduct {
  readonly id: string
  readonly product: Wire
  /** Null: the SKU belongs to the product itself. */
  readonly variant: Wire | null
}

/** Finds a product or variant by exact SKU; null if there is none. `include`: lists to load with the product. */
export async function findProduct(
  client: BigCommerceClient,
  sku: string,
  include: readonly string[],
  signal: AbortSignal,
): Promise<FoundProduct | null> {
  const lists = include.length === 0 ? [] : [['include', include.join(',')] as const]
  const products = await client.page('/v3/catalog/products', [['sku', sku], ...lists], signal)
  const product = products.rows.find((row) => skuKey(row['sku']) === sku)
  if (product !== undefined) return { id: requireText(product, 'id'), product, variant: null }
  const variants = await client.page('/v3/catalog/variants', [['sku', sku]], signal)
  const variant = variants.rows.find((row) => skuKey(row['sku']) === sku)
  if (variant === undefined) return null
  const id = requireText(variant, 'product_id')
  const [parent] = (await client.page('/v3/catalog/products', [['id:in', id], ...lists], signal)).rows
  return parent === undefined ? null : { id, product: parent, variant }
}

/** A list of a product that was loaded by `include`. */
export function listOf(product: Wire, name: string): readonly Wire[] {
  return wiresOf(product[name])
}
