import { allocate, type Decimal4, subtract } from '../events/decimal.ts'
import { type LineQuantities, vendorQuantity, withdrawnQuantity } from './quantities.ts'

/**
 * What of an amount of a line belongs to the pieces that are left, in whole units of the currency; the rest goes with those
 * that were taken back.
 */
export function openPart(line: LineQuantities, amount: Decimal4, unit: Decimal4): Decimal4 {
  const withdrawn = withdrawnQuantity(line)
  return withdrawn === 0n ? amount : (allocate(amount, [vendorQuantity(line), withdrawn], unit)[0] ?? amount)
}

/** The other part of the amount. */
export function withdrawnPart(line: LineQuantities, amount: Decimal4, unit: Decimal4): Decimal4 {
  return subtract(amount, openPart(line, amount, unit))
}
