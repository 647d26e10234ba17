import { type Decimal8, decimal8 } from '../../events/decimal.ts'
import type { PriceLevel, Product } from '../../events/generated/events.ts'
import { attributesOf, quantityOf, requireText, textOf, type Wire, wiresOf } from '../kit/wire.ts'
import type { ItemSettings } from './settings.ts'

/** Properties that become attributes wherever they have a value. No stock, no costs, no accounts. */
const STANDARD = [
  'ForeignName',
  'ItemsGroupCode',
  'SupplierCatalogNo',
  'User_Text',
  'Picture',
  'SWW',
  'ItemCountryOrg',
  'SalesItem',
  'InventoryItem',
  'PurchaseItem',
  'Valid',
  'ValidFrom',
  'ValidTo',
  'Frozen',
  'FrozenFrom',
  'FrozenTo',
  'SalesUnit',
  'InventoryUOM',
  'SalesItemsPerUnit',
  'DefaultWarehouse',
  'ManageBatchNumbers',
  'ManageSerialNumbers',
  'SalesWeightUnit',
  'SalesUnitLength',
  'SalesUnitWidth',
  'SalesUnitHeight',
  'SalesLengthUnit',
  'Mainsupplier',
  'ItemBarCodeCollection',
  'Series',
  'CreateDate',
] as const

/** What is known of items beside their own properties. */
export interface ItemLookups {
  /** Names of manufacturers by SAP's code. */
  readonly manufacturers: ReadonlyMap<string, string>
  /** The day on the server's clock. */
  readonly today: string
}

/**
 * An item as a product's data; pure. A price of 0 is none: SAP has one in every list, set or not. Throws `value_missing`
 * or `decimal_invalid`, naming the property.
 */
export function toProduct(item: Wire, settings: ItemSettings, { manufacturers, today }: ItemLookups): Product {
  const prices = wiresOf(item['ItemPrices']).filter((price) => hasPrice(price))
  const base = prices.find((price) => textOf(price['PriceList']) === settings.basePriceList)
  const currency = base === undefined ? null : textOf(base['Currency'])
  const weight = quantityOf(item, 'SalesUnitWeight')
  return {
    sku: requireText(item, 'ItemCode'),
    name: textOf(item['ItemName']),
    productType: textOf(item['TreeType']) ?? 'iNotATree',
    active: isActive(item, today),
    parentSku: null,
    barcode: textOf(item['BarCode']),
    manufacturer: manufacturers.get(textOf(item['Manufacturer']) ?? '') ?? null,
    price: base === undefined ? null : priceOf(base),
    currency: currency === null ? null : (settings.currencies.get(currency) ?? currency),
    priceLevels: prices.map(levelOf),
    weight: weight === 0n ? null : weight,
    weightUnit: null,
    attributes: attributesOf(shown(item, settings.extraFields), new Set()),
  }
}

/** Whether the item may be sold on a day: not frozen then, and valid then where a time is set. */
export function isActive(item: Wire, today: string): boolean {
  const inTime = (from: string, to: string): boolean => {
    const [first, last] = [textOf(item[from])?.slice(0, 10), textOf(item[to])?.slice(0, 10)]
    return (first === undefined || first <= today) && (last === undefined || today <= last)
  }
  if (item['Frozen'] === 'tYES' && inTime('FrozenFrom', 'FrozenTo')) return false
  return item['Valid'] !== 'tYES' || inTime('ValidFrom', 'ValidTo')
}

function shown(item: Wire, extraFields: readonly string[]): Wire {
  const names = new Set<string>([...STANDARD, ...extraFields])
  return Object.fromEntries(Object.entries(item).filter(([name]) => names.has(name) || name.startsWith('U_')))
}

function hasPrice(price: Wire): boolean {
  return (quantityOf(price, 'Price', 'ItemPrices.') ?? 0n) !== 0n
}

const ONE = decimal8('1', 'quantity')

function levelOf(price: Wire): PriceLevel {
  return { level: requireText(price, 'PriceList', 'ItemPrices.'), quantity: ONE, price: priceOf(price) }
}

function priceOf(price: Wire): Decimal8 {
  return decimal8(requireText(price, 'Price', 'ItemPrices.'), 'ItemPrices.Price')
}
