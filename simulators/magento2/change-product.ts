import { createHash } from 'node:crypto'
import { isRequired, MagentoError } from './magento-error.ts'
import { typeError } from './routes.ts'
import type { Shop } from './shop.ts'
import type { CustomAttribute, MediaEntry, Product } from './wire-types.ts'

/** A new value of an attribute; `null` removes it. */
export interface AttributeChange {
  attribute_code: string
  value?: unknown
}

/** A product in a request body: any field may be missing. */
export type ProductChanges = Omit<Partial<Product>, 'custom_attributes'> & { custom_attributes?: AttributeChange[] }

const roles = ['image', 'small_image', 'thumbnail', 'swatch_image']
const integers = ['attribute_set_id', 'status', 'visibility'] as const

/**
 * Creates or changes a product like `ProductRepository::save`: attributes are merged by code, `null` removes one, a
 * list of media entries replaces the gallery. Moves `updated_at`.
 *
 * @throws MagentoError 400 for a value of a wrong type, or a new product without a name
 */
export function saveProduct(shop: Shop, sku: string, changes: ProductChanges): Product {
  const saved = { ...previewProduct(shop, sku, changes), updated_at: shop.stamp() }
  shop.store.products.put(saved)
  return saved
}

/** What `saveProduct` would store, except `updated_at`; writes nothing. */
function previewProduct(shop: Shop, sku: string, changes: ProductChanges): Product {
  const known = shop.store.products.get(sku)
  if (known === undefined && !changes.name) {
    const message = 'The "Product Name" attribute value is empty. Set the attribute and try again.'
    throw new MagentoError(400, message)
  }
  const base = known ?? newProduct(shop, sku, shop.stamp())
  const { custom_attributes: attributes, extension_attributes: extension, media_gallery_entries: media } = changes
  const product: Product = {
    ...base,
    ...scalarChanges(changes),
    extension_attributes: { ...base.extension_attributes, ...extension },
    custom_attributes: mergeAttributes(base.custom_attributes, attributes ?? []),
    ...(media === undefined ? {} : { media_gallery_entries: media.map((entry) => keepEntry(shop, base, entry)) }),
  }
  return media === undefined ? product : withRoles(product)
}

/** Attributes merged by code; `null` removes one. */
export function mergeAttributes(
  kept: readonly CustomAttribute[],
  changes: readonly AttributeChange[],
): CustomAttribute[] {
  const merged = new Map(kept.map(({ attribute_code: code, value }) => [code, value]))
  for (const { attribute_code: code, value } of changes) {
    if (value === null || value === undefined || value === '') merged.delete(code)
    else merged.set(code, Array.isArray(value) ? value.map(String) : String(value))
  }
  return [...merged].map(([attribute_code, value]) => ({ attribute_code, value }))
}

/** Text of an attribute; null: the product does not have it. */
export function attributeOf({ custom_attributes: attributes }: Product, code: string): string | null {
  const value = attributes.find(({ attribute_code }) => attribute_code === code)?.value
  return value === undefined ? null : String(value)
}

/** Sets the role attributes (`image` …) from the gallery's `types`. */
function withRoles(product: Product): Product {
  const values = roles.map((role) => {
    const entry = product.media_gallery_entries.find(({ types }) => types.includes(role))
    return { attribute_code: role, value: entry?.file ?? null }
  })
  return { ...product, custom_attributes: mergeAttributes(product.custom_attributes, values) }
}

/** Adds an image, or replaces the one with its id; other images lose its roles. @returns the entry */
export function saveMedia(
  shop: Shop,
  product: Product,
  changes: Partial<MediaEntry> & { content?: MediaContent },
): MediaEntry {
  const entry = keepEntry(shop, product, changes)
  const others = product.media_gallery_entries
    .filter(({ id }) => id !== entry.id)
    .map((other) => ({ ...other, types: other.types.filter((type) => !entry.types.includes(type)) }))
  const entries = [...others, entry].sort((a, b) => a.id - b.id)
  shop.store.products.put(withRoles({ ...product, media_gallery_entries: entries, updated_at: shop.stamp() }))
  return entry
}

export function removeMedia(shop: Shop, product: Product, id: number): void {
  const entries = product.media_gallery_entries.filter((entry) => entry.id !== id)
  shop.store.products.put(withRoles({ ...product, media_gallery_entries: entries, updated_at: shop.stamp() }))
}

