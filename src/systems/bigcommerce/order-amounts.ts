import { StreamError } from '../../errors.ts'
import { add, type Decimal4, subtract, sum, text4, ZERO4, ZERO8 } from '../../events/decimal.ts'
import type { Charge, Order, OrderLine } from '../../events/generated/events.ts'
import { unexplained } from '../../rules/unexplained.ts'
import { amountOf, quantityOf, requireAmount, textOf, type Wire } from '../kit/wire.ts'
import { chargesOf } from './charges.ts'
import { differs } from './order-lines.ts'

export type OrderAmounts = Pick<
  Order,
  'subtotal' | 'discount' | 'shipping' | 'shippingTax' | 'tax' | 'charges' | 'giftCard' | 'storeCredit' | 'grandTotal'
>

/** Handling is part of shipping, as in the store's computation. */
const SHIPPING = ['shipping_cost', 'handling_cost'] as const

/**
 * An order's amounts without tax; a difference to the total becomes an unexplained charge (Guarantee 7).
 * `discount_amount` and `coupon_discount` exclude tax in a store that enters prices without tax, and include it
 * otherwise: the net discount is computed from the totals, and the stated discount must agree with it. It is not
 * documented whether `total_inc_tax` is before or after gift certificates and store credit: the variant that adds up is
 * used.
 */
export function toAmounts(order: Wire, tolerance: Decimal4): OrderAmounts {
  const amount = (name: string) => amountOf(order, name) ?? ZERO4
  const charges = chargesOf(order)
  const of = (kind: 'ex' | 'inc') => sum(SHIPPING.map((name) => amount(`${name}_${kind}_tax`)))
  const shipping = of('ex')
  const shippingTax = subtract(of('inc'), shipping)
  const chargeTax = sum(charges.map(({ tax }) => tax))
  const subtotal = requireAmount(order, 'subtotal_ex_tax')
  const totals = { ex: requireAmount(order, 'total_ex_tax'), inc: requireAmount(order, 'total_inc_tax') }
  const giftCard = amount('gift_certificate_amount')
  const storeCredit = amount('store_credit_amount')
  const paid = add(giftCard, storeCredit)
  const charged = sum(charges.map((charge) => charge.amount))
  const gross = sum([subtotal, shipping, charged])
  const grossWithTax = sum([amount('subtotal_inc_tax'), of('inc'), charged, chargeTax])
  const stated = add(amount('discount_amount'), amount('coupon_discount'))
  const taken = [ZERO4, giftCard, storeCredit, paid].find(
    (before) =>
      !differs(subtract(gross, stated), add(totals.ex, before), tolerance) ||
      !differs(subtract(grossWithTax, stated), add(totals.inc, before), tolerance),
  )
  const totalTax = requireAmount(order, 'total_tax')
  const taxDiffers = differs(add(totals.ex, totalTax), totals.inc, tolerance)
  const differences = [
    ...(taken === undefined ? [partsDifference(subtract(gross, stated), totals.ex)] : []),
    ...(taxDiffers ? [taxDifference(totals, totalTax)] : []),
  ]
  const discount = taken === undefined ? stated : subtract(gross, add(totals.ex, taken))
  const allTax = taxDiffers ? totalTax : subtract(totals.inc, totals.ex)
  return {
    // A rounding difference of a fraction of a cent is not a discount.
    ...(discount < 0n ? { subtotal: subtract(subtotal, discount), discount: ZERO4 } : { subtotal, discount }),
    shipping,
    shippingTax,
    tax: subtract(subtract(allTax, shippingTax), chargeTax),
    charges: [...charges, ...differences],
    giftCard,
    storeCredit,
    grandTotal: subtract(add(totals.inc, taken ?? ZERO4), paid),
  }
}

function partsDifference(parts: Decimal4, total: Decimal4): Charge {
  const compared = `total_ex_tax is ${text4(total)}, but subtotal, charges and discounts add up to ${text4(parts)}`
  return unexplained(subtract(total, parts), compared)
}

function taxDifference({ ex, inc }: { readonly ex: Decimal4; readonly inc: Decimal4 }, tax: Decimal4): Charge {
  const compared = `total_inc_tax is ${text4(inc)}, but total_ex_tax and total_tax add up to ${text4(add(ex, tax))}`
  return unexplained(subtract(subtract(inc, ex), tax), compared)
}

/**
 * Uses the subtotal of the existing rows; the difference to the stated subtotal becomes an unexplained charge. Throws
 * `totals_differ` if a row is missing, because its vendor is unknown (Guarantee 7).
 */
export function withRows(
  order: Wire,
  amounts: OrderAmounts,
  lines: readonly OrderLine[],
  most: Decimal4,
): OrderAmounts {
  const rows = sum(lines.map(({ rowTotal }) => rowTotal))
  if (!differs(rows, amounts.subtotal, most)) return amounts
  const difference = subtract(amounts.subtotal, rows)
  const compared = `subtotal_ex_tax is ${text4(amounts.subtotal)}, but the order's products add up to ${text4(rows)}`
  if (isRowMissing(order, lines)) throw rowMissingError(compared, difference)
  return { ...amounts, subtotal: rows, charges: [...amounts.charges, unexplained(difference, compared)] }
}

/** The lines have fewer pieces than the order states. */
function isRowMissing(order: Wire, lines: readonly OrderLine[]): boolean {
  const pieces = lines.filter(({ parentLineId }) => parentLineId === null).map((line) => line.quantityOrdered)
  return pieces.length === 0 || pieces.reduce(add, ZERO8) < (quantityOf(order, 'items_total') ?? ZERO8)
}

function rowMissingError(compared: string, left: Decimal4): StreamError {
  const difference = text4(left)
  const message = `${compared} (difference ${difference}): a product of the order is missing in the list of products`
  return new StreamError('totals_differ', message, { field: 'subtotal_ex_tax', details: { difference } })
}

/** The first coupon's code. */
export function couponCode(coupons: readonly Wire[]): string | null {
  return coupons.map((coupon) => textOf(coupon['code'])).find((code) => code !== null) ?? null
}
