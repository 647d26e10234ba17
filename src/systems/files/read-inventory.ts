import { StreamError } from '../../errors.ts'
import type { LocationStock } from '../../events/generated/events.ts'
import type { FileRow } from './file-row.ts'
import type { RowMeaning } from './inspect-file.ts'
import type { QuantityReader } from './quantities.ts'
import { quantityIn } from './quantity-in.ts'
import { skuIn } from './sku-in.ts'

/** Which columns of a stock file say what. */
export interface StockColumns {
  readonly sku: string
  /** Column of the available quantity; not used if locations have columns of their own. */
  readonly quantity: string
  /** Column of the quantity on hand; null: the available one. */
  readonly onHand: string | null
  /** Column of the location, with a row for each; null: there is one location, or each has a column. */
  readonly location: string | null
  /** Columns of the available quantity by the location they are for; empty: there are none. */
  readonly locations: ReadonlyMap<string, string>
  /** Name of the only location. */
  readonly onlyLocation: string
}

/** A row is a SKU, or a SKU at a location. Quantities are levels, never changes. Pure. */
export function stockMeaning(columns: StockColumns, quantityOf: QuantityReader): RowMeaning<'inventory'> {
  const hasColumns = columns.locations.size > 0
  const quantityColumns = hasColumns ? [...columns.locations.keys()] : [columns.quantity]
  const optional = [columns.onHand, columns.location].filter((name) => name !== null)
  const stocksOf = (row: FileRow, place: string): readonly LocationStock[] => {
    if (hasColumns) {
      return [...columns.locations].map(([column, location]) => {
        const available = quantityIn(row, column, place, quantityOf)
        return { location, onHand: available, available, attributes: {} }
      })
    }
    const available = quantityIn(row, columns.quantity, place, quantityOf)
    const onHand = columns.onHand === null ? available : quantityIn(row, columns.onHand, place, quantityOf)
    return [{ location: locationOf(row, columns, place), onHand, available, attributes: {} }]
  }
  return {
    columns: [columns.sku, ...quantityColumns, ...optional],
    joinsRows: columns.location !== null,
    keyOf: (row, place) => skuIn(row, columns.sku, place),
    dataOf(sku, rows, placeOf) {
      const [only] = rows
      if (rows.length === 1 && !hasColumns && only !== undefined) {
        return { sku, locations: stocksOf(only, placeOf(only)), attributes: {} }
      }
      const locations = rows
        .flatMap((row) => stocksOf(row, placeOf(row)))
        .toSorted((a, b) => (a.location < b.location ? -1 : Number(a.location > b.location)))
      const twice = locations.find(({ location }, index) => locations[index - 1]?.location === location)
      const [first] = rows
      if (twice !== undefined && first !== undefined) {
        const message = `${placeOf(first)}: ${sku} has several rows for the location ${twice.location}; leave one at the vendor`
        throw new StreamError('source_data_invalid', message)
      }
      return { sku, locations, attributes: {} }
    },
  }
}

function locationOf(row: FileRow, { location, onlyLocation }: StockColumns, place: string): string {
  if (location === null) return onlyLocation
  const name = row.cell(location).trim()
  if (name !== '') return name
  const message = `${place}, column ${location}: the location is empty; fill it in at the vendor`
  throw new StreamError('value_missing', message, { field: location })
}
