import { StreamError } from '../../errors.ts'
import { CENT, type Decimal4, magnitude, subtract, sum, text4, ZERO4 } from '../../events/decimal.ts'
import type { Order, OrderLine } from '../../events/generated/events.ts'
import { expectedTotal } from '../../events/order-total.ts'
import { amountOf, type Wire } from '../kit/wire.ts'

type Amounts = Pick<
  Order,
  'subtotal' | 'discount' | 'shipping' | 'shippingTax' | 'tax' | 'giftCard' | 'storeCredit' | 'grandTotal'
>

/** Fields of amounts, by the names that shops give them. */
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
 * The order's amounts. What a message does not have follows from its lines. `tax_amt` is Magento's, with the tax on
 * shipping, or without it: the total decides which, and without one the lines. Throws `totals_differ` when
 * they don't add up either way (Guarantee 7).
 */
export function toAmounts(wire: Wire, lines: readonly OrderLine[]): Amounts {
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
    giftCard: magnitude(given('giftCard') ?? ZERO4),
    storeCredit: magnitude(given('storeCredit') ?? ZERO4),
  }
  const withTax = (lineTax: Decimal4): Amounts => {
    return { ...known, tax: lineTax, grandTotal: expectedTotal({ ...known, tax: lineTax, charges: [] }) }
  }
  const readings = tax === null ? [total('tax')] : [subtract(tax, shippingTax), tax]
  const grandTotal = given('grandTotal')
  const found =
    grandTotal === null
      ? (readings.find((one) => one === total('tax')) ?? readings[0])
      : readings.find((one) => withTax(one).grandTotal === grandTotal)
  const amounts = withTax(found ?? readings[0] ?? ZERO4)
  if (found === undefined) throw totalsDifferError('grand_total', grandTotal ?? ZERO4, amounts.grandTotal)
  // A cancellation may come without its lines.
  if (lines.length > 0) checkRows(lines, amounts.subtotal)
  return amounts
}

/** As the split of an order among vendors sees them: a cent for each line may be from rounding. */
function checkRows(lines: readonly OrderLine[], subtotal: Decimal4): void {
  const rows = sum(lines.map(({ rowTotal }) => rowTotal))
  if (magnitude(subtract(subtotal, rows)) > CENT * BigInt(lines.length))
    throw totalsDifferError('sub_total', subtotal, rows)
}

function totalsDifferError(field: string, is: Decimal4, expected: Decimal4): StreamError {
  const difference = text4(subtract(is, expected))
  const message = `${field} is ${text4(is)}, but what it is made of adds up to ${text4(expected)} (difference ${difference})`
  return new StreamError('totals_differ', message, { field, details: { difference } })
}
