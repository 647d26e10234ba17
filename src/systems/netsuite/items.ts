import { type Decimal8, decimal8 } from '../../events/decimal.ts'
import type { PriceLevel, Product } from '../../events/generated/events.ts'
import { attributesOf, quantityOf, requireText, textOf, type Wire } from '../kit/wire.ts'
import type { NetSuiteValues } from './settings.ts'

/** Columns that every account has, beside the change time. */
const COLUMNS = ['id', 'itemid', 'itemtype', 'isinactive'] as const

/** How products are read from an account. */
export interface ItemSettings {
  /** Columns of `item` beside those every account has. */
  readonly columns: readonly string[]
  /** ISO 4217 code of the prices; null: not known. */
  readonly currency: string | null
  /** Name of the price level that is the product's price. */
  readonly basePriceLevel: string
}

export function itemSettings({
  itemColumns: columns,
  extraItemColumns,
  currency,
  basePriceLevel,
}: NetSuiteValues): ItemSettings {
  return { columns: [...columns, ...extraItemColumns], currency, basePriceLevel }
}

const PARENT_SKU = 'parent.itemid AS parentsku'

/** Columns of the item query, with the parent's SKU; never `*`, since columns differ from account to account. */
export function itemColumns(settings: ItemSettings): string[] {
  const columns = [...new Set([...COLUMNS, ...settings.columns])]
  return [...columns.map((column) => `item.${column}`), ...(columns.includes('parent') ? [PARENT_SKU] : [])]
}

/** What the columns are of. */
export function itemTable(columns: readonly string[]): string {
  return columns.includes(PARENT_SKU) ? 'item LEFT JOIN item parent ON parent.id = item.parent' : 'item'
}

const KNOWN = new Set([
  'id',
  'itemid',
  'itemtype',
  'isinactive',
  'displayname',
  'upccode',
  'manufacturer',
  'weight',
  'weightunit',
  'parent',
  'changedat',
  'links',
])

const WEIGHT_UNITS: Readonly<Record<string, string>> = { '1': 'lb', '2': 'oz', '3': 'kg', '4': 'g' }

/**
 * A row of `item` with its rows of `itemprice` as a product's data; pure. Throws `value_missing` or `decimal_invalid`,
 * naming the column.
 */
export function toProduct(row: Wire, prices: readonly Wire[], settings: ItemSettings): Product {
  const levels = priceLevels(prices)
  const base = levels.find(({ level }) => level === settings.basePriceLevel)
  const unit = textOf(row['weightunit'])
  return {
    sku: requireText(row, 'itemid'),
    name: textOf(row['displayname']),
    productType: textOf(row['itemtype']) ?? 'unknown',
    active: textOf(row['isinactive']) !== 'T',
    parentSku: parentOf(row, settings),
    barcode: textOf(row['upccode']),
    manufacturer: textOf(row['manufacturer']),
    price: base?.price ?? null,
    currency: base === undefined ? null : settings.currency,
    priceLevels: levels,
    weight: quantityOf(row, 'weight'),
    weightUnit: unit === null ? null : (WEIGHT_UNITS[unit] ?? unit),
    attributes: attributesOf(row, KNOWN),
  }
}

/** An item may be below another that it is no variant of; that one's SKU is then among the attributes alone. */
function parentOf(row: Wire, { columns }: ItemSettings): string | null {
  const isVariant = textOf(row['matrixtype'])?.toUpperCase() === 'CHILD'
  return isVariant || !columns.includes('matrixtype') ? textOf(row['parentsku']) : null
}

const ONE = decimal8('1', 'quantity')

/** The highest price of each level: where there are prices by quantity, that of a single piece. Levels by name. */
function priceLevels(rows: readonly Wire[]): PriceLevel[] {
  const highest = new Map<string, Decimal8>()
  for (const row of rows) {
    const price = quantityOf(row, 'price', 'itemprice.')
    if (price === null) continue
    const level = requireText(row, 'pricelevelname', 'itemprice.')
    const known = highest.get(level)
    if (known === undefined || price > known) highest.set(level, price)
  }
  return [...highest]
    .map(([level, price]) => ({ level, quantity: ONE, price }))
    .toSorted((a, b) => (a.level < b.level ? -1 : 1))
}
