import type { Catalog, CatalogProduct } from '../catalog/catalog.ts'
import { seededTime } from '../harness/clock.ts'
import { createRandom } from '../harness/random.ts'
import { toMagentoTime } from './magento-time.ts'
import { type CatalogNumbers, numberCatalog } from './sellable.ts'
import type { CustomAttribute, MediaEntry, Product, SourceItem } from './wire-types.ts'

const visibilities = ['Not Visible Individually', 'Catalog', 'Search', 'Catalog, Search']

/** Columns of the export that Magento derives itself. */
const derived = new Set(['has_options', 'required_options'])

/** Initial data from a catalog: its products, and the stock of the simple ones in source `default`. */
export function makeInitialProducts(
  catalog: Catalog,
  seed: number,
): { products: Product[]; sourceItems: SourceItem[] } {
  const numbers = numberCatalog(catalog)
  const random = createRandom(seed, 'product times')
  let media = 0
  const products = catalog.products.map((product) => {
    const updatedAt = product.updatedAt ?? seededTime(random, 20)
    const createdAt = product.createdAt ?? new Date(updatedAt.getTime() - 30 * 86_400_000)
    const made = toProduct(product, catalog, numbers, media, toMagentoTime(createdAt), toMagentoTime(updatedAt))
    media += product.images.length
    return made
  })
  const simple = catalog.products.filter(({ type }) => type === 'simple')
  const sourceItems = simple.map(({ sku, qty }) => {
    const quantity = Number(qty)
    return { sku, source_code: 'default', quantity, status: quantity > 0 ? 1 : 0 }
  })
  return { products, sourceItems }
}

function toProduct(
  product: CatalogProduct,
  catalog: Catalog,
  numbers: CatalogNumbers,
  mediaBefore: number,
  createdAt: string,
  updatedAt: string,
): Product {
  const sets = [...new Set(catalog.products.map(({ attributeSet }) => attributeSet))]
  return {
    id: numbers.productIds.get(product.sku) ?? 0,
    sku: product.sku,
    name: product.name,
    attribute_set_id: product.attributeSet === 'Default' ? 4 : 9 + sets.indexOf(product.attributeSet),
    price: Number(product.price ?? 0),
    status: product.online ? 1 : 2,
    visibility: Math.max(1, visibilities.indexOf(product.visibility) + 1),
    type_id: product.type,
    created_at: createdAt,
    updated_at: updatedAt,
    ...(product.weight === undefined ? {} : { weight: Number(product.weight) }),
    extension_attributes: extensionAttributes(product, numbers),
    product_links: [],
    options: [],
    media_gallery_entries: product.images.map((image, index) =>
      toMediaEntry(image, mediaBefore + index + 1, index + 1),
    ),
    tier_prices: [],
    custom_attributes: customAttributes(product),
  }
}

function toMediaEntry(image: CatalogProduct['images'][number], id: number, position: number): MediaEntry {
  const { file, label, roles } = image
  return {
    id,
    media_type: 'image',
    label: label === '' ? null : label,
    position,
    disabled: false,
    types: [...roles],
    file,
  }
}

/** Select attributes have their label where a real shop has an option's number: labels can be compared. */
function customAttributes(product: CatalogProduct): CustomAttribute[] {
  const values: Record<string, string | undefined> = {
    description: product.description,
    short_description: product.shortDescription,
    url_key: product.urlKey ?? product.sku.toLowerCase(),
    tax_class_id: '2',
  }
  for (const { file, roles } of product.images) for (const role of roles) values[role] = file
  for (const [code, choices] of Object.entries(product.attributes)) {
    if (!derived.has(code)) values[code] = choices.join(',')
  }
  return Object.entries(values).flatMap(([attribute_code, value]) => (value ? [{ attribute_code, value }] : []))
}

function extensionAttributes(product: CatalogProduct, numbers: CatalogNumbers): Record<string, unknown> {
  const links = product.categories.map((_path, position) => ({ position, category_id: String(position + 2) }))
  const common = { website_ids: [1], category_links: links }
  if (product.type === 'simple') return common
  const codes = [...new Set(product.children.flatMap(({ options }) => Object.keys(options)))]
  const id = numbers.productIds.get(product.sku) ?? 0
  const options = codes.map((code, position) => {
    const labels = [...new Set(product.children.map((child) => child.options[code] ?? ''))]
    return {
      id: id * 10 + position,
      attribute_id: String(numbers.attributeIds.get(code) ?? 0),
      label: code,
      position,
      values: labels.map((label) => ({ value_index: numbers.optionIds.get(`${code}|${label}`) ?? 0 })),
      product_id: id,
    }
  })
  const childIds = product.children.map(({ sku }) => numbers.productIds.get(sku) ?? 0)
  return { ...common, configurable_product_options: options, configurable_product_links: childIds }
}
