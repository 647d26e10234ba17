import { groupCodeOf, groupIdOf } from './customer-groups.ts'
import {
  type Fault,
  isPrice,
  type PriceRefusal,
  pricedProduct,
  pricedProducts,
  refusalsOf,
  saveValid,
} from './price-services.ts'
import type { Shop } from './shop.ts'
import type { Product, ProductTierPrice } from './wire-types.ts'

export interface TierPrice {
  readonly sku: string
  /** 0: all websites, the only one that has tier prices while the price scope is global. */
  readonly website_id: number
  readonly customer_group: string
  readonly quantity: number
  readonly price: number | null
}

/** `TierPriceStorage::get`. @throws MagentoError 404 for an SKU without prices */
export function getTierPrices(shop: Shop, skus: readonly string[]): TierPrice[] {
  return pricedProducts(shop, skus).flatMap(({ sku, tier_prices: tiers }) =>
    tiers.map(({ customer_group_id: group, qty, value, extension_attributes: { website_id } }) => ({
      sku,
      website_id,
      customer_group: groupCodeOf(group),
      quantity: qty,
      price: value,
    })),
  )
}

/** `TierPriceStorage::update`: replaces the tier price of the same group, website and quantity, or adds one. */
export function updateTierPrices(shop: Shop, prices: readonly TierPrice[]): PriceRefusal[] {
  return saveChecked(shop, prices, (product, tier) => {
    const others = product.tier_prices.filter((one) => placeOf(one) !== placeOf(tier))
    return [...others, tier].sort((a, b) => a.customer_group_id - b.customer_group_id || a.qty - b.qty)
  })
}

/**
 * `TierPriceStorage::delete`: finds a tier price by group, quantity and amount, of any website, and none whose amount is
 * 0 (`isCorrectPriceValue`). One that it does not find is no fault.
 */
export function deleteTierPrices(shop: Shop, prices: readonly TierPrice[]): PriceRefusal[] {
  return saveChecked(shop, prices, (product, tier) => {
    const found = product.tier_prices.find((one) => isLike(one, tier))
    return product.tier_prices.filter((one) => one !== found)
  })
}

function saveChecked(
  shop: Shop,
  prices: readonly TierPrice[],
  change: (product: Product, tier: ProductTierPrice) => ProductTierPrice[],
): PriceRefusal[] {
  return saveValid(
    prices,
    (price) => faultsOf(shop, price, prices),
    (price) => {
      const product = pricedProduct(shop, price.sku)
      if (product !== undefined) {
        shop.store.products.put({ ...product, tier_prices: change(product, toProductTier(price)) })
      }
    },
  )
}

function toProductTier({ website_id, customer_group, quantity, price }: TierPrice): ProductTierPrice {
  return {
    customer_group_id: groupIdOf(customer_group) ?? 0,
    qty: quantity,
    value: price ?? 0,
    extension_attributes: { website_id },
  }
}

function placeOf({ customer_group_id: group, qty, extension_attributes: { website_id } }: ProductTierPrice): string {
  return `${website_id}|${group}|${qty}`
}

function isLike(one: ProductTierPrice, other: ProductTierPrice): boolean {
  const isSameStep = one.customer_group_id === other.customer_group_id && one.qty === other.qty
  return isSameStep && one.value !== 0 && one.value === other.value
}

const duplicate =
  'We found a duplicate website, tier price, customer group and quantity: Customer Group = %customerGroup, ' +
  'Website ID = %websiteId, Quantity = %qty.'

/**
 * `TierPriceValidator`. Quantities below 1 are refused; its newest releases take those above 0 for products with
 * decimal quantities.
 */
function faultsOf(shop: Shop, price: TierPrice, all: readonly TierPrice[]): PriceRefusal[] {
  const { sku, website_id, customer_group, quantity, price: amount } = price
  const faults: Fault[] = [
    [pricedProduct(shop, sku) === undefined, 'Invalid attribute SKU = %SKU.'],
    [!isPrice(amount), 'Invalid attribute Price = %price.', { price: amount }],
    [!(quantity >= 1), 'Invalid attribute Quantity = %qty.'],
    [website_id !== 0, 'Invalid attribute Website ID = %websiteId.'],
    [all.some((other) => other !== price && isSamePlace(other, price)), duplicate],
    [groupIdOf(customer_group) === undefined, 'No such entity with Customer Group = %customerGroup.'],
  ]
  const row = { SKU: sku, websiteId: website_id, customerGroup: customer_group, qty: quantity }
  const rowText = 'Row ID: SKU = %SKU, Website ID: %websiteId, Customer Group: %customerGroup, Quantity: %qty.'
  return refusalsOf(faults, rowText, row)
}

function isSamePlace(one: TierPrice, other: TierPrice): boolean {
  const isSameGroup = one.customer_group.toLowerCase() === other.customer_group.toLowerCase()
  return one.sku === other.sku && isSameGroup && one.quantity === other.quantity && one.website_id === other.website_id
}
