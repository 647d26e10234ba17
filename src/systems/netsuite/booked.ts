import { add, type Decimal4, magnitude, subtract, sum, text4, text8, ZERO4, ZERO8 } from '../../events/decimal.ts'
import { amountOf, quantityOf, textOf, type Wire, wireOf, wiresOf } from '../kit/wire.ts'
import { LINE_FIELD } from './custom-fields.ts'
import type { OrderAmounts, PricedLine } from './order-amounts.ts'
import type { OrderTerms } from './order-terms.ts'
import type { TaxSetting } from './taxes.ts'

/** How an order was written; what is left to the account is not compared. */
export type Compared = Pick<OrderTerms, 'taxes' | 'erpPrices' | 'sendsShipping'>

/**
 * Guarantee 7: the first difference between what NetSuite booked and the order, with both amounts; null if they agree.
 * NetSuite rounds amounts that are not whole cents (or units of the currency): they may differ by less than one unit. A
 * tax that NetSuite computes may differ by one unit per line, since each is rounded; a tax that is not sent is not
 * compared.
 */
export function bookedDifference(amounts: OrderAmounts, how: Compared, order: Wire): string | null {
  const { taxes, erpPrices, sendsShipping } = how
  const booked = linesOf(order)
  for (const line of amounts.lines) {
    const differs = lineDifference(line, booked.get(line.line.lineId), erpPrices === null)
    if (differs !== null) return differs
  }
  if (erpPrices !== null) return null
  const booking = (name: string) => amountOf(order, name) ?? ZERO4
  const inLine = taxes.way === 'item' ? amounts.tax : ZERO4
  const lines = sum(amounts.lines.map(({ amount }) => amount))
  // Shipping that is left to the account is not compared.
  const shipping = sendsShipping ? amounts.shipping : add(booking('shippingCost'), booking('handlingCost'))
  const net = add(subtract(add(lines, shipping), amounts.discount), inLine)
  return (
    (sendsShipping ? partDifference('shipping', booking('shippingCost'), shipping, amounts.unit) : null) ??
    partDifference('discount', discountOf(order), magnitude(amounts.discount), amounts.unit) ??
    totalDifference(order, booking('taxTotal'), { net, rounded: [shipping, amounts.discount, inLine], amounts }) ??
    taxDifference(taxes.way, booking('taxTotal'), amounts)
  )
}

/** A difference in currency: the same number is another amount then. `currency`: the internal id that was sent. */
export function currencyDifference(currency: string | null, order: Wire): string | null {
  const { id, refName } = wireOf(order['currency'])
  const booked = textOf(id)
  if (currency === null || booked === null || booked === currency) return null
  return `its currency is ${booked} (${textOf(refName)}) instead of ${currency}`
}

/** For people: the total of an order whose prices NetSuite determined. */
export function pricesNote(order: Wire): string {
  const [total, tax] = [amountOf(order, 'total') ?? ZERO4, amountOf(order, 'taxTotal') ?? ZERO4]
  return `priced by NetSuite: ${text4(subtract(total, tax))} before tax`
}

const linesOf = (order: Wire): ReadonlyMap<string, Wire> =>
  new Map(wiresOf(wireOf(order['item'])['items']).map((line) => [textOf(line[LINE_FIELD]) ?? '', line]))

function lineDifference(
  { line, quantity, amount }: PricedLine,
  booked: Wire | undefined,
  comparesAmount: boolean,
): string | null {
  if (booked === undefined) return `line ${line.lineId} is missing`
  const pieces = quantityOf(booked, 'quantity', 'item.') ?? ZERO8
  if (pieces !== quantity) return `line ${line.lineId} has ${text8(pieces)} pieces instead of ${text8(quantity)}`
  const cost = amountOf(booked, 'amount', 'item.') ?? ZERO4
  return !comparesAmount || cost === amount ? null : `line ${line.lineId} is ${text4(cost)} instead of ${text4(amount)}`
}

/** NetSuite shows discounts as negative amounts. */
function discountOf(order: Wire): Decimal4 | null {
  const shown = amountOf(order, 'discountTotal')
  return shown === null ? null : magnitude(shown)
}

/** A missing amount counts as 0. */
function partDifference(what: string, booked: Decimal4 | null, wanted: Decimal4, unit: Decimal4): string | null {
  const have = booked ?? ZERO4
  if (magnitude(subtract(have, wanted)) < unit) return null
  return `its ${what} is ${text4(have)} instead of ${text4(wanted)}`
}

interface Net {
  readonly net: Decimal4
  /** Parts of it that NetSuite rounds. */
  readonly rounded: readonly Decimal4[]
  readonly amounts: OrderAmounts
}

/** Null if the account hides the total from the role: its parts are compared in any case. */
function totalDifference(order: Wire, taxTotal: Decimal4, { net, rounded, amounts }: Net): string | null {
  const total = amountOf(order, 'total')
  if (total === null) return null
  const { unit } = amounts
  const uneven = rounded.filter((part) => part % unit !== 0n).length
  const have = subtract(total, taxTotal)
  if (magnitude(subtract(have, net)) <= unit * BigInt(uneven)) return null
  return `it is ${text4(have)} before tax instead of ${text4(net)}`
}

function taxDifference(
  taxes: TaxSetting['way'],
  taxTotal: Decimal4,
  { tax, unit, lines }: OrderAmounts,
): string | null {
  if (taxes === 'none') return null
  const wanted = taxes === 'item' ? ZERO4 : tax
  const off = magnitude(subtract(taxTotal, wanted))
  const isRight = taxes === 'computed' ? off <= unit * BigInt(lines.length + 1) : off < unit
  return isRight ? null : `its tax is ${text4(taxTotal)} instead of ${text4(wanted)}`
}
