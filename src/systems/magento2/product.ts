import { type Decimal8, decimal8 } from '../../events/decimal.ts'
import type { Product } from '../../events/generated/events.ts'
import { type ReadLevels, readLevels } from '../kit/price-levels.ts'
import { requireSku, skuKey } from '../kit/sku.ts'
import {
  attributesOf,
  priceOf,
  quantityOf,
  requireText,
  roundingNote,
  textOf,
  type Wire,
  wireOf,
  wiresOf,
} from '../kit/wire.ts'

/**
 * Fields that the product already has, that change without a change of content, or that are separate entities (media).
 */
const LEFT_OUT = new Set(
  [
    'id sku name type_id status price weight created_at updated_at custom_attributes extension_attributes',
    'media_gallery_entries tier_prices',
  ].flatMap((names) => names.split(' ')),
)

/** Media roles, which belong to the images. */
const MEDIA_ROLES = new Set(['image', 'small_image', 'thumbnail', 'swatch_image'])

const WEIGHT_UNITS: Readonly<Record<string, string>> = { kgs: 'kg', lbs: 'lb' }

/** Data that a product's row does not contain. */
export interface ProductSurroundings {
  /** ISO 4217 code of the shop's prices; null: unknown. */
  readonly currency: string | null
  /** The weight unit of the store's configuration. */
  readonly weightUnit: string | null
  /** SKU of the configurable parent, by the variant's id. */
  readonly parents: ReadonlyMap<string, string>
}

/**
 * Converts Magento's product to the event's data. Pure. `attributes` has custom attributes by code and extension
 * attributes by name. Throws `value_missing` or `decimal_invalid` with the field.
 */
export function toProduct(row: Wire, { currency, weightUnit, parents }: ProductSurroundings): Product {
  const custom = new Map(
    wiresOf(row['custom_attributes']).map((attribute) => [textOf(attribute['attribute_code']), attribute['value']]),
  )
  const price = priceOf(row, 'price')
  const weight = priceOf(row, 'weight')
  const tiers = tierPrices(row)
  return {
    sku: requireSku(row, 'sku'),
    name: textOf(row['name']),
    productType: textOf(row['type_id']) ?? 'unknown',
    active: textOf(row['status']) === '1',
    parentSku: parents.get(textOf(row['id']) ?? '') ?? null,
    barcode: null,
    manufacturer: textOf(custom.get('manufacturer')),
    price,
    currency: price === null ? null : currency,
    priceLevels: [...tiers.levels],
    weight,
    weightUnit: weight === null || weightUnit === null ? null : (WEIGHT_UNITS[weightUnit] ?? weightUnit),
    attributes: {
      ...attributesOf(row, LEFT_OUT),
      ...attributesOf(wireOf(row['extension_attributes']), new Set()),
      ...attributesOf(Object.fromEntries([...custom].filter(([code]) => code !== null)), MEDIA_ROLES),
      ...tiers.attributes,
      ...roundingNote({ price: row['price'], weight: row['weight'] }),
    },
  }
}

/** Fixed prices of customer groups by minimum quantity, sorted; percentage discounts are left out. */
function tierPrices(row: Wire): ReadLevels {
  const fixed = [...wiresOf(row['tier_prices']).entries()].filter(([, tier]) => {
    return textOf(wireOf(tier['extension_attributes'])['percentage_value']) === null
  })
  const { levels, attributes } = readLevels(fixed, {
    nameOf: ([, tier]) => textOf(tier['customer_group_id']),
    read([index, tier]) {
      const path = `tier_prices[${index}].`
      const quantity = quantityOf(tier, 'qty', path) ?? decimal8('1', `${path}qty`)
      const price = priceOf(tier, 'value', path)
      return price === null ? [] : [{ level: requireText(tier, 'customer_group_id', path), quantity, price }]
    },
    base: null,
  })
  return { levels: levels.toSorted((a, b) => byText(a.level, b.level) || byAmount(a.quantity, b.quantity)), attributes }
}

const byText = (a: string, b: string): number => (a < b ? -1 : Number(a > b))
const byAmount = (a: Decimal8, b: Decimal8): number => (a < b ? -1 : Number(a > b))

/** Maps variants' ids to their parent's SKU; if there are several parents, the oldest one. */
export function parentsOf(configurables: readonly Wire[]): ReadonlyMap<string, string> {
  const parents = new Map<string, string>()
  for (const row of configurables) {
    const sku = skuKey(row['sku'])
    const links = wireOf(row['extension_attributes'])['configurable_product_links']
    for (const link of Array.isArray(links) ? links : []) {
      const id = textOf(link)
      if (id !== null && sku !== null && !parents.has(id)) parents.set(id, sku)
    }
  }
  return parents
}
