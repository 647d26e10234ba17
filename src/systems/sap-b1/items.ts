import { decimal8 } from '../../events/decimal.ts'
import type { Product } from '../../events/generated/events.ts'
import { type ReadLevels, readLevels } from '../kit/price-levels.ts'
import { requireSku } from '../kit/sku.ts'
import { attributesOf, priceOf, requireText, roundingNote, textOf, type Wire, wiresOf } from '../kit/wire.ts'
import type { ItemSettings } from './settings.ts'

/** Properties that become attributes if they have a value. No stock, no costs, no accounts. */
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

/** Data for items that is not in their own properties. */
export interface ItemLookups {
  /** Names of manufacturers by SAP's code. */
  readonly manufacturers: ReadonlyMap<string, string>
  /** The day on the server's clock. */
  readonly today: string
}

/**
 * Maps an item to a product; pure. A price of 0 means no price: SAP has a price in every list, set or not. Throws
 * `value_missing` or `decimal_invalid`, naming the property.
 */
export function toProduct(item: Wire, settings: ItemSettings, { manufacturers, today }: ItemLookups): Product {
  const prices = wiresOf(item['ItemPrices'])
  const { levels, attributes } = priceLevels(prices, settings.basePriceList)
  const base = levels.find(({ level }) => level === settings.basePriceList)
  const baseRow = prices.find((price) => textOf(price['PriceList']) === settings.basePriceList)
  const currency = base === undefined ? null : textOf(baseRow?.['Currency'])
  const weight = priceOf(item, 'SalesUnitWeight')
  return {
    sku: requireSku(item, 'ItemCode'),
    name: textOf(item['ItemName']),
    productType: textOf(item['TreeType']) ?? 'iNotATree',
    active: isActive(item, today),
    parentSku: null,
    barcode: textOf(item['BarCode']),
    manufacturer: manufacturers.get(textOf(item['Manufacturer']) ?? '') ?? null,
    price: base?.price ?? null,
    currency: currency === null ? null : (settings.currencies.get(currency) ?? currency),
    priceLevels: [...levels],
    weight: weight === 0n ? null : weight,
    weightUnit: null,
    attributes: {
      ...attributesOf(shown(item, settings.extraFields), new Set()),
      ...attributes,
      ...roundingNote({ weight: item['SalesUnitWeight'], ...pricesByList(prices) }),
    },
  }
}

/** Whether the item may be sold on a day: not frozen then, and within its validity if that is set. */
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

const ONE = decimal8('1', 'quantity')

/** A price of 0 means no price. */
function priceLevels(rows: readonly Wire[], base: string): ReadLevels {
  return readLevels(rows, {
    nameOf: (row) => textOf(row['PriceList']),
    read(row) {
      const price = priceOf(row, 'Price', PATH)
      if (price === null || price === 0n) return []
      return [{ level: requireText(row, 'PriceList', PATH), quantity: ONE, price }]
    },
    base,
  })
}

const PATH = 'ItemPrices.'

function pricesByList(rows: readonly Wire[]): Wire {
  return Object.fromEntries(rows.map((row) => [`priceLevels.${textOf(row['PriceList'])}`, row['Price']]))
}
