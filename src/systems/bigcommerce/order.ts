import type { Address, Order } from '../../events/generated/events.ts'
import { stringifyExact } from '../../platform/json.ts'
import { minorUnit } from '../../rules/currency.ts'
import { roundingOf } from '../../rules/unexplained.ts'
import { attributesOf, requireText, textOf, type Wire, wireOf } from '../kit/wire.ts'
import { couponCode, toAmounts, withRows } from './order-amounts.ts'
import { foldComponents, type RawLine, shareAmounts, toRawLines } from './order-lines.ts'
import { orderState } from './order-states.ts'
import { fromBigCommerceTime } from './time.ts'

/** An order with its separately requested parts. */
export interface OrderParts {
  readonly order: Wire
  readonly products: readonly Wire[]
  readonly addresses: readonly Wire[]
  readonly coupons: readonly Wire[]
  /** Its B2B Edition data; null for an order without a company. */
  readonly b2b: B2bPart | null
}

export interface B2bPart {
  readonly order: Wire
  readonly company: Wire | null
}

/**
 * Fields that the order already has, that are links, that change without a change of content, that Waldstream writes
 * (staff notes), or that must not be passed on (IP address of the customer).
 */
const LEFT_OUT = new Set(
  [
    'id status_id status date_created date_modified date_shipped channel_id default_currency_code store_default_currency_code',
    'currency_id default_currency_id customer_id billing_address products shipping_addresses coupons consignments fees',
    'subtotal_ex_tax discount_amount coupon_discount total_ex_tax total_inc_tax total_tax gift_certificate_amount',
    'store_credit_amount payment_method is_deleted items_shipped staff_notes ip_address ip_address_v6 geoip_country',
    'geoip_country_iso2 custom_status payment_provider_id',
  ].flatMap((names) => names.split(' ')),
)

/** The whole order, and the address of each line. */
export interface ConvertedOrder {
  readonly order: Order
  readonly lineAddresses: ReadonlyMap<string, string | null>
}

/**
 * Converts BigCommerce's order to the event's data. Pure. Amounts are in the currency the customer paid in, times in
 * UTC. Throws `value_missing`, `decimal_invalid`, `time_invalid`, or `totals_differ` if a row is missing, with the
 * field.
 */
export function toOrder({ order, products, addresses, coupons, b2b }: OrderParts): ConvertedOrder {
  // `currency_code` is only the display currency.
  const currency = textOf(order['default_currency_code']) ?? requireText(order, 'currency_code')
  const tolerance = roundingOf(products.length, currency)
  const stated = toAmounts(order, tolerance)
  const folded = foldComponents(toRawLines(products), stated.subtotal, tolerance)
  const rows = folded.map(({ line }) => line)
  const amounts = withRows(order, stated, rows, tolerance)
  const lines = shareAmounts(folded, amounts, { tolerance, unit: minorUnit(currency) })
  const billing = wireOf(order['billing_address'])
  const first = addresses[0]
  const email = [billing, ...addresses].map((address) => textOf(address['email'])).find((one) => one !== null)
  const id = requireText(order, 'id')
  const customer = textOf(order['customer_id'])
  const data: Order = {
    orderId: id,
    orderNumber: id,
    state: orderState(requireText(order, 'status_id')),
    status: textOf(order['status']) ?? 'unknown',
    placedAt: fromBigCommerceTime(requireText(order, 'date_created'), 'date_created'),
    amends: null,
    storeId: textOf(order['channel_id']),
    currency,
    baseCurrency: textOf(order['store_default_currency_code']),
    baseGrandTotal: null,
    customerId: customer === '0' ? null : customer,
    customerGroup: null,
    // Over-the-counter orders have no e-mail address.
    customerEmail: email ?? '',
    billingAddress: toAddress(billing),
    shippingAddress: first === undefined ? null : toAddress(first),
    shippingMethod: first === undefined ? null : textOf(first['shipping_method']),
    paymentMethod: textOf(order['payment_method']),
    purchaseOrderNumber: b2b === null ? null : textOf(b2b.order['poNumber']),
    couponCode: couponCode(coupons),
    lines: lines.map(({ line }) => line),
    ...amounts,
    attributes: { ...attributesOf(order, LEFT_OUT), ...b2bAttributes(b2b) },
  }
  return { order: data, lineAddresses: addressesOf(lines) }
}

function addressesOf(lines: readonly RawLine[]): ReadonlyMap<string, string | null> {
  return new Map(lines.map(({ line, addressId }) => [line.lineId, addressId]))
}

/** Company and extra fields, as `b2b_…`. */
function b2bAttributes(b2b: B2bPart | null): Record<string, string> {
  if (b2b === null) return {}
  const { order, company } = b2b
  const values: Wire = {
    b2b_company_id: textOf(order['companyId']),
    b2b_company: company === null ? null : textOf(company['companyName']),
    b2b_company_group: company === null ? null : textOf(company['bcGroupName']),
    b2b_order_id: textOf(order['id']),
    b2b_extra_fields: extraFields(order),
    b2b_company_extra_fields: company === null ? null : extraFields(company),
  }
  return attributesOf(values, new Set())
}

/** Name to value; null if there are none. */
function extraFields(wire: Wire): Wire | null {
  const fields = Array.isArray(wire['extraFields']) ? wire['extraFields'].map(wireOf) : []
  const named = fields.flatMap((field) => {
    const name = textOf(field['fieldName'])
    return name === null || field['fieldValue'] === null ? [] : [[name, field['fieldValue']] as const]
  })
  return named.length === 0 ? null : Object.fromEntries(named)
}

export function toAddress(wire: Wire): Address {
  return {
    firstName: textOf(wire['first_name']),
    lastName: textOf(wire['last_name']),
    company: textOf(wire['company']),
    street: [textOf(wire['street_1']), textOf(wire['street_2'])].filter((line) => line !== null),
    city: textOf(wire['city']),
    region: textOf(wire['state']),
    regionCode: null,
    postalCode: textOf(wire['zip']),
    countryCode: textOf(wire['country_iso2']),
    phone: textOf(wire['phone']),
    namePrefix: null,
    middleName: null,
    nameSuffix: null,
    vatNumber: null,
    email: textOf(wire['email']),
  }
}

/** JSON text of everything that was read, without IP addresses. */
export function rawOrder({ order, ...parts }: OrderParts): string {
  const { ip_address: _, ip_address_v6: __, ...rest } = order
  return stringifyExact({ order: rest, ...parts })
}
