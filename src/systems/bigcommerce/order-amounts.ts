import { StreamError } from '../../errors.ts'
import { add, CENT, type Decimal4, subtract, sum, text4, ZERO4 } from '../../events/decimal.ts'
import type { Order } from '../../events/generated/events.ts'
import { amountOf, requireAmount, textOf, type Wire, wiresOf } from '../kit/wire.ts'
import { differs } from './order-lines.ts'

export type OrderAmounts = Pick<
  Order,
  'subtotal' | 'discount' | 'shipping' | 'shippingTax' | 'tax' | 'giftCard' | 'storeCredit' | 'grandTotal'
>

/** Charges that belong to no line: they are charged with the shipping. */
const CHARGES = ['shipping_cost', 'handling_cost', 'wrapping_cost'] as const

/** What a shop that rounds line by line may be off: a cent a line, and one for the shipping. */
export function toleranceOf(lines: number): Decimal4 {
  return (CENT * BigInt(lines + 1)) as Decimal4
}

/**
 * An order's amounts without tax; throws `totals_differ` when they don't add up (Guarantee 7). `discount_amount` and
 * `coupon_discount` are without tax in a store that enters prices without, and with it in one that enters them with: the
 * net discount is what is missing from the totals, and what the order states has to say the same. Whether `total_inc_tax`
 * is before or after gift certificates and store credit, is not documented: either is taken, by what adds up.
 */
export function toAmounts(order: Wire, tolerance: Decimal4): OrderAmounts {
  const amount = (name: string) => amountOf(order, name) ?? ZERO4
  const charges = chargesOf(order)
  const subtotal = requireAmount(order, 'subtotal_ex_tax')
  const totals = { ex: requireAmount(order, 'total_ex_tax'), inc: requireAmount(order, 'total_inc_tax') }
  const giftCard = amount('gift_certificate_amount')
  const storeCredit = amount('store_credit_amount')
  const paid = add(giftCard, storeCredit)
  const gross = add(subtotal, charges.ex)
  const grossWithTax = add(amount('subtotal_inc_tax'), charges.inc)
  const stated = add(amount('discount_amount'), amount('coupon_discount'))
  const readings = [ZERO4, giftCard, storeCredit, paid]
  const taken = readings.find(
    (before) =>
      !differs(subtract(gross, stated), add(totals.ex, before), tolerance) ||
      !differs(subtract(grossWithTax, stated), add(totals.inc, before), tolerance),
  )
  const taxIsRight = !differs(add(totals.ex, requireAmount(order, 'total_tax')), totals.inc, tolerance)
  if (taken === undefined || !taxIsRight) throw totalsDifferError(subtract(gross, stated), totals.ex)
  const shippingTax = subtract(charges.inc, charges.ex)
  const discount = subtract(gross, add(totals.ex, taken))
  const tax = subtract(subtract(totals.inc, totals.ex), shippingTax)
  const grandTotal = subtract(add(totals.inc, taken), paid)
  const rest = { shipping: charges.ex, shippingTax, tax, giftCard, storeCredit, grandTotal }
  // A fraction of a cent that rounding left over is no discount.
  if (discount < 0n) return { ...rest, subtotal: subtract(subtotal, discount), discount: ZERO4 }
  return { ...rest, subtotal, discount }
}

function chargesOf(order: Wire): { readonly ex: Decimal4; readonly inc: Decimal4 } {
  const fees = wiresOf(order['fees'])
  // The specification spells it both ways.
  const feeEx = fees.map(
    (fee) => amountOf(fee, 'cost_ex_tax', 'fees.') ?? amountOf(fee, 'cost_exc_tax', 'fees.') ?? ZERO4,
  )
  const feeInc = fees.map((fee) => amountOf(fee, 'cost_inc_tax', 'fees.') ?? ZERO4)
  const of = (kind: 'ex' | 'inc') => CHARGES.map((name) => amountOf(order, `${name}_${kind}_tax`) ?? ZERO4)
  return { ex: sum([...of('ex'), ...feeEx]), inc: sum([...of('inc'), ...feeInc]) }
}

function totalsDifferError(parts: Decimal4, total: Decimal4): StreamError {
  const difference = text4(subtract(total, parts))
  return new StreamError(
    'totals_differ',
    `total_ex_tax is ${text4(total)}, but subtotal, charges and discounts add up to ${text4(parts)} (difference ${difference}); ` +
      'a charge that is in none of its known fields, or an order changed by hand',
    { field: 'total_ex_tax', details: { difference } },
  )
}

/** Guarantee 7: the rows have to be the subtotal, else a row is missing. */
export function checkRows(rows: readonly Decimal4[], subtotal: Decimal4, tolerance: Decimal4): void {
  if (!differs(sum(rows), subtotal, tolerance)) return
  const difference = text4(subtract(subtotal, sum(rows)))
  throw new StreamError(
    'totals_differ',
    `subtotal_ex_tax is ${text4(subtotal)}, but the order's products add up to ${text4(sum(rows))} (difference ${difference})`,
    { field: 'subtotal_ex_tax', details: { difference } },
  )
}

/** The first coupon's code. */
export function couponCode(coupons: readonly Wire[]): string | null {
  return coupons.map((coupon) => textOf(coupon['code'])).find((code) => code !== null) ?? null
}
