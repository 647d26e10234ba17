import { attributeOf } from './change-product.ts'
import { fromMagentoTime, toMagentoTime } from './magento-time.ts'
import {
  amountText,
  type Fault,
  isPrice,
  isStore,
  type PriceRefusal,
  pricedProduct,
  pricedProducts,
  putAttributes,
  refusalsOf,
  saveValid,
} from './price-services.ts'
import type { Shop } from './shop.ts'

export interface SpecialPrice {
  readonly sku: string
  readonly store_id: number
  readonly price: number | null
  /** First and last day, `Y-m-d H:i:s`; null: no limit. */
  readonly price_from: string | null
  readonly price_to: string | null
}

/** `SpecialPriceStorage::get`: days without a price are not there. @throws MagentoError 404 for an SKU without prices */
export function getSpecialPrices(shop: Shop, skus: readonly string[]): SpecialPrice[] {
  return pricedProducts(shop, skus).flatMap((product) => {
    const price = attributeOf(product, 'special_price')
    if (price === null) return []
    const days = { from: attributeOf(product, 'special_from_date'), to: attributeOf(product, 'special_to_date') }
    return [{ sku: product.sku, store_id: 0, price: Number(price), price_from: days.from, price_to: days.to }]
  })
}

/** `SpecialPriceStorage::update`: adds days, and takes none away. */
export function updateSpecialPrices(shop: Shop, prices: readonly SpecialPrice[]): PriceRefusal[] {
  return saveValid(
    prices,
    (price) => faultsOf(shop, price),
    ({ sku, price, price_from: from, price_to: to }) => {
      putAttributes(shop, sku, {
        special_price: amountText(price ?? 0),
        ...(from ? { special_from_date: from } : {}),
        ...(to ? { special_to_date: to } : {}),
      })
    },
  )
}

/** `SpecialPriceStorage::delete`: the price with its days, whatever they are. */
export function deleteSpecialPrices(shop: Shop, prices: readonly SpecialPrice[]): PriceRefusal[] {
  return saveValid(
    prices,
    (price) => faultsOf(shop, price),
    ({ sku }) => putAttributes(shop, sku, { special_price: null, special_from_date: null, special_to_date: null }),
  )
}

const noProduct = "The product that was requested doesn't exist. Verify the product and try again."
const notGlobal = 'Could not change non global Price when price scope is global.'
const wrongDay = 'Invalid attribute %label = %priceTo.'

function faultsOf(shop: Shop, { sku, store_id, price, price_from, price_to }: SpecialPrice): PriceRefusal[] {
  const faults: Fault[] = [
    [pricedProduct(shop, sku) === undefined, noProduct],
    [store_id !== 0, notGlobal],
    [!isStore(store_id), 'Requested store is not found.'],
    [!isPrice(price), 'Invalid attribute Price = %price.', { price }],
    [!isDay(price_from), wrongDay, { label: 'Price From' }],
    [!isDay(price_to), wrongDay, { label: 'Price To' }],
  ]
  const row = { SKU: sku, storeId: store_id, priceFrom: price_from, priceTo: price_to }
  const rowText = 'Row ID: SKU = %SKU, Store ID: %storeId, Price From: %priceFrom, Price To: %priceTo.'
  return refusalsOf(faults, rowText, row)
}

/** Magento parses a time and writes it again: it must be the same text then. None is no fault. */
function isDay(text: string | null): boolean {
  if (!text) return true
  if (!/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/.test(text)) return false
  const time = fromMagentoTime(text)
  return !Number.isNaN(time.getTime()) && toMagentoTime(time) === text
}
