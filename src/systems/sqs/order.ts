import { StreamError } from '../../errors.ts'
import { magnitude, multiply, ZERO4, ZERO8 } from '../../events/decimal.ts'
import type { Address, Order, OrderLine } from '../../events/generated/events.ts'
import { foldRows } from '../kit/fold-rows.ts'
import { skuKey } from '../kit/sku.ts'
import { amountOf, attributesOf, priceOf, quantityOf, textOf, type Wire, wireOf } from '../kit/wire.ts'
import { AMOUNT_FIELDS, toAmounts } from './amounts.ts'
import { type DecodedMessage, firstOf, listOf, type MessageContext, requireFirst, timeOf } from './message.ts'

/** Field names that shops use; the first one with a value counts. */
const FIELDS = {
  id: ['order_id', 'fe_order_id'],
  status: ['order_status', 'fe_order_status'],
  placed: ['order_date', 'fe_order_date', 'created_at'],
  updated: ['order_update_date', 'fe_order_update_date', 'updated_at'],
  store: ['store_id', 'fe_store_id'],
  currency: ['currency', 'currency_code', 'order_currency_code'],
  customer: ['customer_id', 'fe_customer_id'],
  group: ['customer_group', 'fe_customer_group'],
  email: ['email', 'customer_email'],
  shipping: ['ship_method', 'shipment_method', 'shipping_method'],
  payment: ['payment_method'],
  purchaseOrder: ['purchase_order', 'customer_po_no', 'po_number'],
  coupon: ['coupon_code'],
} as const

const LEFT_OUT = new Set<string>([
  ...Object.values(FIELDS).flat(),
  ...Object.values(AMOUNT_FIELDS).flat(),
  'addresses',
  'items',
  'firstname',
  'lastname',
])

const CANCELED = ['canceled', 'closed']

/** The key of an order message is the order number. */
export function orderKey(wire: Wire): string | null {
  return firstOf(wire, FIELDS.id)?.text ?? null
}

/**
 * Decodes an order message. Pure. Throws `value_missing`, `decimal_invalid`, `time_invalid` or `source_data_invalid`
 * with the field. `occurredAt` is the shop's time of change or else the time the message reached the queue.
 */
export function toOrder(wire: Wire, context: MessageContext): DecodedMessage<Order> {
  const key = requireFirst(wire, FIELDS.id)
  const text = (name: keyof typeof FIELDS) => firstOf(wire, FIELDS[name])?.text ?? null
  const status = requireFirst(wire, FIELDS.status)
  const state = stateOf(status)
  const { billing, shipping } = addressesOf(wire)
  const lines = toLines(listOf(wire, 'items'))
  if (lines.length === 0 && !CANCELED.includes(state)) throw fieldMissingError('items', 'an order needs at least one')
  // Over-the-counter orders have no e-mail address.
  const email = text('email') ?? billing.email ?? shipping?.email ?? ''
  const currency = text('currency') ?? context.currency
  if (currency === null) throw fieldMissingError('currency', 'add it, or set settings.currency of the system')
  const placedAt = timeOf(wire, FIELDS.placed, context)
  if (placedAt === null) throw fieldMissingError('order_date', 'add it to the message')
  const data: Order = {
    orderId: key,
    orderNumber: key,
    state,
    status,
    placedAt,
    amends: null,
    storeId: text('store'),
    currency,
    baseCurrency: null,
    baseGrandTotal: null,
    customerId: text('customer'),
    customerGroup: text('group'),
    customerEmail: email,
    billingAddress: billing,
    shippingAddress: shipping,
    shippingMethod: text('shipping'),
    paymentMethod: text('payment'),
    purchaseOrderNumber: text('purchaseOrder'),
    couponCode: text('coupon'),
    lines,
    ...toAmounts(wire, lines, currency),
    attributes: attributesOf(wire, LEFT_OUT),
  }
  return { key, occurredAt: timeOf(wire, FIELDS.updated, context) ?? context.sentAt, data }
}

/** Shops use their own status names; order states are compared in Magento's spelling. */
function stateOf(status: string): string {
  const state = status.toLowerCase()
  return state === 'cancelled' ? 'canceled' : state
}

const LINE_LEFT_OUT = new Set(
  'item_id line_id sku name price original_price qty discount_amt tax_amt sub_total'.split(' '),
)

const ID_FIELDS = ['item_id', 'line_id']

/**
 * A line without an id is identified by its SKU, which stays the same when other lines are removed, unlike its
 * position. A message may also report canceled, invoiced, shipped and refunded quantities and the parent line.
 */
