import { type Decimal8, decimal8Below } from '../../events/decimal.ts'
import type { FileRow } from './file-row.ts'
import type { QuantityReader } from './quantities.ts'

/**
 * The quantity in a cell. What the format itself declares a number has no signs that a setting could name: `1.234` in
 * JSON is never 1234. Throws `value_missing` or `decimal_invalid` with the place.
 */
export function quantityIn(row: FileRow, column: string, place: string, quantityOf: QuantityReader): Decimal8 {
  const at = `${place}, column ${column}`
  const number = row.numberIn(column)
  return number === null ? quantityOf(row.cell(column), at) : decimal8Below(quantityOf.declared(number) ?? number, at)
}
