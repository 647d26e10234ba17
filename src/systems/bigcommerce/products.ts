import type { Product } from '../../events/generated/events.ts'
import { requireSku, skuKey, skuOf } from '../kit/sku.ts'
import { attributesOf, priceOf, roundingNote, textOf, type Wire, wiresOf } from '../kit/wire.ts'

/** Fields that the product already has, that are separate lists, or that change with sales and views. */
const LEFT_OUT = new Set(
  [
    'id sku name type is_visible upc price weight brand_id variants images custom_fields options modifiers videos',
    'date_created date_modified date_last_imported total_sold view_count reviews_count reviews_rating_sum',
    'inventory_level inventory_warning_level base_variant_id calculated_price primary_image related_products',
  ].flatMap((names) => names.split(' ')),
)

const VARIANT_LEFT_OUT = new Set(
  [
    'id product_id sku sku_id price upc weight option_values image_url inventory_level inventory_warning_level',
    'calculated_price calculated_weight purchasing_disabled purchasing_disabled_message',
  ].flatMap((names) => names.split(' ')),
)

/** Data shared by all rows of a product. */
export interface ProductContext {
  /** Name of its brand; null if it has none. */
  readonly brand: string | null
  /** ISO 4217 code of the store's prices; null: unknown. */
  readonly currency: string | null
  /** Unit of the store's weights; null: unknown. */
  readonly weightUnit: string | null
}

/** The variants that count as separate products: those with a SKU other than the product's. */
export function ownVariants(product: Wire): readonly Wire[] {
  const sku = skuKey(product['sku'])
  return wiresOf(product['variants']).filter((variant) => {
    const own = skuKey(variant['sku'])
    return own !== null && own !== sku
  })
}

/** All SKUs of a product: its own and its variants'. */
export function skusOf(product: Wire): string[] {
  const own = skuKey(product['sku'])
  const variants = ownVariants(product).map((variant) => skuKey(variant['sku']) ?? '')
  return own === null ? variants : [own, ...variants]
}

/**
 * Converts a product to rows: itself, and each variant with its own SKU. A product without a SKU whose variants have
 * SKUs has no row of its own. Throws `value_missing` if there is no SKU at all.
 */
export function toProducts(product: Wire, context: ProductContext): Product[] {
  const variants = ownVariants(product)
  if (skuKey(product['sku']) === null && variants.length > 0) {
    return variants.map((variant) => toVariant(product, variant, context))
  }
  const base = toProduct(product, variants.length > 0 ? 'configurable' : null, context)
  return [base, ...variants.map((variant) => toVariant(product, variant, context))]
}

function toProduct(product: Wire, kind: string | null, context: ProductContext): Product {
  return {
    sku: requireSku(product, 'sku'),
    name: textOf(product['name']),
    productType: kind ?? textOf(product['type']) ?? 'physical',
    active: product['is_visible'] === true,
    parentSku: null,
    barcode: textOf(product['upc']),
    manufacturer: context.brand,
    price: priceOf(product, 'price'),
    currency: context.currency,
    priceLevels: [],
    weight: priceOf(product, 'weight'),
    weightUnit: context.weightUnit,
    attributes: {
      ...attributesOf(product, LEFT_OUT),
      ...customFields(product),
      ...roundingNote({ price: product['price'], weight: product['weight'] }),
    },
  }
}

/** A variant inherits fields that it does not set. */
function toVariant(product: Wire, variant: Wire, context: ProductContext): Product {
  const own = (name: string) => (textOf(variant[name]) === null ? product[name] : variant[name])
  return {
    ...toProduct({ ...product, sku: skuOf(variant, 'sku', 'variants.') }, null, context),
    active: product['is_visible'] === true && variant['purchasing_disabled'] !== true,
    parentSku: skuOf(product, 'sku'),
    barcode: textOf(variant['upc']) ?? textOf(product['upc']),
    price: priceOf(variant, 'price', 'variants.') ?? priceOf(product, 'price'),
    weight: priceOf(variant, 'weight', 'variants.') ?? priceOf(product, 'weight'),
    attributes: {
      ...attributesOf(product, LEFT_OUT),
      ...customFields(product),
      ...attributesOf(variant, VARIANT_LEFT_OUT),
      ...options(variant),
      ...roundingNote({ price: own('price'), weight: own('weight') }),
    },
  }
}

/** Custom fields become attributes by name. */
function customFields(product: Wire): Record<string, string> {
  return attributesOf(named(wiresOf(product['custom_fields']), 'name', 'value'), new Set())
}

function options(variant: Wire): Record<string, string> {
  return attributesOf(named(wiresOf(variant['option_values']), 'option_display_name', 'label'), new Set())
}

/** Values by name; several different values of one name become a list. */
function named(rows: readonly Wire[], name: string, value: string): Wire {
  const byName = Map.groupBy(rows, (row) => textOf(row[name]))
  return Object.fromEntries(
    [...byName].flatMap(([key, own]) => {
      const values = [...new Set(own.map((row) => row[value]))]
      return key === null ? [] : [[key, values.length === 1 ? values[0] : values] as const]
    }),
  )
}
