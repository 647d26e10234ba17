import { StreamError } from '../../errors.ts'
import { type Decimal8, text8 } from '../../events/decimal.ts'
import type { PriceAtLevel } from '../../events/generated/events.ts'
import { type Period, periodOfDays } from '../kit/local-days.ts'
import { ONE_PIECE, tiersOf } from '../kit/price-tiers.ts'
import { type DateForm, dayParser } from './file-dates.ts'
import type { FileRow } from './file-row.ts'
import type { RowMeaning } from './inspect-file.ts'
import type { QuantityReader } from './quantities.ts'
import { quantityIn } from './quantity-in.ts'
import { skuIn } from './sku-in.ts'

/** Which columns of a price file say what; null: the file does not say it. */
export interface PriceColumns {
  readonly sku: string
  readonly price: string
  /** Name of the price level. */
  readonly level: string | null
  readonly currency: string | null
  /** Lowest quantity that the price applies to. */
  readonly quantity: string | null
  /** First and last day of the price. */
  readonly validFrom: string | null
  readonly validTo: string | null
  /** What one piece costs the vendor. */
  readonly cost: string | null
}

/** What a file says by its settings alone. */
export interface PriceForm {
  /** Name of the only level. */
  readonly onlyLevel: string
  /** ISO 4217 code of prices without a column, and of costs; null: not known. */
  readonly currency: string | null
  readonly dates: DateForm
  /** Zone in which days begin. */
  readonly zone: string
}

/** Price of a row, with where it applies. */
interface PriceOfRow extends Period {
  readonly level: string
  readonly currency: string | null
  readonly from: number | null
  readonly quantity: Decimal8
  readonly price: Decimal8
  readonly place: string
}

/**
 * A row is a SKU, or a price of a SKU at a level, in a currency, from a quantity on or for a period. A price of 0 is
 * refused: shops would sell at it. Pure.
 */
export function priceMeaning(columns: PriceColumns, form: PriceForm, numberOf: QuantityReader): RowMeaning<'prices'> {
  const severalPer = [columns.level, columns.currency, columns.quantity, columns.validFrom, columns.validTo]
  const optional = [...severalPer, columns.cost].filter((column) => column !== null)
  const dayIn = dayReader(form.dates)
  const priceOf = (row: FileRow, place: string): PriceOfRow => {
    const [first, last] = [columns.validFrom, columns.validTo].map((column) => dayIn(row, column, place))
    const period = periodOfDays(first ?? null, last ?? null, form.zone)
    if (period.from !== null && period.to !== null && period.from >= period.to) {
      const message = `${place}: the price ends (${last}) before it begins (${first}); correct the row at the vendor`
      throw new StreamError('source_data_invalid', message, { field: columns.validTo ?? '' })
    }
    return {
      ...period,
      level: levelIn(row, columns.level, form.onlyLevel, place),
      currency: currencyIn(row, columns.currency, form.currency, place),
      quantity: columns.quantity === null ? ONE_PIECE : positive(row, columns.quantity, place, numberOf),
      price: positive(row, columns.price, place, numberOf),
      place,
    }
  }
  return {
    columns: [columns.sku, columns.price, ...optional],
    joinsRows: severalPer.some((column) => column !== null),
    keyOf: (row, place) => skuIn(row, columns.sku, place),
    dataOf(sku, rows, placeOf) {
      const prices = rows.map((row) => priceOf(row, placeOf(row)))
      const levels = [...Map.groupBy(prices, whereOf)]
        .toSorted(([a], [b]) => (a < b ? -1 : 1))
        .map(([, own]) => priceAtLevel(sku, own))
      const cost = costOf(sku, rows, columns.cost, numberOf, placeOf)
      const data = { sku, currency: form.currency, cost, levels, attributes: {} }
      return data
    },
  }
}

/** Sorts prices by level, currency and period; no limit comes first. */
function whereOf({ level, currency, from, to }: PriceOfRow): string {
  return JSON.stringify([level, currency ?? '', ...[from, to].map((at) => String(at ?? 0).padStart(16, '0'))])
}

