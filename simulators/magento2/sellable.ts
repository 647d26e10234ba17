import type { Catalog, CatalogProduct } from '../catalog/catalog.ts'

/** A simple product that can be ordered, alone or as the variant of a configurable one. */
export interface Sellable {
  id: number
  product: CatalogProduct
  /** Its price as decimal text. */
  price: string
  parent?: { id: number; product: CatalogProduct; options: { option_id: string; option_value: number }[] }
}

/** The shop's numbers of products, option attributes and option values: by their index in the catalog. */
export interface CatalogNumbers {
  productIds: ReadonlyMap<string, number>
  attributeIds: ReadonlyMap<string, number>
  /** By `attribute code|label`. */
  optionIds: ReadonlyMap<string, number>
}

export function numberCatalog({ products }: Catalog): CatalogNumbers {
  const productIds = new Map(products.map(({ sku }, index) => [sku, index + 1]))
  const attributeIds = new Map<string, number>()
  const optionIds = new Map<string, number>()
  for (const { options } of products.flatMap(({ children }) => children)) {
    for (const [code, label] of Object.entries(options)) {
      if (!attributeIds.has(code)) attributeIds.set(code, 140 + attributeIds.size)
      if (!optionIds.has(`${code}|${label}`)) optionIds.set(`${code}|${label}`, 50 + optionIds.size)
    }
  }
  return { productIds, attributeIds, optionIds }
}

/** Everything that can be ordered, with the vendor's goods (SKU matches the pattern) separate from the others'. */
export function listSellables(
  catalog: Catalog,
  vendorPattern: RegExp,
): { vendor: readonly Sellable[]; others: readonly Sellable[] } {
  const numbers = numberCatalog(catalog)
  const bySku = new Map(catalog.products.map((product) => [product.sku, product]))
  const sellables = catalog.products.flatMap((product) => {
    if (product.type !== 'simple' || !product.online) return []
    return [toSellable(product, bySku.get(product.parentSku ?? ''), numbers)]
  })
  // A pattern with a `g` flag would keep its position between calls.
  const pattern = new RegExp(vendorPattern.source, vendorPattern.flags.replace('g', ''))
  return {
    vendor: sellables.filter(({ product }) => pattern.test(product.sku)),
    others: sellables.filter(({ product }) => !pattern.test(product.sku)),
  }
}

function toSellable(product: CatalogProduct, parent: CatalogProduct | undefined, numbers: CatalogNumbers): Sellable {
  const sellable = { id: numbers.productIds.get(product.sku) ?? 0, product, price: product.price ?? '0' }
  if (parent === undefined) return sellable
  const variation = parent.children.find(({ sku }) => sku === product.sku)
  const options = Object.entries(variation?.options ?? {}).map(([code, label]) => ({
    option_id: String(numbers.attributeIds.get(code) ?? 0),
    option_value: numbers.optionIds.get(`${code}|${label}`) ?? 0,
  }))
  return { ...sellable, parent: { id: numbers.productIds.get(parent.sku) ?? 0, product: parent, options } }
}