function newProduct(shop: Shop, sku: string, now: string): Product {
  const highest = shop.store.products.all().reduce((id, product) => Math.max(id, product.id), 0)
  return {
    id: highest + 1,
    sku,
    name: sku,
    attribute_set_id: 4,
    price: 0,
    status: 1,
    visibility: 4,
    type_id: 'simple',
    created_at: now,
    updated_at: now,
    extension_attributes: { website_ids: [1] },
    product_links: [],
    options: [],
    media_gallery_entries: [],
    tier_prices: [],
    custom_attributes: [],
  }
}

/** The product's own columns. Decimals may come as text; they are numbers from here on. */
function scalarChanges(changes: ProductChanges): Partial<Product> {
  const scalars: Partial<Product> = {}
  if (changes.name !== undefined) scalars.name = String(changes.name)
  if (changes.type_id !== undefined) scalars.type_id = String(changes.type_id)
  for (const field of ['price', 'weight'] as const) {
    if (changes[field] !== undefined) scalars[field] = readNumber(field, changes[field], 'float')
  }
  for (const field of integers) {
    if (changes[field] !== undefined) scalars[field] = readNumber(field, changes[field], 'int')
  }
  return scalars
}

function readNumber(field: string, value: unknown, type: 'float' | 'int'): number {
  const number = typeof value === 'string' && value.trim() === '' ? Number.NaN : Number(value)
  if (value === null || Number.isNaN(number) || (type === 'int' && !Number.isInteger(number))) {
    throw typeError(field, value, type)
  }
  return number
}

function keepEntry(shop: Shop, product: Product, entry: Partial<MediaEntry> & { content?: MediaContent }): MediaEntry {
  const known = product.media_gallery_entries.find(({ id }) => id === entry.id)
  const file = known?.file ?? entry.file ?? freeName(shop, fileOf(entry.content))
  return {
    id: known?.id ?? shop.store.nextId('media'),
    media_type: entry.media_type ?? known?.media_type ?? 'image',
    label: entry.label === undefined ? (known?.label ?? null) : entry.label,
    position: entry.position ?? known?.position ?? product.media_gallery_entries.length + 1,
    disabled: entry.disabled ?? known?.disabled ?? false,
    types: entry.types ?? known?.types ?? [],
    file,
  }
}

/** An existing file name gets a number, as in the vendor's media folder. */
function freeName(shop: Shop, file: string): string {
  const products = shop.store.products.all()
  const isTaken = (name: string) =>
    products.some((one) => one.media_gallery_entries.some((entry) => entry.file === name))
  const [, name = file, ending = ''] = /^(.*)(\.[a-z]+)$/.exec(file) ?? []
  let free = file
  for (let number = 1; isTaken(free); number += 1) free = `${name}_${number}${ending}`
  return free
}

export interface MediaContent {
  base64_encoded_data?: string
  type?: string
  name?: string
}

/** As `Magento\Framework\Api\ImageContentValidator`; it accepts no WebP (github.com/magento/magento2/issues/35836). */
function fileOf(content: MediaContent | undefined): string {
  if (!content?.base64_encoded_data || !content.type) throw isRequired('content')
  const bytes = Buffer.from(content.base64_encoded_data, 'base64')
  if (/^RIFF[\s\S]{4}WEBP/.test(bytes.subarray(0, 12).toString('latin1'))) {
    throw new MagentoError(400, 'The image MIME type is not valid or not supported.')
  }
  if (!/^(\xff\xd8\xff|\x89PNG|GIF8)/.test(bytes.subarray(0, 4).toString('latin1'))) {
    throw new MagentoError(400, 'The image content must be valid base64 encoded data.')
  }
  const extension = content.type.split('/')[1]?.replace('jpeg', 'jpg') ?? 'jpg'
  const digest = createHash('sha256').update(content.base64_encoded_data).digest('hex').slice(0, 16)
  const name = (content.name ?? digest)
    .toLowerCase()
    .replace(/\.[a-z]+$/, '')
    .replace(/[^a-z0-9_-]/g, '_')
  return disperse(`${name}.${extension}`)
}

/** Magento stores files in folders of their first two letters: `/m/b/mb01.jpg`. */
function disperse(name: string): string {
  return `/${name[0] ?? '_'}/${name[1] ?? '_'}/${name}`
}
