import type { Connection } from '../../core/model.ts'
import { add, allocate, type Decimal4, multiply, subtract, sum, text4, text8, ZERO4 } from '../../events/decimal.ts'
import type { Address, Order, OrderLine, VendorOrderRequested } from '../../events/generated/events.ts'
import { exactNumber } from '../../platform/json.ts'
import { toLocalTime } from '../../systems/local-time.ts'
import { DIGEST_FIELD, digestMark, LINE_FIELD } from '../../systems/netsuite/custom-fields.ts'
import { textOf, type Wire, wireOf, wiresOf } from '../../systems/wire.ts'

/** The lines an ERP is to have: top-level ones. A configurable's row carries its child's SKU; components stay with it. */
export function topLevelLines({ lines }: Order): OrderLine[] {
  const ids = new Set(lines.map(({ lineId }) => lineId))
  return lines.filter(({ parentLineId }) => parentLineId === null || !ids.has(parentLineId))
}

export interface OrderReferences {
  /** Internal id of the customer. */
  readonly customer: string
  /** Internal ids of the items by SKU: one for every top-level line. */
  readonly items: ReadonlyMap<string, string>
  /** Zone of the account: its days are those of the order's date. */
  readonly zone: string
}

/** NetSuite's sales order of a vendor order; pure. Numbers are written with all their digits. */
export function salesOrderBody(event: VendorOrderRequested, connection: Connection, references: OrderReferences): Wire {
  const { data } = event
  const { shipMethods, location } = connection.orderMap
  const shipMethod = data.shippingMethod === null ? undefined : shipMethods[data.shippingMethod]
  const body = present({
    entity: { id: references.customer },
    tranDate: toLocalTime(data.placedAt, references.zone).slice(0, 10),
    otherRefNum: data.orderNumber,
    email: data.customerEmail,
    memo: data.purchaseOrderNumber,
    billingAddress: addressBody(data.billingAddress),
    shippingAddress: addressBody(data.shippingAddress),
    shippingCost: exactNumber(text4(data.shipping)),
    shipMethod: shipMethod === undefined ? null : { id: shipMethod },
    location: location === null ? null : { id: location },
    discountTotal: exactNumber(text4(subtract(data.discount, canceledPart(data, 'discount')))),
    taxTotal: exactNumber(text4(subtract(add(data.tax, data.shippingTax), canceledPart(data, 'tax')))),
    [DIGEST_FIELD]: digestMark(event),
    item: { items: topLevelLines(data).map((line) => lineBody(line, references.items)) },
  })
  return Object.entries(event.fields).reduce(withField, body)
}

/** A field of the order map; `department.id` is the field `id` of `department`. */
function withField(body: Wire, [name, json]: readonly [string, string]): Wire {
  const value: unknown = /^[-\d]/.test(json) ? exactNumber(json) : JSON.parse(json)
  const [first = name, ...rest] = name.split('.')
  if (rest.length === 0) return { ...body, [first]: value }
  return { ...body, [first]: withField(wireOf(body[first]), [rest.join('.'), json]) }
}

/** What of the lines' discounts or taxes belongs to pieces that the shop canceled; shipping stays as it was charged. */
function canceledPart(order: Order, field: 'discount' | 'tax'): Decimal4 {
  return sum(
    topLevelLines(order).map((line) => {
      const open = subtract(line.quantityOrdered, line.quantityCanceled)
      return line.quantityCanceled === 0n ? ZERO4 : (allocate(line[field], [open, line.quantityCanceled])[1] ?? ZERO4)
    }),
  )
}

/** A line that the shop canceled stays, with nothing to deliver: no line is dropped. */
function lineBody(line: OrderLine, items: ReadonlyMap<string, string>): Wire {
  const quantity = subtract(line.quantityOrdered, line.quantityCanceled)
  const amount = line.quantityCanceled === 0n ? line.rowTotal : multiply(quantity, line.unitPrice)
  return {
    item: { id: items.get(line.sku) },
    quantity: exactNumber(text8(quantity)),
    rate: exactNumber(text8(line.unitPrice)),
    amount: exactNumber(text4(amount)),
    [LINE_FIELD]: line.lineId,
    ...(quantity === 0n ? { isClosed: true } : {}),
  }
}

/** The order as NetSuite has it, with every line closed. Lines are named whole, so that a replace keeps each of them. */
export function closedOrderBody(event: VendorOrderRequested, order: Wire): Wire {
  const items = wiresOf(wireOf(order['item'])['items']).map((line) =>
    present({
      line: numberOf(line['line']),
      item: { id: textOf(wireOf(line['item'])['id']) },
      quantity: numberOf(line['quantity']),
      rate: numberOf(line['rate']),
      amount: numberOf(line['amount']),
      [LINE_FIELD]: textOf(line[LINE_FIELD]),
      isClosed: true,
    }),
  )
  return { [DIGEST_FIELD]: digestMark(event), item: { items } }
}

/** A person; the name falls back to what the order has. No address book: NetSuite appends to it with every write. */
export function customerBody({ data }: VendorOrderRequested, subsidiary: string | undefined): Wire {
  const { billingAddress, shippingAddress, customerEmail } = data
  const name = (field: 'firstName' | 'lastName') => billingAddress[field] ?? shippingAddress?.[field] ?? '-'
  return present({
    isPerson: true,
    firstName: name('firstName'),
    lastName: name('lastName'),
    email: customerEmail,
    phone: billingAddress.phone,
    subsidiary: subsidiary === undefined ? null : { id: subsidiary },
  })
}

function addressBody(address: Address | null): Wire | null {
  if (address === null) return null
  const [addr1 = null, addr2 = null, ...more] = address.street
  const addressee = [address.firstName, address.lastName].filter((part) => part !== null).join(' ')
  return present({
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

const numberOf = (value: unknown) => {
  const text = textOf(value)
  return text === null ? null : exactNumber(text)
}

/** Without the fields that have no value. */
function present(fields: Wire): Wire {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null))
}
