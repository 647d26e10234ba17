import { type Decimal4, magnitude, subtract, sum, ZERO4 } from '../../events/decimal.ts'
import type { Order, OrderLine } from '../../events/generated/events.ts'
import { expectedTotal } from '../../events/order-total.ts'
import { leftOver } from '../../rules/unexplained.ts'
import { amountOf, type Wire } from '../kit/wire.ts'

type Amounts = Pick<
  Order,
  'subtotal' | 'discount' | 'shipping' | 'shippingTax' | 'tax' | 'charges' | 'giftCard' | 'storeCredit' | 'grandTotal'
>

/** Amount fields, with the names that shops use for them. */
export const AMOUNT_FIELDS = {
  subtotal: ['sub_total', 'subtotal'],
  discount: ['discount_amt', 'discount_amount'],
  shipping: ['shipping_amt', 'shipping_total', 'shipping_amount'],
  shippingTax: ['shipping_tax_amt', 'shipping_tax_amount'],
  tax: ['tax_amt', 'tax_amount'],
  giftCard: ['giftcard_amt', 'gift_cards_amount'],
  storeCredit: ['storecredit_amt', 'customer_balance_amount'],
  grandTotal: ['grand_total'],
} as const

/**
 * The order's amounts. Amounts missing in the message are computed from its lines. `tax_amt` is Magento's and may or
 * may not include the tax on shipping: the total decides, or the lines if there is no total. The rest of the total that
 * no amount explains becomes a charge (Guarantee 7).
 */
export function toAmounts(wire: Wire, lines: readonly OrderLine[], currency: string): Amounts {
  const given = (name: keyof typeof AMOUNT_FIELDS): Decimal4 | null => {
    const field = AMOUNT_FIELDS[name].find((one) => amountOf(wire, one) !== null)
    return field === undefined ? null : amountOf(wire, field)
  }
  const total = (name: 'rowTotal' | 'discount' | 'tax') => sum(lines.map((line) => line[name]))
  const shippingTax = given('shippingTax') ?? ZERO4
  const tax = given('tax')
  const known = {
    subtotal: given('subtotal') ?? total('rowTotal'),
    discount: magnitude(given('discount') ?? total('discount')),
    shipping: given('shipping') ?? ZERO4,
    shippingTax,
    charges: [],
    giftCard: magnitude(given('giftCard') ?? ZERO4),
    storeCredit: magnitude(given('storeCredit') ?? ZERO4),
  }
  const withTax = (lineTax: Decimal4): Amounts => {
    return { ...known, tax: lineTax, grandTotal: expectedTotal({ ...known, tax: lineTax }) }
  }
  const readings = (tax === null ? [total('tax')] : [subtract(tax, shippingTax), tax]).map(withTax)
  const first = readings[0] ?? withTax(ZERO4)
  const grandTotal = given('grandTotal')
  if (grandTotal === null) return readings.find((one) => one.tax === total('tax')) ?? first
  const missingIn = (one: Amounts) => subtract(grandTotal, one.grandTotal)
  const nearest = readings.reduce(
    (best, one) => (magnitude(missingIn(one)) < magnitude(missingIn(best)) ? one : best),
    first,
  )
  return { ...nearest, charges: leftOver(missingIn(nearest), lines.length, currency), grandTotal }
}
