import { StreamError } from '../../errors.ts'
import {
  type Decimal4,
  type Decimal8,
  decimal4,
  decimal8Above,
  decimal8Below,
  decimal8Rounded,
  isDecimal8,
} from '../../events/decimal.ts'
import { ROUNDED } from '../../events/product-notes.ts'
import { stringifyExact } from '../../platform/json.ts'

/** A JSON object as a vendor sent it, by `parseExact`; nothing about its fields is known. */
export type Wire = Readonly<Record<string, unknown>>

export function isWire(value: unknown): value is Wire {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The value as an object; an empty one when it is none. */
export function wireOf(value: unknown): Wire {
  return isWire(value) ? value : {}
}

/** The objects of a list; none when it is no list. */
export function wiresOf(value: unknown): readonly Wire[] {
  return Array.isArray(value) ? value.filter(isWire) : []
}

/** Text or number as text; null when there is none. Text of nothing but blanks counts as none. */
export function textOf(value: unknown): string | null {
  if (typeof value === 'string') return value.trim() === '' ? null : value
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean') return String(value)
  return null
}

/** As `textOf`; throws `value_missing`, naming the field, when there is none. */
export function requireText(wire: Wire, name: string, path = ''): string {
  const found = textOf(wire[name])
  if (found === null) throw valueMissingError(path + name)
  return found
}

/** Digits that a double holds for certain; more of them are noise. */
const CERTAIN_DIGITS = 15

/** Decimals behind which a number that a program computed is nothing: what is left of a sum of doubles that was 0. */
const NOTHING_BEHIND = 8

/**
 * The number that a text stands for: where a program wrote a double with all of its 16 or 17 digits, the last ones are noise
 * (75.650000000000006 is 75.65), and what it has left of nothing (-1.7763568394002505E-15) is 0. Texts that have as many
 * decimals as there may be, or fewer digits, are exact as they are.
 */
function withoutNoise(text: string, decimals: number): string {
  if (isNothing(text)) return '0'
  const certain = certainDecimals(text, decimals)
  return certain === null ? text : Number(text).toFixed(certain).replace(/0+$/, '')
}

/** As `withoutNoise`; a double that stands for no such number, a quotient such as 33.333333333333336, is rounded. */
function roundedDouble(text: string, decimals: number): string {
  if (isNothing(text)) return '0'
  const certain = certainDecimals(text, decimals)
  return certain === null ? text : Number(text).toFixed(Math.min(certain, decimals))
}

/** Decimals of a double that was written with all of its digits, and with more decimals than there may be; null: it was not. */
function certainDecimals(text: string, decimals: number): number | null {
  const [, whole = '', fraction = ''] = /^-?(\d+)\.(\d+)$/.exec(text) ?? []
  const isShort = (whole + fraction).replace(/^0+/, '').length <= CERTAIN_DIGITS
  if (isShort || fraction.length <= decimals) return null
  const certain = CERTAIN_DIGITS - whole.replace(/^0+/, '').length
  return certain < 1 ? null : certain
}

function isNothing(text: string): boolean {
  const [, exponent] = /^-?\d(?:\.\d+)?[eE]-(\d{1,3})$/.exec(text) ?? []
  const zeros = /^-?0\.(0*)[1-9]\d*$/.exec(text)?.[1]?.length ?? 0
  return Number(exponent ?? 0) > NOTHING_BEHIND || zeros >= NOTHING_BEHIND
}

/** An amount; null when the field is absent. Throws `decimal_invalid`, naming the field. */
export function amountOf(wire: Wire, name: string, path = ''): Decimal4 | null {
  const found = textOf(wire[name])
  return found === null ? null : decimal4(roundedDouble(found, 4), path + name)
}

/** As `amountOf`; throws `value_missing` when the field is absent. */
export function requireAmount(wire: Wire, name: string, path = ''): Decimal4 {
  const found = amountOf(wire, name, path)
  if (found === null) throw valueMissingError(path + name)
  return found
}

/**
 * A quantity, of more than 8 decimals the first 8: never more than there is. Null when the field is absent. Throws
 * `decimal_invalid`, naming the field.
 */
export function quantityOf(wire: Wire, name: string, path = ''): Decimal8 | null {
  const found = textOf(wire[name])
  return found === null ? null : decimal8Below(withoutNoise(found, 8), path + name)
}

/** As `quantityOf`, of what something takes: never less than that. */
export function needOf(wire: Wire, name: string, path = ''): Decimal8 | null {
  const found = textOf(wire[name])
  return found === null ? null : decimal8Above(withoutNoise(found, 8), path + name)
}

/** A unit price or weight, rounded to 8 decimals; null when the field is absent. Throws `decimal_invalid`, naming the field. */
export function priceOf(wire: Wire, name: string, path = ''): Decimal8 | null {
  const found = textOf(wire[name])
  return found === null ? null : decimal8Rounded(withoutNoise(found, 8), path + name)
}

/** The attribute that says which of a product's numbers were rounded, each as it was given; none where none was. */
export function roundingNote(given: Wire): Record<string, string> {
  const rounded = Object.entries(given).flatMap(([name, value]) => {
    const text = textOf(value)
    return text === null || isDecimal8(withoutNoise(text, 8)) ? [] : [[name, text] as const]
  })
  return rounded.length === 0 ? {} : { [ROUNDED]: stringifyExact(Object.fromEntries(rounded)) }
}

/** Without the fields that have no value. */
export function withoutNulls(fields: Wire): Wire {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null))
}

/** The fields that are not left out and not null, each as JSON text. */
export function attributesOf(wire: Wire, leftOut: ReadonlySet<string>): Record<string, string> {
  const attributes: Record<string, string> = {}
  for (const [name, value] of Object.entries(wire)) {
    if (leftOut.has(name) || value === null || value === undefined) continue
    attributes[name] = stringifyExact(value)
  }
  return attributes
}

function valueMissingError(field: string): StreamError {
  return new StreamError('value_missing', `${field} is missing; the source has to give it`, { field })
}
