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

/** Fields that are in the product itself, change without its content changing, or are entities of their own (media). */
const LEFT_OUT = new Set(
  [
    'id sku name type_id status price weight created_at updated_at custom_attributes extension_attributes',
    'media_gallery_entries tier_prices',
  ].flatMap((names) => names.split(' ')),
)

/** Roles of media: they go with the images. */
const MEDIA_ROLES = new Set(['image', 'small_image', 'thumbnail', 'swatch_image'])

const WEIGHT_UNITS: Readonly<Record<string, string>> = { kgs: 'kg', lbs: 'lb' }

/** What a product's row does not say itself. */
export interface ProductSurroundings {
  /** ISO 4217 code of the shop's prices; null: not known. */
  readonly currency: string | null
  /** As the store's configuration has it. */
  readonly weightUnit: string | null
  /** SKU of the configurable product that a product is a variant of, by the variant's id. */
  readonly parents: ReadonlyMap<string, string>
}

/**
 * Magento's product as the event's data; pure. Custom attributes are in `attributes` by their code; those of Magento's
 * extensions keep their own name. Throws `value_missing` or `decimal_invalid`, naming the field.
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

/** Fixed prices of customer groups from a quantity on; a percentage is no price. In an order of their own. */
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

/** Variants' ids to their parent's SKU; of several parents the one that was made first. */
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
