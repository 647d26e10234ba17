import {
  add,
  allocate,
  type Decimal4,
  type Decimal8,
  magnitude,
  multiply,
  subtract,
  sum,
  toCent,
  ZERO4,
} from '../../events/decimal.ts'
import type { Order, OrderLine } from '../../events/generated/events.ts'
import { groupLines, type LineGroup } from '../../rules/components.ts'
import { minorUnit } from '../../rules/currency.ts'
import { openPart, withdrawnPart } from '../../rules/open-part.ts'
import { vendorQuantity, withdrawnQuantity } from '../../rules/quantities.ts'
import { topLevelLines } from '../../rules/split-order.ts'
import { chargeTotals } from '../../rules/vendor-charges.ts'

/** A line as it is written to NetSuite: its remaining pieces cost `amount`, to the cent. */
export interface PricedLine {
  readonly line: OrderLine
  readonly quantity: Decimal8
  readonly rate: Decimal8
  readonly amount: Decimal4
}

export interface OrderAmounts {
  /** One for each top-level line; a line that the shop took back has quantity 0. */
  readonly lines: readonly PricedLine[]
  /** Amount of the discount item; 0 if discounts are in the lines. */
  readonly discount: Decimal4
  readonly shipping: Decimal4
  /** Tax of lines, shipping and charges. */
  readonly tax: Decimal4
  /** The smallest amount of the currency. */
  readonly unit: Decimal4
}

/**
 * The amounts of an order as NetSuite takes them; pure. Guarantee 7: lines less discount, plus shipping and tax, add up
 * to the shop's total. Pieces that the shop took back are left out, with their part of discount and tax; shipping stays
 * as it was charged. `discountInLines`: for an account without a discount item; no line is negative.
 */
export function orderAmounts(order: Order, discountInLines: boolean): OrderAmounts {
  const unit = minorUnit(order.currency)
  const charges = chargeTotals(order)
  const discount = subtract(order.discount, withdrawnOf(order, 'discount', unit))
  const gross = grossLines(order, unit)
  const tax = subtract(add(order.tax, order.shippingTax), withdrawnOf(order, 'tax', unit))
  return {
    lines: discountInLines ? netLines(order, gross, discount, unit) : gross,
    discount: discountInLines ? ZERO4 : discount,
    shipping: add(order.shipping, charges.shipping),
    tax: add(charges.tax, tax),
    unit,
  }
}

/**
 * What each line's remaining pieces cost, to the cent (or the currency's unit), as NetSuite stores amounts. The shop's
 * rounding over the whole order is shared among the lines, so that they add up to its subtotal (Guarantee 7).
 */
function grossLines(order: Order, unit: Decimal4): readonly PricedLine[] {
  const lines = topLevelLines(order)
  const exact = lines.map((line) =>
    withdrawnQuantity(line) === 0n ? line.rowTotal : multiply(vendorQuantity(line), line.unitPrice),
  )
  const rounding = subtract(order.subtotal, sum(lines.map(({ rowTotal }) => rowTotal)))
  const weights = exact.map((amount) => (amount < 0n ? 0n : amount))
  const isShared = weights.some((weight) => weight > 0n) && exact.every((amount) => amount >= 0n)
  const amounts = isShared ? allocate(toCent(add(sum(exact), rounding), unit), weights, unit) : exact
  return lines.map((line, index) => ({
    line,
    quantity: vendorQuantity(line),
    rate: line.unitPrice,
    amount: amounts[index] ?? line.rowTotal,
  }))
}

/** The lines less their discounts; the shop's discount on the whole order is shared among them. */
function netLines(
  order: Order,
  gross: readonly PricedLine[],
  discount: Decimal4,
  unit: Decimal4,
): readonly PricedLine[] {
  if (discount === 0n && order.lines.every((line) => line.discount === 0n)) return gross
  const groups = new Map(groupLines(order.lines).map((group) => [group.root, group]))
  const ofLine = (line: OrderLine): Decimal4 => totalOf(groups.get(line), 'discount')
  const nets = gross.map(({ line, amount }) => subtract(amount, openPart(line, ofLine(line), unit)))
  const left = subtract(sum(gross.map(({ amount }) => amount)), discount)
  const positive = nets.map((net) => (net < 0n ? 0n : net))
  const weights = positive.some((net) => net > 0n) ? positive : gross.map(({ amount }) => magnitude(amount))
  const amounts = allocate(toCent(left < 0n ? ZERO4 : left, unit), weights, unit)
  return gross.map((one, index) => {
    const amount = amounts[index] ?? ZERO4
    return { ...one, amount, rate: netRate(one, amount, subtract(one.line.rowTotal, ofLine(one.line)), unit) }
  })
}

/** Rate over all ordered pieces, so that it stays when some are taken back; if inexact, over the remaining ones. */
function netRate({ line, quantity, rate, amount: gross }: PricedLine, amount: Decimal4, row: Decimal4, unit: Decimal4) {
  if (quantity === 0n || gross === amount) return rate
  const usual = priceOf(row, line.quantityOrdered)
  return magnitude(subtract(multiply(quantity, usual), amount)) <= unit ? usual : priceOf(amount, quantity)
}

/** Rounded half up to 8 decimals. */
function priceOf(amount: Decimal4, quantity: Decimal8): Decimal8 {
  const scaled = (amount as bigint) * 10n ** 12n
  const by = quantity as bigint
  return ((scaled + by / 2n) / by) as Decimal8
}

/** The part of the lines' discounts or taxes for pieces that the shop took back; shipping stays as it was charged. */
function withdrawnOf(order: Order, field: 'discount' | 'tax', unit: Decimal4): Decimal4 {
  return sum(groupLines(order.lines).map((group) => withdrawnPart(group.root, totalOf(group, field), unit)))
}

const totalOf = (group: LineGroup | undefined, field: 'discount' | 'tax'): Decimal4 =>
  sum((group?.lines ?? []).map((line) => line[field]))
