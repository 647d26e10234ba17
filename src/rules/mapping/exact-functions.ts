import type { Expression } from 'jsonata'
import { type Decimal8, decimal8, text8 } from '../../events/decimal.ts'

/** Maximum decimals of a quotient or a rounded value. */
const MOST_PLACES = 8
const UNIT = 10n ** BigInt(MOST_PLACES)

/** An argument that a function can't compute with; the message leaves the value out. */
class NotExact extends Error {
  readonly value: unknown

  constructor(message: string, value: unknown) {
    super(message)
    this.value = value
  }
}

/** Accepts texts and whole numbers; refuses a fraction that was computed as a float, before it does harm. */
function exact(value: unknown, name: string): Decimal8 {
  if (typeof value === 'number' && !Number.isSafeInteger(value)) {
    throw new NotExact(`${name} was given a float; write decimals as text`, value)
  }
  if (typeof value !== 'string' && typeof value !== 'number')
    throw new NotExact(`${name} was not given a decimal`, value)
  try {
    return decimal8(value, name)
  } catch {
    throw new NotExact(`${name} was not given a decimal of at most ${MOST_PLACES} places`, value)
  }
}

function rounded(units: bigint, unit: bigint): bigint {
  const half = units < 0n ? -unit / 2n : unit / 2n
  return (units + half) / unit
}

function placesOf(value: unknown, name: string): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= MOST_PLACES) return value
  throw new Error(`${name} accepts 0 to ${MOST_PLACES} places`)
}

/** Rounds half up, away from zero, to so many places. */
function round(units: bigint, places: number): string {
  const unit = 10n ** BigInt(MOST_PLACES - places)
  return text8((rounded(units, unit) * unit) as Decimal8)
}

const texts = (values: unknown): readonly unknown[] => (Array.isArray(values) ? values : [values])

/** Undefined arguments give undefined, as in JSONata's own functions. */
type Exact = (...args: readonly unknown[]) => string | number | undefined
const present =
  (compute: Exact): Exact =>
  (first, ...rest) =>
    first === undefined ? undefined : compute(first, ...rest)

/**
 * Exact arithmetic on decimals of up to eight places. Each function takes decimals as text, or whole numbers, and
 * returns text.
 */
const functions: Readonly<Record<string, { readonly signature: string; readonly compute: Exact }>> = {
  add: { signature: '<xx:s>', compute: (a, b) => text8((exact(a, '$add') + exact(b, '$add')) as Decimal8) },
  subtract: {
    signature: '<xx:s>',
    compute: (a, b) => text8((exact(a, '$subtract') - exact(b, '$subtract')) as Decimal8),
  },
  multiply: {
    signature: '<xx:s>',
    compute: (a, b) => text8(rounded(exact(a, '$multiply') * exact(b, '$multiply'), UNIT) as Decimal8),
  },
  divide: {
    signature: '<xxn:s>',
    compute: (a, b, places) => {
      const divisor = exact(b, '$divide')
      if (divisor === 0n) throw new Error('$divide was given zero as the divisor')
      const sign = divisor < 0n ? -1n : 1n
      const unit = 10n ** BigInt(placesOf(places, '$divide'))
      const quotient = rounded(sign * exact(a, '$divide') * unit * 2n, sign * divisor * 2n)
      return text8((quotient * (UNIT / unit)) as Decimal8)
    },
  },
  round: {
    signature: '<xn?:s>',
    compute: (a, places = 0) => round(exact(a, '$round'), placesOf(places, '$round')),
  },
  total: {
    signature: '<x:s>',
    compute: (values) => text8(texts(values).reduce<bigint>((sum, one) => sum + exact(one, '$total'), 0n) as Decimal8),
  },
  compare: {
    signature: '<xx:n>',
    compute: (a, b) => {
      const [left, right] = [exact(a, '$compare'), exact(b, '$compare')]
      return Number(left > right) - Number(left < right)
    },
  },
}

export const exactFunctionNames: readonly string[] = Object.keys(functions)

/**
 * Registers `$add`, `$subtract`, `$multiply`, `$divide`, `$round`, `$total` and `$compare`; `$round` replaces
 * JSONata's.
 */
export function registerExactFunctions(expression: Expression): void {
  for (const [name, { signature, compute }] of Object.entries(functions)) {
    expression.registerFunction(name, present(compute), signature)
  }
}
