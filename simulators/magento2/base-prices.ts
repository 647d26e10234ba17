import { isPrice, isStore, type PriceRefusal, pricedProduct, pricedProducts, saveValid } from './price-services.ts'
import type { Shop } from './shop.ts'

export interface BasePrice {
  readonly sku: string
  readonly store_id: number
  readonly price: number | null
}

/** `BasePriceStorage::get`. @throws MagentoError 404 for an SKU without prices */
export function getBasePrices(shop: Shop, skus: readonly string[]): BasePrice[] {
  return pricedProducts(shop, skus).map(({ sku, price }) => ({ sku, store_id: 0, price }))
}

/** `BasePriceStorage::update`: with prices of global scope, that of any store is that of all. Moves `updated_at`. */
export function updateBasePrices(shop: Shop, prices: readonly BasePrice[]): PriceRefusal[] {
  return saveValid(
    prices,
    (price) => faultsOf(shop, price),
    ({ sku, price }) => {
      const product = pricedProduct(shop, sku)
      if (product === undefined || price === null) return
      shop.store.products.put({ ...product, price, updated_at: shop.stamp() })
    },
  )
}

function faultsOf(shop: Shop, { sku, store_id, price }: BasePrice): PriceRefusal[] {
  const invalid = (fieldName: string, fieldValue: string | number | null): PriceRefusal => {
    return { message: 'Invalid attribute %fieldName = %fieldValue.', parameters: { fieldName, fieldValue } }
  }
  const storeMissing = {
    message: 'Requested store is not found. Row ID: SKU = %SKU, Store ID: %storeId.',
    parameters: { SKU: sku, storeId: store_id },
  }
  return [
    ...(pricedProduct(shop, sku) === undefined ? [invalid('SKU', sku)] : []),
    ...(isPrice(price) ? [] : [invalid('Price', price)]),
    ...(isStore(store_id) ? [] : [storeMissing]),
  ]
}
