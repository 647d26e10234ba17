import { pairs } from '../../configuration/setting.ts'
import type { Field } from './fixed-width-rows.ts'
import { placesByColumn } from './places-by-column.ts'

const places = pairs(/[^=,]+/, 'columns and their first character and length', 'sku=1+12,quantity=13+6')

/** Columns of lines: `{ sku: 1+12 }` is the twelve characters from the first one on. */
export const fieldPlaces = placesByColumn(places, fieldOf)

function fieldOf(place: string): Field | null {
  const [, start = '', length = ''] = /^([1-9]\d{0,4})\s*\+\s*([1-9]\d{0,4})$/.exec(place) ?? []
  return start === '' ? null : { from: Number(start) - 1, length: Number(length) }
}
