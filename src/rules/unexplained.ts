import { StreamError } from '../errors.ts'
import { CENT, type Decimal4, greatest, magnitude, subtract, text4, ZERO4 } from '../events/decimal.ts'
import type { Charge, Order } from '../events/generated/events.ts'
import { minorUnit } from './currency.ts'

const KIND = 'unexplained'

/**
 * Maximum rounding difference of a shop that rounds row by row: a cent per row (or the currency's equivalent), and one
 * for the shipping.
 */
export function roundingOf(rows: number, currency: string): Decimal4 {
  return (greatest(CENT, minorUnit(currency)) * BigInt(rows + 1)) as Decimal4
}

/**
 * The unexplained part of an order's total as charges: `rounding`, up to a cent for each row, or `unexplained`. Readers
 * do not fail for it: `judgeOrder` refuses the order, and only to the vendors of its lines.
 */
export function leftOver(missing: Decimal4, rows: number, currency: string): Charge[] {
  if (missing === 0n) return []
  if (magnitude(missing) > roundingOf(rows, currency)) return [unexplained(missing, null)]
  return [{ kind: 'rounding', name: null, lineId: null, amount: missing, tax: ZERO4 }]
}

/**
 * A difference beyond rounding. `compared`: the amounts, in words; null: the order's total and the sum of its parts.
 */
export function unexplained(amount: Decimal4, compared: string | null): Charge {
  return { kind: KIND, name: compared, lineId: null, amount, tax: ZERO4 }
}

export const isUnexplained = ({ kind }: Charge): boolean => kind === KIND

/** Guarantee 7: the error if the total has an unexplained part, with the amounts compared; null: the order adds up. */
export function totalDiffers({ charges, grandTotal }: Pick<Order, 'charges' | 'grandTotal'>): StreamError | null {
  const left = charges.find(isUnexplained)
  if (left === undefined) return null
  const difference = text4(left.amount)
  const parts = text4(subtract(grandTotal, left.amount))
  const message =
    `${left.name ?? `the order's total is ${text4(grandTotal)}, but its amounts add up to ${parts}`} (difference ${difference}); ` +
    'a charge that none of its known fields contains, or an order changed by hand'
  return new StreamError('totals_differ', message, { field: 'grandTotal', details: { difference } })
}
