import { StreamError } from '../../errors.ts'
import { add, type Decimal4, magnitude, subtract, text4, ZERO4 } from '../../events/decimal.ts'
import type { Address, Order } from '../../events/generated/events.ts'
import { expectedTotal } from '../../events/order-total.ts'
import { amountOf, attributesOf, requireAmount, requireText, textOf, type Wire, wireOf, wiresOf } from '../kit/wire.ts'
import { toOrderLines } from './order-lines.ts'
import { fromMagentoTime } from './time.ts'

/**
 * Fields that are in the order itself, change without its content changing (`updated_at`), or are nobody's business
 * downstream (address of the customer's computer, date of birth).
 */
const LEFT_OUT = new Set(
  [
    'entity_id increment_id state status created_at updated_at relation_parent_real_id store_id order_currency_code',
    'base_currency_code base_grand_total customer_id customer_group_id customer_email billing_address payment items',
    'status_histories coupon_code subtotal discount_amount shipping_amount shipping_tax_amount tax_amount grand_total',
    'extension_attributes remote_ip x_forwarded_for protect_code customer_dob customer_gender',
  ].flatMap((names) => names.split(' ')),
)

/**
 * Magento's order as the event's data; pure. Amounts are in the order's currency, times UTC. Throws `value_missing`,
 * `decimal_invalid`, `time_invalid` or `totals_differ`, naming the field.
 */
export function toOrder(wire: Wire): Order {
  const extension = wireOf(wire['extension_attributes'])
  const shipping = wireOf(wireOf(wiresOf(extension['shipping_assignments'])[0])['shipping'])
  const payment = wireOf(wire['payment'])
  const shippingAddress = shipping['address']
  const order: Order = {
    orderId: requireText(wire, 'entity_id'),
    orderNumber: requireText(wire, 'increment_id'),
    // Newer releases send null for an order that is being placed.
    state: textOf(wire['state']) ?? 'unknown',
    status: textOf(wire['status']) ?? 'unknown',
    placedAt: fromMagentoTime(requireText(wire, 'created_at'), 'created_at'),
    amends: textOf(wire['relation_parent_real_id']),
    storeId: textOf(wire['store_id']),
    currency: requireText(wire, 'order_currency_code'),
    baseCurrency: textOf(wire['base_currency_code']),
    baseGrandTotal: amountOf(wire, 'base_grand_total'),
    customerId: textOf(wire['customer_id']),
    customerGroup: textOf(wire['customer_group_id']),
    customerEmail: requireText(wire, 'customer_email'),
    billingAddress: toAddress(wireOf(wire['billing_address'])),
    shippingAddress: shippingAddress === undefined ? null : toAddress(wireOf(shippingAddress)),
    shippingMethod: textOf(shipping['method']),
    paymentMethod: textOf(payment['method']),
    purchaseOrderNumber: textOf(payment['po_number']),
    couponCode: textOf(wire['coupon_code']),
    lines: toOrderLines(wiresOf(wire['items'])),
    ...toAmounts(wire, extension),
    attributes: { ...attributesOf(wire, LEFT_OUT), ...extensionAttributes(extension) },
  }
  checkTotal(order)
  return order
}

type Amounts = Pick<
  Order,
  'subtotal' | 'discount' | 'shipping' | 'shippingTax' | 'tax' | 'giftCard' | 'storeCredit' | 'grandTotal'
>

/**
 * Magento's `tax_amount` includes the tax on shipping, and its `discount_amount` the discount on shipping: here shipping
 * is what is paid for it, so that discount and tax are those of the lines. With prices that include tax, a discount is
 * taken off with its tax and that tax added again (`…_tax_compensation_…`): here the discount is the net one.
 */
function toAmounts(wire: Wire, extension: Wire): Amounts {
  const amount = (name: string): Decimal4 => amountOf(wire, name) ?? ZERO4
  const paidBy = (name: string): Decimal4 =>
    magnitude(amountOf(extension, name, 'extension_attributes.') ?? amountOf(wire, name) ?? ZERO4)
  const shippingTax = amount('shipping_tax_amount')
  const shippingDiscount = magnitude(amount('shipping_discount_amount'))
  const lineDiscount = subtract(magnitude(amount('discount_amount')), shippingDiscount)
  return {
    subtotal: requireAmount(wire, 'subtotal'),
    discount: subtract(lineDiscount, amount('discount_tax_compensation_amount')),
    shipping: add(
      subtract(amount('shipping_amount'), shippingDiscount),
      amount('shipping_discount_tax_compensation_amount'),
    ),
    shippingTax,
    tax: subtract(amount('tax_amount'), shippingTax),
    giftCard: paidBy('gift_cards_amount'),
    storeCredit: add(paidBy('customer_balance_amount'), paidBy('reward_currency_amount')),
    grandTotal: requireAmount(wire, 'grand_total'),
  }
}

/** Guarantee 7: an order whose amounts don't add up is not guessed at. */
function checkTotal(order: Order): void {
  const expected = expectedTotal(order)
  if (expected === order.grandTotal) return
  const difference = text4(subtract(order.grandTotal, expected))
  throw new StreamError(
    'totals_differ',
    `grand_total is ${text4(order.grandTotal)}, but the order's amounts add up to ${text4(expected)} (difference ${difference}); ` +
      'a charge that is in none of its known fields, or an order changed by hand',
    { field: 'grand_total', details: { difference } },
  )
}

/** What the order's extensions say, less the copies of rows and addresses that are in the order itself. */
function extensionAttributes(extension: Wire): Record<string, string> {
  const leftOut = new Set(['shipping_assignments', 'gift_cards_amount', 'customer_balance_amount'])
  return attributesOf(extension, leftOut)
}

function toAddress(wire: Wire): Address {
  const street = Array.isArray(wire['street']) ? wire['street'] : [wire['street']]
  return {
    firstName: textOf(wire['firstname']),
    lastName: textOf(wire['lastname']),
    company: textOf(wire['company']),
    street: street.map(textOf).filter((line) => line !== null),
    city: textOf(wire['city']),
    region: textOf(wire['region']),
    regionCode: textOf(wire['region_code']),
    postalCode: textOf(wire['postcode']),
    countryCode: textOf(wire['country_id']),
    phone: textOf(wire['telephone']),
    email: textOf(wire['email']),
  }
}
