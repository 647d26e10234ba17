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
import { ExactNumber, stringifyExact } from '../../platform/json.ts'

/** A JSON object as a vendor sent it, parsed by `parseExact`; its fields are not validated. */
export type Wire = Readonly<Record<string, unknown>>

export function isWire(value: unknown): value is Wire {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The value as an object; empty if it is not an object. */
export function wireOf(value: unknown): Wire {
  return isWire(value) ? value : {}
}

/** The objects of a list; empty if it is not a list. */
export function wiresOf(value: unknown): readonly Wire[] {
  return Array.isArray(value) ? value.filter(isWire) : []
}

/** Text, number or boolean as text; null for anything else. Blank text counts as null. */
export function textOf(value: unknown): string | null {
  if (typeof value === 'string') return value.trim() === '' ? null : value
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean') return String(value)
  return value instanceof ExactNumber ? value.text : null
}

/** As `textOf`; throws `value_missing` with the field if there is no text. */
export function requireText(wire: Wire, name: string, path = ''): string {
  const found = textOf(wire[name])
  if (found === null) throw valueMissingError(path + name)
  return found
}

/** Digits that a double represents exactly; more digits are noise. */
const CERTAIN_DIGITS = 15

/** A computed number smaller than this many decimals counts as 0: it is the remainder of a sum of doubles. */
const NOTHING_BEHIND = 8

/**
 * Removes floating-point noise: if a program wrote a double with all its 16 or 17 digits, the last ones are noise
 * (75.650000000000006 is 75.65), and a tiny remainder (-1.7763568394002505E-15) is 0. Texts with no more than the
 * allowed decimals, or with fewer digits, are exact and stay unchanged.
 */
function withoutNoise(text: string, decimals: number): string {
  if (isNothing(text)) return '0'
  const certain = certainDecimals(text, decimals)
  return certain === null ? text : Number(text).toFixed(certain).replace(/0+$/, '')
}

/** As `withoutNoise`, but rounds a double with too many real decimals, such as the quotient 33.333333333333336. */
function roundedDouble(text: string, decimals: number): string {
  if (isNothing(text)) return '0'
  const certain = certainDecimals(text, decimals)
  return certain === null ? text : Number(text).toFixed(Math.min(certain, decimals))
}

/**
 * Reliable decimals of a double that was written with all its digits and more decimals than allowed; null for other
 * texts.
 */
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

/** An amount; null if the field is absent. Throws `decimal_invalid` with the field. */
export function amountOf(wire: Wire, name: string, path = ''): Decimal4 | null {
  const found = textOf(wire[name])
  return found === null ? null : decimal4(roundedDouble(found, 4), path + name)
}

/** As `amountOf`; throws `value_missing` if the field is absent. */
export function requireAmount(wire: Wire, name: string, path = ''): Decimal4 {
  const found = amountOf(wire, name, path)
  if (found === null) throw valueMissingError(path + name)
  return found
}

/**
 * A quantity, rounded down to 8 decimals so that it is never more than there is. Null if the field is absent. Throws
 * `decimal_invalid` with the field.
 */
export function quantityOf(wire: Wire, name: string, path = ''): Decimal8 | null {
  const found = textOf(wire[name])
  return found === null ? null : decimal8Below(withoutNoise(found, 8), path + name)
}

/** As `quantityOf`, but rounded up, for a required quantity. */
export function needOf(wire: Wire, name: string, path = ''): Decimal8 | null {
  const found = textOf(wire[name])
  return found === null ? null : decimal8Above(withoutNoise(found, 8), path + name)
}

/**
 * A unit price or weight, rounded to 8 decimals; null if the field is absent. Throws `decimal_invalid` with the field.
 */
export function priceOf(wire: Wire, name: string, path = ''): Decimal8 | null {
  const found = textOf(wire[name])
  return found === null ? null : decimal8Rounded(withoutNoise(found, 8), path + name)
}

/** The attribute that lists a product's rounded numbers with their original values; empty if none was rounded. */
export function roundingNote(given: Wire): Record<string, string> {
  const rounded = Object.entries(given).flatMap(([name, value]) => {
    const text = textOf(value)
    return text === null || isDecimal8(withoutNoise(text, 8)) ? [] : [[name, text] as const]
  })
  return rounded.length === 0 ? {} : { [ROUNDED]: stringifyExact(Object.fromEntries(rounded)) }
}

/** Removes fields that are null. */
export function withoutNulls(fields: Wire): Wire {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null))
}

/** The fields that are neither excluded nor null, each as JSON text. */
export function attributesOf(wire: Wire, leftOut: ReadonlySet<string>): Record<string, string> {
  const attributes: Record<string, string> = {}
  for (const [name, value] of Object.entries(wire)) {
    if (leftOut.has(name) || value === null || value === undefined) continue
    attributes[name] = stringifyExact(value)
  }
  return attributes
}

function valueMissingError(field: string): StreamError {
  return new StreamError('value_missing', `${field} is missing; add it at the source`, { field })
}
