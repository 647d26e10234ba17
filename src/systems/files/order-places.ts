import { pairs } from '../../configuration/setting.ts'
import { placesByColumn } from './places-by-column.ts'

/** Where a column is in a line. */
export interface OrderPlace {
  /** Its first character, from 0 on. */
  readonly from: number
  readonly length: number
  /** `zeros`: at the right, with zeros before it. */
  readonly align: 'left' | 'right' | 'zeros'
}

const places = pairs(/[^=,]+/, 'columns and their places', 'Item=1+12,Qty=13+6 right')

/** `{ Qty: 13+6 right }` is the six characters from the thirteenth on, filled from the left. */
export const orderPlaces = placesByColumn(places, placeOf)

function placeOf(given: string): OrderPlace | null {
  const found = /^([1-9]\d{0,3})\s*\+\s*([1-9]\d{0,3})(?:\s+(left|right|zeros))?$/.exec(given)
  if (found === null) return null
  const [, start, length, align = 'left'] = found
  return { from: Number(start) - 1, length: Number(length), align: align as OrderPlace['align'] }
}

/** Problem of the places of these columns; null: each has one, and none overlap. */
export function placesProblem(
  places: ReadonlyMap<string, OrderPlace> | null,
  columns: readonly string[],
): string | null {
  if (places === null) return 'is missing; it must say where the columns of the format fixed are'
  const missing = columns.find((name) => !places.has(name))
  if (missing !== undefined) return `must have the column ${missing} of orders.columns`
  const unknown = [...places.keys()].find((name) => !columns.includes(name))
  if (unknown !== undefined) return `has ${unknown}, which is no column of orders.columns`
  const sorted = [...places].toSorted(([, a], [, b]) => a.from - b.from)
  const at = sorted.findIndex(([, { from }], index) => {
    const before = sorted[index - 1]?.[1]
    return before !== undefined && from < before.from + before.length
  })
  return at < 0 ? null : `has ${sorted[at - 1]?.[0]} and ${sorted[at]?.[0]} at the same characters`
}
