import { BigCommerceError } from './problems.ts'
import { choices, productColumns } from './product-columns.ts'
import type { Shop } from './shop.ts'
import type { Product } from './wire-types.ts'

export type ProductBody = Readonly<Record<string, unknown>>

const CUSTOM_FIELD_CHARACTERS = 250

/** @throws BigCommerceError 409 for an existing SKU or name, 422 for a missing value or a wrong type */
export function addProduct(shop: Shop, body: ProductBody): Product {
  const missing = ['name', 'type', 'weight', 'price'].filter((field) => body[field] === undefined)
  if (missing.length > 0) {
    throw new BigCommerceError(
      422,
      'Missing or incorrect required fields',
      Object.fromEntries(missing.map((f) => [f, 'is required'])),
    )
  }
  checkTaken(shop, body)
  const { store } = shop
  const id = store.nextId('product')
  const sku = String(body['sku'] ?? '')
  const now = shop.stamp()
  const variant = { id: store.nextId('variant'), product_id: id, sku, price: null, image_url: '', option_values: [] }
  const blank: Product = {
    id,
    name: '',
    type: String(body['type']),
    sku,
    description: '',
    weight: 0,
    price: 0,
    categories: [],
    brand_id: 0,
    inventory_tracking: 'none',
    is_visible: true,
    date_created: now,
    date_modified: now,
    custom_fields: [],
    images: [],
    variants: [variant],
  }
  const product = store.products.put(withBody(shop, blank, body))
  shop.announce('store/product/created', { type: 'product', id })
  return product
}

export function changeProduct(shop: Shop, product: Product, body: ProductBody): Product {
  checkTaken(shop, body, product.id)
  const changed = shop.store.products.put(withBody(shop, { ...product, date_modified: shop.stamp() }, body))
  shop.announce('store/product/updated', { type: 'product', id: product.id })
  return changed
}

function checkTaken({ store }: Shop, { sku, name }: ProductBody, own?: number): void {
  const others = store.products.all().filter(({ id }) => id !== own)
  if (
    typeof sku === 'string' &&
    sku !== '' &&
    others.some((one) => one.sku === sku || one.variants.some((v) => v.sku === sku))
  ) {
    throw new BigCommerceError(409, 'The product sku is a duplicate', { sku: 'duplicate' })
  }
  if (typeof name === 'string' && others.some((one) => one.name === name)) {
    throw new BigCommerceError(409, 'The product name is a duplicate', { name: 'duplicate' })
  }
}

function withBody(shop: Shop, product: Product, body: ProductBody): Product {
  const changed: Record<string, unknown> = { ...product }
  for (const [field, value] of Object.entries(body)) {
    if (field in choices && !choices[field]?.includes(String(value))) throw wrong(field)
    if (field in productColumns.text || field in choices) changed[field] = text(body, field)
    else if (field in productColumns.number || field === 'brand_id') changed[field] = number(body, field)
    else if (field in productColumns.flag) changed[field] = flag(body, field)
    else if (field in productColumns.list) changed[field] = list(body, field)
    else if (field === 'brand_name') changed['brand_id'] = brandId(shop, text(body, field))
    else if (field === 'custom_fields') changed[field] = customFields(shop, product, value)
    else if (field !== 'sku') throw wrong(field)
  }
  return changed as Product
}

/** Creates an unknown brand. */
function brandId({ brands }: Shop, name: string): number {
  const known = brands.find((brand) => brand.name.toLowerCase() === name.toLowerCase())
  if (known !== undefined) return known.id
  const id = Math.max(0, ...brands.map((brand) => brand.id)) + 1
  brands.push({ id, name })
  return id
}

function flag(body: ProductBody, field: string): boolean {
  const value = body[field]
  if (typeof value !== 'boolean') throw wrong(field)
  return value
}

function list(body: ProductBody, field: string): unknown[] {
  const value = body[field]
  if (!Array.isArray(value)) throw wrong(field)
  return field === 'categories' ? value.map(Number) : value
}

/** Fields with an id are changed, those without are created; others stay. */
export function customFields(shop: Shop, product: Product, given: unknown): Product['custom_fields'] {
  if (!Array.isArray(given)) throw wrong('custom_fields')
  const fields = given as { id?: number; name?: string; value?: string }[]
  const kept = new Map(product.custom_fields.map((field) => [field.id, field]))
  for (const { id, name, value } of fields) {
    if (typeof name !== 'string' || typeof value !== 'string' || value === '') throw wrong('custom_fields')
    if (name.length > CUSTOM_FIELD_CHARACTERS || value.length > CUSTOM_FIELD_CHARACTERS) throw wrong('custom_fields')
    const key = id ?? shop.store.nextId('custom field')
    kept.set(key, { id: key, name, value })
  }
  return [...kept.values()]
}

function text(body: ProductBody, field: string): string {
  const value = body[field]
  if (typeof value !== 'string' || (field === 'name' && (value === '' || value.length > 250))) throw wrong(field)
  return value
}

function number(body: ProductBody, field: string): number {
  const value = body[field]
  if (typeof value !== 'number' || value < 0) throw wrong(field)
  return value
}

export function wrong(field: string): BigCommerceError {
  return new BigCommerceError(422, 'JSON data is missing or invalid', { [field]: 'is not valid' })
}