function toLines(items: readonly Wire[]): OrderLine[] {
  const unused = unusedIds(items.map((item, index) => ownIdOf(item, index)))
  const lines = items.map((item, index): OrderLine => {
    const path = `items[${index}].`
    const sku = skuOf(item, index)
    const quantityOrdered = quantityOf(item, 'qty', path) ?? ZERO8
    if (quantityOrdered <= 0n) throw fieldMissingError(`${path}qty`, 'a line needs more than 0')
    const pieces = (...names: string[]) =>
      names.map((name) => quantityOf(item, name, path)).find((found) => found !== null) ?? ZERO8
    const parent = textOf(item['parent_item_id'])
    const parentLineId = items.some((one) => firstOf(one, ID_FIELDS)?.text === parent) ? parent : null
    const unitPrice = priceOf(item, 'price', path) ?? (parentLineId === null ? null : ZERO8)
    if (unitPrice === null) throw fieldMissingError(`${path}price`, 'add it to the message')
    return {
      lineId: unused(ownIdOf(item, index)),
      parentLineId,
      sku,
      name: textOf(item['name']) ?? sku,
      productType: textOf(item['product_type']) ?? 'simple',
      quantityOrdered,
      quantityCanceled: pieces('qty_canceled', 'qty_cancelled'),
      quantityInvoiced: pieces('qty_invoiced'),
      quantityShipped: pieces('qty_shipped'),
      quantityRefunded: pieces('qty_refunded'),
      unitPrice,
      originalPrice: priceOf(item, 'original_price', path),
      ownAmounts: null,
      discount: magnitude(amountOf(item, 'discount_amt', path) ?? ZERO4),
      tax: amountOf(item, 'tax_amt', path) ?? ZERO4,
      rowTotal: amountOf(item, 'sub_total', path) ?? multiply(quantityOrdered, unitPrice),
      attributes: attributesOf(item, LINE_LEFT_OUT),
    }
  })
  return foldRows(lines)
}

/** A line without a SKU belongs to no vendor; only the seller handles it. */
function skuOf(item: Wire, index: number): string {
  return skuKey(item['sku']) ?? `item ${firstOf(item, ID_FIELDS)?.text ?? textOf(item['name']) ?? index + 1}`
}

function ownIdOf(item: Wire, index: number): string {
  return firstOf(item, ID_FIELDS)?.text ?? skuOf(item, index)
}

/** Makes an id for each line: a repeated one gets a number, which no other line has as its own. */
function unusedIds(own: readonly string[]): (id: string) => string {
  const given = new Set(own)
  const used = new Set<string>()
  return (id) => {
    let unused = id
    for (let count = 2; used.has(unused) || (unused !== id && given.has(unused)); count += 1) unused = `${id}#${count}`
    used.add(unused)
    return unused
  }
}

function addressesOf(wire: Wire): { readonly billing: Address; readonly shipping: Address | null } {
  const { billto, billing, shipto, shipping } = wireOf(wire['addresses']) as Record<string, unknown>
  const own = { firstName: textOf(wire['firstname']), lastName: textOf(wire['lastname']) }
  const named = (address: Address): Address => ({
    ...address,
    firstName: address.firstName ?? own.firstName,
    lastName: address.lastName ?? own.lastName,
  })
  const [first, second] = [billto ?? billing, shipto ?? shipping].map((one) => (one ? toAddress(wireOf(one)) : null))
  const bill = first ?? second
  if (!bill) throw fieldMissingError('addresses', 'add billto or shipto')
  return { billing: named(bill), shipping: second ? named(second) : null }
}

function toAddress(wire: Wire): Address {
  const text = (...names: string[]) => firstOf(wire, names)?.text ?? null
  const address = wire['address'] ?? wire['street']
  const lines = Array.isArray(address) ? address : (textOf(address)?.split(/\r?\n/) ?? [])
  const region = text('region', 'state')
  const isCode = region !== null && region.length <= 3
  return {
    firstName: text('firstname'),
    lastName: text('lastname'),
    company: text('company', 'companyname'),
    street: lines.map(textOf).filter((line) => line !== null),
    city: text('city'),
    region: isCode ? null : region,
    regionCode: isCode ? region : null,
    postalCode: text('postcode', 'zip'),
    countryCode: text('country', 'country_id'),
    phone: text('telephone', 'phone'),
    email: text('email'),
    namePrefix: text('prefix'),
    middleName: text('middlename'),
    nameSuffix: text('suffix'),
    vatNumber: text('vat_id', 'vatnumber'),
  }
}

function fieldMissingError(field: string, why: string): StreamError {
  return new StreamError('value_missing', `${field} is missing: ${why}`, { field })
}
