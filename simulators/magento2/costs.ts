import { attributeOf } from './change-product.ts'
import {
  amountText,
  isPrice,
  isStore,
  type PriceRefusal,
  pricedProduct,
  pricedProducts,
  putAttributes,
  saveValid,
} from './price-services.ts'
import type { Shop } from './shop.ts'

export interface Cost {
  readonly sku: string
  readonly store_id: number
  readonly cost: number | null
}

/** `CostStorage::get`. @throws MagentoError 404 for an SKU without prices */
export function getCosts(shop: Shop, skus: readonly string[]): Cost[] {
  return pricedProducts(shop, skus).flatMap((product) => {
    const cost = attributeOf(product, 'cost')
    return cost === null ? [] : [{ sku: product.sku, store_id: 0, cost: Number(cost) }]
  })
}

/** `CostStorage::update`. */
export function updateCosts(shop: Shop, costs: readonly Cost[]): PriceRefusal[] {
  return saveValid(
    costs,
    (cost) => faultsOf(shop, cost),
    ({ sku, cost }) => putCost(shop, sku, cost),
  )
}

/** `CostStorage::delete`. @throws MagentoError 404 for an SKU without prices */
export function deleteCosts(shop: Shop, skus: readonly string[]): void {
  for (const { sku } of pricedProducts(shop, skus)) putCost(shop, sku, null)
}

function putCost(shop: Shop, sku: string, cost: number | null): void {
  putAttributes(shop, sku, { cost: cost === null ? null : amountText(cost) })
}

function faultsOf(shop: Shop, { sku, store_id, cost }: Cost): PriceRefusal[] {
  const row = { SKU: sku, storeId: store_id }
  const unknownSku = {
    message: 'Invalid attribute %fieldName = %fieldValue.',
    parameters: { fieldName: 'SKU', fieldValue: sku },
  }
  const wrongCost = {
    message: 'Invalid attribute Cost = %cost. Row ID: SKU = %SKU, Store ID: %storeId.',
    parameters: { cost, ...row },
  }
  const storeMissing = {
    message: 'Requested store is not found. Row ID: SKU = %SKU, Store ID: %storeId.',
    parameters: row,
  }
  return [
    ...(pricedProduct(shop, sku) === undefined ? [unknownSku] : []),
    ...(isPrice(cost) ? [] : [wrongCost]),
    ...(isStore(store_id) ? [] : [storeMissing]),
  ]
}
