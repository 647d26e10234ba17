import type { Connection } from '../../configuration/model.ts'
import { add, allocate, type Decimal4, subtract, sum, text4, ZERO4 } from '../../events/decimal.ts'
import type { Address, Order, VendorOrderRequested } from '../../events/generated/events.ts'
import { exactNumber } from '../../platform/json.ts'
import { minorUnit } from '../../rules/currency.ts'
import { lineNotes } from '../../rules/line-note.ts'
import { vendorQuantity, withdrawnQuantity } from '../../rules/quantities.ts'
import { topLevelLines } from '../../rules/split-order.ts'
import { chargeTotals } from '../../rules/vendor-charges.ts'
import { toLocalTime } from '../kit/local-time.ts'
import { applyOrderFields } from '../kit/order-fields.ts'
import { textOf, type Wire, wireOf, wiresOf, withoutNulls } from '../kit/wire.ts'
import { DIGEST_FIELD, digestMark, LINE_FIELD } from './custom-fields.ts'
import { type BodyField, orderFields } from './order-fields.ts'
import { lineAmounts, lineBody, type OrderReferences } from './order-lines.ts'

/** NetSuite's sales order of a vendor order; pure. Numbers are written with all their digits. */
export function salesOrderBody(event: VendorOrderRequested, connection: Connection, references: OrderReferences): Wire {
  const { data } = event
  const { shipMethods, location } = connection.orderMap
  const charges = chargeTotals(data)
  const notes = lineNotes(data)
  const shipMethod = data.shippingMethod === null ? undefined : shipMethods[data.shippingMethod]
  const body: Partial<Record<BodyField, unknown>> = {
    entity: { id: references.customer },
    tranDate: toLocalTime(data.placedAt, references.zone).slice(0, 10),
    otherRefNum: data.orderNumber,
    email: data.customerEmail === '' ? null : data.customerEmail,
    memo: data.purchaseOrderNumber,
    billingAddress: addressBody(data.billingAddress),
    shippingAddress: addressBody(data.shippingAddress),
    shippingCost: exactNumber(text4(add(data.shipping, charges.shipping))),
    shipMethod: shipMethod === undefined ? null : { id: shipMethod },
    location: location === null ? null : { id: location },
    ...discountFields(subtract(data.discount, withdrawnPart(data, 'discount')), references),
    taxTotal: exactNumber(
      text4(add(charges.tax, subtract(add(data.tax, data.shippingTax), withdrawnPart(data, 'tax')))),
    ),
    [DIGEST_FIELD]: digestMark(event),
  }
  const bodies = [...lineAmounts(data)].map(([line, amount]) => {
    const note = notes.get(line.lineId)
    const own = lineBody(event, line, amount, references)
    return { lineId: line.lineId, body: note === undefined ? own : { ...own, description: note } }
  })
  const { order, lines } = applyOrderFields({ order: withoutNulls(body), lines: bodies }, event.fields, orderFields)
  return { ...order, item: { items: lines } }
}

/** NetSuite takes the discount off by an item, as a rate that is an amount. */
function discountFields(discount: Decimal4, { discountItem }: OrderReferences): Partial<Record<BodyField, unknown>> {
  if (discountItem === null) return { discountTotal: exactNumber(text4(discount)) }
  return { discountItem: { id: discountItem }, discountRate: text4(subtract(ZERO4, discount)) }
}

/** What of the lines' discounts or taxes belongs to pieces that the shop took back; shipping stays as it was charged. */
function withdrawnPart(order: Order, field: 'discount' | 'tax'): Decimal4 {
  return sum(
    topLevelLines(order).map((line) => {
      const withdrawn = withdrawnQuantity(line)
      if (withdrawn === 0n) return ZERO4
      return allocate(line[field], [vendorQuantity(line), withdrawn], minorUnit(order.currency))[1] ?? ZERO4
    }),
  )
}

/** The order as NetSuite has it, with every line closed. Lines are named whole, so that a replace keeps each of them. */
export function closedOrderBody(event: VendorOrderRequested, order: Wire): Wire {
  const items = wiresOf(wireOf(order['item'])['items']).map((line) =>
    withoutNulls({
      line: exactOf(line['line']),
      item: { id: textOf(wireOf(line['item'])['id']) },
      quantity: exactOf(line['quantity']),
      rate: exactOf(line['rate']),
      amount: exactOf(line['amount']),
      [LINE_FIELD]: textOf(line[LINE_FIELD]),
      isClosed: true,
    }),
  )
  return { [DIGEST_FIELD]: digestMark(event), item: { items } }
}

/** A person; the name falls back to what the order has. No address book: NetSuite appends to it with every write. */
export function customerBody({ data }: VendorOrderRequested, subsidiary: string | null): Wire {
  const { billingAddress, shippingAddress, customerEmail } = data
  const name = (field: 'firstName' | 'lastName') => billingAddress[field] ?? shippingAddress?.[field] ?? '-'
  return withoutNulls({
    isPerson: true,
    firstName: name('firstName'),
    lastName: name('lastName'),
    email: customerEmail === '' ? null : customerEmail,
    phone: billingAddress.phone,
    subsidiary: subsidiary === null ? null : { id: subsidiary },
  })
}

function addressBody(address: Address | null): Wire | null {
  if (address === null) return null
  const [addr1 = null, addr2 = null, ...more] = address.street
  const addressee = [address.firstName, address.lastName].filter((part) => part !== null).join(' ')
  return withoutNulls({
    addressee: addressee === '' ? null : addressee,
    attention: address.company,
    addr1,
    addr2,
    addr3: more.length === 0 ? null : more.join(', '),
    city: address.city,
    state: address.regionCode ?? address.region,
    zip: address.postalCode,
    country: address.countryCode === null ? null : { id: address.countryCode },
    addrPhone: address.phone,
  })
}

const exactOf = (value: unknown) => {
  const text = textOf(value)
  return text === null ? null : exactNumber(text)
}