/** Prices of one level, currency and period, by quantity. */
function priceAtLevel(sku: string, prices: readonly PriceOfRow[]): PriceAtLevel {
  const byQuantity = new Map<Decimal8, Decimal8>()
  for (const { quantity, price, place } of prices) {
    if (byQuantity.has(quantity)) {
      const message =
        `${place}: ${sku} has several prices from quantity ${text8(quantity)} on at one level, in one currency and for ` +
        'one period; leave one at the vendor'
      throw new StreamError('source_data_invalid', message)
    }
    byQuantity.set(quantity, price)
  }
  const [first] = prices
  if (first === undefined) throw new StreamError('unexpected', 'a price level without a price')
  const { level, currency, from, to } = first
  // The price of less than one piece is that of a piece: no shop sells parts of one.
  const forOne = [...byQuantity].filter(([quantity]) => quantity <= ONE_PIECE).toSorted(([a], [b]) => (a < b ? -1 : 1))
  return {
    level,
    price: forOne.at(-1)?.[1] ?? null,
    currency,
    tiers: tiersOf(byQuantity),
    validFrom: from,
    validTo: to,
  }
}

function levelIn(row: FileRow, column: string | null, onlyLevel: string, place: string): string {
  if (column === null) return onlyLevel
  const level = row.cell(column).trim()
  if (level !== '') return level
  throw new StreamError(
    'value_missing',
    `${place}, column ${column}: the price level is empty; fill it in at the vendor`,
  )
}

function currencyIn(row: FileRow, column: string | null, usual: string | null, place: string): string | null {
  if (column === null) return usual
  const currency = row.cell(column).trim()
  if (/^[A-Z]{3}$/.test(currency)) return currency
  const message =
    `${place}, column ${column}: ${JSON.stringify(currency.slice(0, 20))} is not a code of ISO 4217 such as EUR; ` +
    'correct it at the vendor'
  throw new StreamError('source_data_invalid', message, { field: column })
}

function positive(row: FileRow, column: string, place: string, numberOf: QuantityReader): Decimal8 {
  const number = quantityIn(row, column, place, numberOf)
  if (number > 0n) return number
  const message = `${place}, column ${column}: ${row.cell(column).trim()} must be more than 0; correct it at the vendor, or leave the row out`
  throw new StreamError('source_data_invalid', message, { field: column })
}

/** The cost of a SKU, which may stand in all of its rows or in one. */
function costOf(
  sku: string,
  rows: readonly FileRow[],
  column: string | null,
  numberOf: QuantityReader,
  placeOf: (row: FileRow) => string,
): Decimal8 | null {
  if (column === null) return null
  const said = rows.filter((row) => row.cell(column).trim() !== '')
  const costs = said.map((row) => ({ row, cost: quantityIn(row, column, placeOf(row), numberOf) }))
  const first = costs[0]?.cost ?? null
  const wrong = costs.find(({ cost }) => cost !== first || cost < 0n)
  if (wrong === undefined) return first
  const message = `${placeOf(wrong.row)}, column ${column}: ${sku} has several costs, or one below 0; correct it at the vendor`
  throw new StreamError('source_data_invalid', message, { field: column })
}

/** A day as yyyy-MM-dd; null: the cell is empty, or there is no column. */
type DayReader = (row: FileRow, column: string | null, place: string) => string | null

/** A reader of days in this form. */
function dayReader(form: DateForm): DayReader {
  const dayOf = dayParser(form)
  return (row, column, place) => {
    const text = column === null ? '' : row.cell(column).trim()
    if (column === null || text === '') return null
    const day = row.dayIn(column) ?? dayOf(text)
    if (day !== null) return day
    const message =
      `${place}, column ${column}: ${JSON.stringify(text.slice(0, 40))} is not a date like ${form}; correct it at the ` +
      'vendor, or set prices.dates to the form of its dates'
    throw new StreamError('time_invalid', message, { field: column ?? '' })
  }
}
