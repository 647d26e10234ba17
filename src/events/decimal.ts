import { StreamError } from '../errors.ts'

declare const scaleOf: unique symbol

/** An exact decimal of scale 4 (amounts of money) as a whole number of ten-thousandths: 12.5 is 125000n. */
export type Decimal4 = bigint & { readonly [scaleOf]: 4 }
/** An exact decimal of scale 8 (quantities, unit prices, weights) as a whole number of 1e-8: 12.5 is 1250000000n. */
export type Decimal8 = bigint & { readonly [scaleOf]: 8 }
export type Decimal = Decimal4 | Decimal8

export const ZERO4 = 0n as Decimal4
export const ZERO8 = 0n as Decimal8
/** One cent, the unit that shares of an amount are rounded to. */
export const CENT = 100n as Decimal4

/** Longer than any meaningful number; converting digits takes more than linear time. */
const LONGEST = 1_000
const MOST_SHOWN = 60

const DIGITS = /^\d+$/
const CERTAIN_DIGITS = 15
const FORM = /^([+-]?)(?=\.?\d)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,3}))?$/

/** How to handle decimals beyond the scale. */
type Rest = 'refused' | 'cut off' | 'raised' | 'rounded'

function parse(value: string | number, scale: number, field: string, rest: Rest = 'refused'): bigint {
  const given = String(value).trim()
  // As most quantities are.
  if (given.length <= CERTAIN_DIGITS && DIGITS.test(given))
    return BigInt(given) * (scale === 4 ? 10_000n : 100_000_000n)
  const match = given.length > LONGEST ? null : FORM.exec(given)
  if (match === null)
    throw new StreamError('decimal_invalid', `${field}: "${shown(given)}" is not a decimal number`, { field })
  const [, sign, whole = '', fraction = '', exponent = '0'] = match
  const shift = scale - fraction.length + Number(exponent)
  const digits = BigInt(whole + fraction)
  const divisor = shift < 0 ? 10n ** BigInt(-shift) : 1n
  if (rest === 'refused' && digits % divisor !== 0n) {
    throw new StreamError('decimal_invalid', `${field}: ${shown(given)} has more than ${scale} decimals`, { field })
  }
  const isNegative = sign === '-'
  const goesOut = rest === (isNegative ? 'cut off' : 'raised')
  const added = goesOut ? divisor - 1n : rest === 'rounded' ? divisor / 2n : 0n
  const units = shift < 0 ? (digits + added) / divisor : digits * 10n ** BigInt(shift)
  return isNegative ? -units : units
}

function shown(text: string): string {
  return text.length <= MOST_SHOWN ? text : `${text.slice(0, MOST_SHOWN)}… (${text.length} characters)`
}

/** Reads "12.5", 12.5 or "1.2e3" exactly; throws `decimal_invalid` with `field` for other text or over 4 decimals. */
export function decimal4(value: string | number, field: string): Decimal4 {
  return parse(value, 4, field) as Decimal4
}

/** Like `decimal4`, with 8 decimals. */
export function decimal8(value: string | number, field: string): Decimal8 {
  return parse(value, 8, field) as Decimal8
}

/** Whether a text is a number with at most 8 decimals. */
export function isDecimal8(value: string): boolean {
  try {
    parse(value, 8, '')
    return true
  } catch {
    return false
  }
}

/** Like `decimal8`; rounds further decimals down. */
export function decimal8Below(value: string | number, field: string): Decimal8 {
  return parse(value, 8, field, 'cut off') as Decimal8
}

/** Like `decimal8`; rounds further decimals up. */
export function decimal8Above(value: string | number, field: string): Decimal8 {
  return parse(value, 8, field, 'raised') as Decimal8
}

/** Like `decimal8`; rounds further decimals, half away from zero. */
export function decimal8Rounded(value: string | number, field: string): Decimal8 {
  return parse(value, 8, field, 'rounded') as Decimal8
}

function text(units: bigint, scale: number): string {
  const digits = (units < 0n ? -units : units).toString().padStart(scale + 1, '0')
  const whole = digits.slice(0, -scale)
  const fraction = digits.slice(-scale).replace(/0+$/, '')
  return `${units < 0n ? '-' : ''}${whole}${fraction === '' ? '' : `.${fraction}`}`
}

/** Shortest text: 125000n is "12.5". */
export function text4(value: Decimal4): string {
  return text(value, 4)
}

/** Shortest text: 1250000000n is "12.5". */
export function text8(value: Decimal8): string {
  return text(value, 8)
}

export function add<T extends Decimal>(a: T, b: T): T {
  return ((a as bigint) + (b as bigint)) as T
}

export function subtract<T extends Decimal>(a: T, b: T): T {
  return ((a as bigint) - (b as bigint)) as T
}

export function sum<T extends Decimal>(values: Iterable<T>): T {
  let total = 0n
  for (const value of values) total += value
  return total as T
}

/** The smaller of two. */
export function least<T extends Decimal>(a: T, b: T): T {
  if (b < a) return b
  return a
}

/** The larger of two. */
export function greatest<T extends Decimal>(a: T, b: T): T {
  if (b > a) return b
  return a
}

/** The absolute value. */
export function magnitude<T extends Decimal>(value: T): T {
  return (value < 0n ? -(value as bigint) : value) as T
}

/** Rounded to whole units of a currency (cents by default), half away from zero. */
export function toCent(amount: Decimal4, unit: Decimal4 = CENT): Decimal4 {
  const half = amount < 0n ? -unit / 2n : unit / 2n
  return (((amount + half) / unit) * unit) as Decimal4
}

/** quantity × price, rounded half up to 4 decimals. */
export function multiply(quantity: Decimal8, price: Decimal8): Decimal4 {
  const product = (quantity as bigint) * (price as bigint)
  const unit = 10n ** 12n
  const half = product < 0n ? -unit / 2n : unit / 2n
  return ((product + half) / unit) as Decimal4
}

/**
 * Splits `total` into one share per weight; the shares add up to `total` exactly (Guarantee 7). Shares are whole
 * `unit`s by largest remainder, ties to the first; the remainder below one unit goes to the largest share. If all
 * weights are zero they count as equal. Weights must not be negative.
 */
export function allocate(total: Decimal4, weights: readonly bigint[], unit: Decimal4 = CENT): Decimal4[] {
  if (total === 0n) return weights.map(() => ZERO4)
  if (weights.length < 2) return weights.map(() => total)
  const sumOf = weights.reduce((a, b) => a + b, 0n)
  if (sumOf === 0n)
    return allocate(
      total,
      weights.map(() => 1n),
      unit,
    )
  const sign = total < 0n ? -1n : 1n
  const units = (sign * total) / unit
  const shares = weights.map((weight, index) => ({
    index,
    share: (units * weight) / sumOf,
    rest: (units * weight) % sumOf,
  }))
  let left = units - shares.reduce((a, { share }) => a + share, 0n)
  for (const entry of shares.toSorted(
    (a, b) => Number(b.rest > a.rest) - Number(b.rest < a.rest) || a.index - b.index,
  )) {
    if (left === 0n) break
    entry.share += 1n
    left -= 1n
  }
  const largest = shares.reduce((best, entry) => (entry.share > best.share ? entry : best))
  const dust = sign * total - units * unit
  return shares.map((entry) => (sign * (entry.share * unit + (entry === largest ? dust : 0n))) as Decimal4)
}
