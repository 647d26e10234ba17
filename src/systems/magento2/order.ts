import { add, type Decimal4, magnitude, subtract, sum, ZERO4 } from '../../events/decimal.ts'
import type { Address, Order, OrderLine } from '../../events/generated/events.ts'
import { expectedTotal } from '../../events/order-total.ts'
import { amountOf, attributesOf, requireAmount, requireText, textOf, type Wire, wireOf, wiresOf } from '../kit/wire.ts'
import { chargesOf, chargeTaxes } from './charges.ts'
import { withNetDiscounts } from './net-discount.ts'
import { type BaseSkus, toOrderLines } from './order-lines.ts'
import { withoutProductTaxes } from './product-taxes.ts'
import { fromMagentoTime } from './time.ts'

/**
 * Fields that the order already has, that change without a change of content (`updated_at`), or that must not be passed
 * on (IP address of the customer, date of birth).
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
 * Converts Magento's order to the event's data. Pure. Amounts are in the order's currency, times in UTC. `baseSkus`:
 * SKUs of the products that `askedProducts` returns. Throws `value_missing`, `decimal_invalid` or `time_invalid` with
 * the field.
 */
export function toOrder(wire: Wire, baseSkus?: BaseSkus): Order {
  const extension = wireOf(wire['extension_attributes'])
  const shipping = wireOf(wireOf(wiresOf(extension['shipping_assignments'])[0])['shipping'])
  const payment = wireOf(wire['payment'])
  const shippingAddress = shipping['address']
  const amounts = toAmounts(wire, extension, toOrderLines(wiresOf(wire['items']), baseSkus))
  return {
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
    customerEmail: textOf(wire['customer_email']) ?? '',
    billingAddress: billingAddress(wire),
    shippingAddress: shippingAddress === undefined ? null : toAddress(wireOf(shippingAddress)),
    shippingMethod: textOf(shipping['method']),
    paymentMethod: textOf(payment['method']),
    purchaseOrderNumber: textOf(payment['po_number']),
    couponCode: textOf(wire['coupon_code']),
    ...amounts,
    attributes: { ...attributesOf(wire, LEFT_OUT), ...extensionAttributes(extension) },
  }
}

type Amounts = Pick<
  Order,
  'subtotal' | 'discount' | 'shipping' | 'shippingTax' | 'tax' | 'giftCard' | 'storeCredit' | 'grandTotal' | 'charges'
>

/**
 * Magento's `tax_amount` includes the tax on shipping, and its `discount_amount` the discount on shipping. Here,
 * shipping is net of its discount, so that discount and tax only cover the lines. If prices include tax, Magento's
 * discount includes tax, which is added again (`…_tax_compensation_…`); here the discount is net, as in the lines. The
 * rest of the total becomes charges.
 */
function toAmounts(wire: Wire, extension: Wire, rows: readonly OrderLine[]): Amounts & Pick<Order, 'lines'> {
  const amount = (name: string): Decimal4 => amountOf(wire, name) ?? ZERO4
  const paidBy = (name: string): Decimal4 =>
    magnitude(amountOf(extension, name, 'extension_attributes.') ?? amountOf(wire, name) ?? ZERO4)
  const shippingTax = amount('shipping_tax_amount')
  const shippingDiscount = magnitude(amount('shipping_discount_amount'))
  const lineDiscount = subtract(magnitude(amount('discount_amount')), shippingDiscount)
  const lines = withNetDiscounts(rows)
  const taken = (field: 'discount' | 'tax') =>
    subtract(sum(rows.map((row) => row[field])), sum(lines.map((line) => line[field])))
  const tax = subtract(amount('tax_amount'), shippingTax)
  const beyondRows = subtract(tax, sum(rows.map((row) => row.tax)))
  const amounts = {
    subtotal: withoutProductTaxes(wire, requireAmount(wire, 'subtotal'), sum(rows.map(({ rowTotal }) => rowTotal))),
    discount: subtract(subtract(lineDiscount, amount('discount_tax_compensation_amount')), taken('discount')),
    shipping: add(
      subtract(amount('shipping_amount'), shippingDiscount),
      amount('shipping_discount_tax_compensation_amount'),
    ),
    shippingTax,
    tax: subtract(subtract(tax, chargeTaxes(wire, beyondRows)), taken('tax')),
    giftCard: paidBy('gift_cards_amount'),
    storeCredit: add(paidBy('customer_balance_amount'), paidBy('reward_currency_amount')),
  }
  const grandTotal = requireAmount(wire, 'grand_total')
  const charges = chargesOf(wire, subtract(grandTotal, expectedTotal({ ...amounts, charges: [] })))
  return { ...amounts, charges, grandTotal, lines }
}

/** The order's extension attributes without copies of rows and addresses. */
function extensionAttributes(extension: Wire): Record<string, string> {
  const leftOut = new Set(['shipping_assignments', 'gift_cards_amount', 'customer_balance_amount'])
  return attributesOf(extension, leftOut)
}

/** An address without a VAT number gets that of the customer. */
function billingAddress(wire: Wire): Address {
  const address = toAddress(wireOf(wire['billing_address']))
  return { ...address, vatNumber: address.vatNumber ?? textOf(wire['customer_taxvat']) }
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
    namePrefix: textOf(wire['prefix']),
    middleName: textOf(wire['middlename']),
    nameSuffix: textOf(wire['suffix']),
    vatNumber: textOf(wire['vat_id']),
  }
}
