import { mergeAttributes } from './change-product.ts'
import { MagentoError } from './magento-error.ts'
import { productFinder } from './product-finder.ts'
import type { Shop } from './shop.ts'
import type { Product } from './wire-types.ts'

/** A refused price (`PriceUpdateResultInterface`); the message keeps its placeholders. */
export interface PriceRefusal {
  readonly message: string
  readonly parameters: Readonly<Record<string, string | number | null>>
}

/** Types whose prices the services take (`allowedProductTypes` in the modules' di.xml): configurable products have none. */
const pricedTypes: readonly string[] = ['simple', 'virtual', 'bundle', 'downloadable']
const storeIds: readonly number[] = [0, 1]

/** The product of an SKU that may have prices of its own. */
export function pricedProduct(shop: Shop, sku: string): Product | undefined {
  const product = productFinder(shop)(sku)
  return product !== undefined && pricedTypes.includes(product.type_id) ? product : undefined
}

/** @throws MagentoError 404 naming the SKUs that have no prices */
export function pricedProducts(shop: Shop, skus: readonly string[]): Product[] {
  const products = skus.map((sku) => pricedProduct(shop, sku))
  const unknown = skus.filter((_sku, index) => products[index] === undefined)
  if (unknown.length > 0) {
    const which = unknown.length === 1 ? "product doesn't exist" : "products don't exist"
    throw new MagentoError(404, `Requested ${which}: ${unknown.join(', ')}`)
  }
  return products.filter((product) => product !== undefined)
}

export const isStore = (id: number): boolean => storeIds.includes(id)

export const isPrice = (price: number | null): price is number => price !== null && price >= 0

/** Saves the prices without faults. A price is refused with each of its faults, and holds up no other. */
export function saveValid<T>(
  prices: readonly T[],
  faultsOf: (price: T) => readonly PriceRefusal[],
  save: (price: T) => void,
): PriceRefusal[] {
  const judged = prices.map((price) => ({ price, faults: faultsOf(price) }))
  for (const { price, faults } of judged) if (faults.length === 0) save(price)
  return judged.flatMap(({ faults }) => faults)
}

/** Changes attributes of a product that may have prices; null: none. */
export function putAttributes(shop: Shop, sku: string, values: Readonly<Record<string, string | null>>): void {
  const product = pricedProduct(shop, sku)
  if (product === undefined) return
  const changes = Object.entries(values).map(([attribute_code, value]) => ({ attribute_code, value }))
  shop.store.products.put({ ...product, custom_attributes: mergeAttributes(product.custom_attributes, changes) })
}

/** A check of a price; `parameters`: those of its message beside the row's. */
export type Fault = readonly [isFault: boolean, message: string, parameters?: PriceRefusal['parameters']]

/** Refusals whose messages end with the row. */
export function refusalsOf(faults: readonly Fault[], rowText: string, row: PriceRefusal['parameters']): PriceRefusal[] {
  return faults.flatMap(([isFault, message, parameters]) =>
    isFault ? [{ message: `${message} ${rowText}`, parameters: { ...parameters, ...row } }] : [],
  )
}

/** An amount as its column has it: DECIMAL(20,6). */
export const amountText = (amount: number): string => amount.toFixed(6)
