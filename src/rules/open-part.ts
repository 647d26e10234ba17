import { allocate, type Decimal4, subtract } from '../events/decimal.ts'
import { type LineQuantities, vendorQuantity, withdrawnQuantity } from './quantities.ts'

/**
 * The share of a line's amount that belongs to the remaining pieces, in whole units of the currency; the rest belongs
 * to the withdrawn pieces.
 */
export function openPart(line: LineQuantities, amount: Decimal4, unit: Decimal4): Decimal4 {
  const withdrawn = withdrawnQuantity(line)
  return withdrawn === 0n ? amount : (allocate(amount, [vendorQuantity(line), withdrawn], unit)[0] ?? amount)
}

/** The share of the withdrawn pieces. */
export function withdrawnPart(line: LineQuantities, amount: Decimal4, unit: Decimal4): Decimal4 {
  return subtract(amount, openPart(line, amount, unit))
}
