import type { Shop } from './shop.ts'
import type { Product } from './wire-types.ts'

/** Finds products as the catalogue does: it does not tell upper from lower case in SKUs. */
export function productFinder({ store }: Shop): (sku: string) => Product | undefined {
  let skus: Map<string, string> | undefined
  return (sku) => {
    const known = store.products.get(sku)
    if (known !== undefined) return known
    skus ??= new Map(store.products.all().map((product) => [product.sku.toLowerCase(), product.sku]))
    const other = skus.get(sku.toLowerCase())
    return other === undefined ? undefined : store.products.get(other)
  }
}
