import type { Catalog, CatalogProduct } from '../catalog/catalog.ts'
import { seededTime } from '../harness/clock.ts'
import { createRandom } from '../harness/random.ts'
import type { ProductNumbers } from './make-order-products.ts'
import type { Image, Product, Stock, Variant } from './wire-types.ts'

/** Initial data from a catalog. */
export interface InitialCatalog {
  products: Product[]
  stock: Stock[]
  numbers: ProductNumbers
  brands: { id: number; name: string }[]
}

/** Store locations: the default one, and another. */
export const LOCATIONS = [
  { location_id: 1, location_code: 'BC-LOCATION-1', location_name: 'Default location' },
  { location_id: 2, location_code: 'WAREHOUSE-2', location_name: 'Second warehouse' },
] as const

/** Products with their variants; the catalog's variants of configurable products become variants here. */
export function makeInitialCatalog(catalog: Catalog, seed: number): InitialCatalog {
  const random = createRandom(seed, 'product times')
  const bySku = new Map(catalog.products.map((product) => [product.sku, product]))
  const tops = catalog.products.filter(({ parentSku }) => parentSku === undefined)
  const brandNames = [...new Set(tops.map(({ sku }) => sku.split('-')[0] ?? sku))]
  const categoryNames = [...new Set(tops.flatMap(({ categories }) => categories))]
  let variantId = 0
  let imageId = 0
  const products = tops.map((top, index): Product => {
    const id = index + 1
    const modified = top.updatedAt ?? seededTime(random, 20)
    const created = top.createdAt ?? new Date(modified.getTime() - 30 * 86_400_000)
    const members = top.children.length === 0 ? [top] : top.children.flatMap(({ sku }) => bySku.get(sku) ?? [])
    const variants = members.map((member) => {
      variantId += 1
      return makeVariant(top, member, id, variantId)
    })
    const images = top.images.map((image, position): Image => {
      imageId += 1
      return {
        id: imageId,
        product_id: id,
        is_thumbnail: position === 0,
        sort_order: position,
        description: image.label,
        file: `/product_images${image.file}`,
        date_modified: modified.toISOString(),
      }
    })
    return {
      id,
      name: top.name,
      type: 'physical',
      sku: top.sku,
      description: top.description,
      weight: Number(top.weight ?? members[0]?.weight ?? 0),
      price: Number(top.price ?? members[0]?.price ?? 0),
      cost_price: 0,
      retail_price: 0,
      sale_price: 0,
      categories: top.categories.map((name) => categoryNames.indexOf(name) + 1),
      brand_id: brandNames.indexOf(top.sku.split('-')[0] ?? top.sku) + 1,
      inventory_warning_level: 0,
      inventory_tracking: top.children.length === 0 ? 'product' : 'variant',
      is_visible: top.online,
      availability: 'available',
      condition: 'New',
      upc: '',
      gtin: '',
      mpn: '',
      custom_url: { url: `/${top.urlKey ?? top.sku.toLowerCase()}/`, is_customized: false },
      date_created: created.toISOString(),
      date_modified: modified.toISOString(),
      custom_fields: customFields(top, id),
      images,
      variants,
    }
  })
  const members = products.flatMap(({ variants }) => variants)
  const numbers = new Map(members.map(({ sku, product_id: productId, id }) => [sku, { productId, variantId: id }]))
  const stock = members.flatMap((variant) => stockOf(variant, Number(bySku.get(variant.sku)?.qty ?? 0)))
  return { products, stock, numbers, brands: brandNames.map((name, index) => ({ id: index + 1, name })) }
}

function makeVariant(top: CatalogProduct, member: CatalogProduct, productId: number, id: number): Variant {
  const variation = top.children.find(({ sku }) => sku === member.sku)
  const own = member.price !== undefined && member.price !== top.price && top.children.length > 0
  return {
    id,
    product_id: productId,
    sku: member.sku,
    sku_id: top.children.length === 0 ? null : id,
    price: own ? Number(member.price) : null,
    weight: member.weight === undefined || top.children.length === 0 ? null : Number(member.weight),
    upc: '',
    mpn: '',
    gtin: '',
    image_url: '',
    purchasing_disabled: !member.online,
    option_values: Object.entries(variation?.options ?? {}).map(([option, label], index) => ({
      id: id * 10 + index,
      label,
      option_id: index + 1,
      option_display_name: option,
    })),
  }
}

function customFields(product: CatalogProduct, productId: number): Product['custom_fields'] {
  return Object.entries(product.attributes)
    .flatMap(([name, values]) => {
      const value = values.join(', ').slice(0, 250)
      return value === '' ? [] : [{ name, value }]
    })
    .map((field, index) => ({ id: productId * 100 + index, ...field }))
}

function stockOf({ id, product_id, sku }: Variant, quantity: number): Stock[] {
  return LOCATIONS.map(({ location_id }) => ({
    variant_id: id,
    product_id,
    sku,
    location_id,
    quantity: location_id === 1 ? quantity : Math.floor(quantity / 3),
  }))
}
