import { decimal8 } from '../../events/decimal.ts'
import type { PriceLevel, Product } from '../../events/generated/events.ts'
import { type ReadLevels, readLevels } from '../kit/price-levels.ts'
import { requireSku, skuOf } from '../kit/sku.ts'
import { attributesOf, priceOf, requireText, roundingNote, textOf, type Wire } from '../kit/wire.ts'
import { pricesIn } from './item-prices.ts'
import type { NetSuiteValues } from './settings.ts'

/** Columns that every account has, in addition to the change time. */
const COLUMNS = ['id', 'itemid', 'itemtype', 'isinactive'] as const

/** How products are read from an account. */
export interface ItemSettings {
  /** Columns of `item` in addition to those that every account has. */
  readonly columns: readonly string[]
  /** ISO 4217 code of the prices to read; null: the account's own currency, if the account reports it. */
  readonly currency: string | null
  /** Name of the price level that gives the product's price. */
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

/** The tables of the columns, for the FROM clause. */
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
 * Maps a row of `item` and its rows of `itemprice` to a product; pure. Throws `value_missing` or `decimal_invalid`,
 * naming the column.
 */
export function toProduct(row: Wire, prices: readonly Wire[], settings: ItemSettings): Product {
  const { currency, rows } = pricesIn(prices, settings.currency)
  const { levels, attributes } = priceLevels(rows, settings.basePriceLevel)
  const base = levels.find(({ level }) => level === settings.basePriceLevel)
  const unit = textOf(row['weightunit'])
  return {
    sku: requireSku(row, 'itemid'),
    name: textOf(row['displayname']),
    productType: textOf(row['itemtype']) ?? 'unknown',
    active: textOf(row['isinactive']) !== 'T',
    parentSku: parentOf(row, settings),
    barcode: textOf(row['upccode']),
    manufacturer: textOf(row['manufacturer']),
    price: base?.price ?? null,
    currency: base === undefined ? null : currency,
    priceLevels: [...levels],
    weight: priceOf(row, 'weight'),
    weightUnit: unit === null ? null : (WEIGHT_UNITS[unit] ?? unit),
    attributes: {
      ...attributesOf(row, KNOWN),
      ...attributes,
      ...roundingNote({ weight: row['weight'], ...pricesByLevel(rows) }),
    },
  }
}

/** An item may have a parent without being a variant of it; the parent's SKU is then only an attribute. */
function parentOf(row: Wire, { columns }: ItemSettings): string | null {
  const isVariant = textOf(row['matrixtype'])?.toUpperCase() === 'CHILD'
  return isVariant || !columns.includes('matrixtype') ? skuOf(row, 'parentsku') : null
}

const ONE = decimal8('1', 'quantity')

/**
 * The highest price of each level, for prices in one currency: with prices by quantity, that of a single piece. Sorted
 * by level name.
 */
function priceLevels(rows: readonly Wire[], base: string): ReadLevels {
  const { levels, attributes } = readLevels(rows, {
    nameOf: (row) => textOf(row['pricelevelname']),
    read(row) {
      const price = priceOf(row, 'price', 'itemprice.')
      return price === null ? [] : [{ level: requireText(row, 'pricelevelname', 'itemprice.'), quantity: ONE, price }]
    },
    base,
  })
  const highest = new Map<string, PriceLevel>()
  for (const one of levels) {
    const known = highest.get(one.level)
    if (known === undefined || one.price > known.price) highest.set(one.level, one)
  }
  return { levels: [...highest.values()].toSorted((a, b) => (a.level < b.level ? -1 : 1)), attributes }
}

function pricesByLevel(rows: readonly Wire[]): Wire {
  return Object.fromEntries(rows.map((row) => [`priceLevels.${textOf(row['pricelevelname'])}`, row['price']]))
}
