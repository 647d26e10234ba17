import type { Connection } from '../../configuration/model.ts'
import { subtract, text4, ZERO4 } from '../../events/decimal.ts'
import type { Address, VendorOrderRequested } from '../../events/generated/events.ts'
import { exactNumber } from '../../platform/json.ts'
import { lineNotes } from '../../rules/line-note.ts'
import { regionOf, type StateLists, stateCode } from '../../rules/regions.ts'
import { personName, vatNote } from '../kit/address-name.ts'
import { amendmentNote } from '../kit/amendment.ts'
import { commentOf, createFieldTexts, type Shortened } from '../kit/field-limits.ts'
import { cutText, lineText } from '../kit/fit-text.ts'
import { toLocalTime } from '../kit/local-time.ts'
import { applyOrderFields } from '../kit/order-fields.ts'
import { isWire, textOf, type Wire, wireOf, wiresOf, withoutNulls } from '../kit/wire.ts'
import { DIGEST_FIELD, digestMark, LINE_FIELD } from './custom-fields.ts'
import { addressLimits, customerLimits, lineLimits, orderLimits } from './field-limits.ts'
import { type OrderAmounts, orderAmounts } from './order-amounts.ts'
import { type BodyField, orderFields, orderFieldsWithCurrency } from './order-fields.ts'
import { lineBody, type OrderReferences, taxLine } from './order-lines.ts'

/** A record's body, and the texts that were too long for its fields. */
export interface FittedBody {
  readonly body: Wire
  readonly shortened: readonly Shortened[]
}

/** The sales order for a vendor order; pure. Numbers keep all their digits. */
export function salesOrderBody(event: VendorOrderRequested, connection: Connection, references: OrderReferences): Wire {
  return salesOrder(event, connection, references).body
}

/** Like `salesOrderBody`. Texts too long for the fields of order, addresses and customer are in the memo in full. */
export function salesOrder(
  event: VendorOrderRequested,
  connection: Connection,
  references: OrderReferences,
): FittedBody {
  const { data } = event
  const texts = createFieldTexts(orderLimits)
  const { shipMethods, location } = connection.orderMap
  const amounts = orderAmounts(data, references.discountItem === null)
  const notes = lineNotes(data)
  const shipMethod = data.shippingMethod === null ? undefined : shipMethods[data.shippingMethod]
  const { isSellers = false, withoutShipping = false, currency = null, states } = references
  const billing = addressBody('billingAddress', isSellers ? null : data.billingAddress, states)
  const shipTo = isSellers ? (data.shippingAddress ?? data.billingAddress) : data.shippingAddress
  const shipping = addressBody('shippingAddress', shipTo, states)
  const otherRefNum = texts.line('otherRefNum', 'order number', data.orderNumber)
  const email = isSellers ? null : texts.email('email', data.customerEmail)
  const vat = isSellers ? null : vatNote(data.billingAddress)
  const said = [lineText(data.purchaseOrderNumber), vat, amendmentNote(data)].filter((text) => text !== null).join('; ')
  const person = isSellers ? [] : [customer(event, null)]
  const shortened = [shipping, billing, ...person, texts].flatMap((part) => part.shortened)
  const body: Partial<Record<BodyField, unknown>> = {
    entity: { id: references.customer },
    tranDate: toLocalTime(data.placedAt, references.zone).slice(0, 10),
    currency: currency === null ? null : { id: currency },
    otherRefNum,
    email,
    memo: commentOf(shortened, orderLimits['memo'] ?? 0, said === '' ? null : said),
    billingAddress: billing.body,
    shippingAddress: shipping.body,
    shippingCost: withoutShipping ? null : exactNumber(text4(amounts.shipping)),
    shipMethod: shipMethod === undefined ? null : { id: shipMethod },
    location: location === null ? null : { id: location },
    ...amountFields(amounts, references),
    [DIGEST_FIELD]: digestMark(event),
  }
  const bodies = amounts.lines.map((priced) => {
    const { lineId } = priced.line
    const note = notes.get(lineId)
    const own = lineBody(event, priced, references)
    const description = note === undefined ? null : cutText(note, lineLimits.description)
    return { lineId, body: description === null ? own : { ...own, description } }
  })
  const own = currency === null ? orderFields : orderFieldsWithCurrency
  const { order, lines } = applyOrderFields({ order: withoutNulls(body), lines: bodies }, event.fields, own)
  return { body: { ...order, item: { items: [...lines, ...taxLine(amounts.tax, references)] } }, shortened }
}

/** The fields for discount and tax: the discount item with its rate, and `taxTotal` if tax is sent that way. */
function amountFields(
  { discount, tax }: OrderAmounts,
  references: OrderReferences,
): Partial<Record<BodyField, unknown>> {
  const { discountItem, taxes = { way: 'taxTotal' } } = references
  const fields = taxes.way === 'taxTotal' ? { taxTotal: exactNumber(text4(tax)) } : {}
  if (discountItem === null) return fields
  return { discountItem: { id: discountItem }, discountRate: exactNumber(text4(subtract(ZERO4, discount))), ...fields }
}

/** The order as NetSuite has it, with every line closed. Lines are complete, so that a replace keeps each of them. */
export function closedOrderBody(event: VendorOrderRequested, order: Wire): Wire {
  const items = wiresOf(wireOf(order['item'])['items']).map(closedLine)
  return { [DIGEST_FIELD]: digestMark(event), item: { items } }
}

/** A line as NetSuite has it, closed. */
export function closedLine(line: Wire): Wire {
  return withoutNulls({
    line: exactOf(line['line']),
    item: { id: textOf(wireOf(line['item'])['id']) },
    quantity: exactOf(line['quantity']),
    rate: exactOf(line['rate']),
    amount: exactOf(line['amount']),
    [LINE_FIELD]: textOf(line[LINE_FIELD]),
    isClosed: true,
  })
}

/** A person; the name falls back to the shipping address. No address book: NetSuite appends to it with every write. */
export function customerBody(event: VendorOrderRequested, subsidiary: string | null): Wire {
  return customer(event, subsidiary).body
}

function customer({ data }: VendorOrderRequested, subsidiary: string | null): FittedBody {
  const { billingAddress, shippingAddress, customerEmail } = data
  const texts = createFieldTexts(customerLimits)
  const isNamed = [billingAddress.firstName, billingAddress.lastName].some((part) => lineText(part) !== null)
  const { namePrefix, middleName, nameSuffix } = isNamed ? billingAddress : (shippingAddress ?? billingAddress)
  const own = (field: 'firstName' | 'lastName') => lineText(billingAddress[field]) ?? shippingAddress?.[field] ?? null
  const last = [own('lastName'), nameSuffix].filter((part) => part !== null).join(' ')
  const body = withoutNulls({
    isPerson: true,
    salutation: texts.line('salutation', 'title', namePrefix),
    firstName: texts.line('firstName', 'first name', own('firstName')) ?? '-',
    middleName: texts.line('middleName', 'middle name', middleName),
    lastName: texts.line('lastName', 'last name', last) ?? '-',
    email: texts.email('email', customerEmail),
    phone: texts.phone('phone', billingAddress.phone),
    subsidiary: subsidiary === null ? null : { id: subsidiary },
  })
  return { body, shortened: texts.shortened }
}

/** The body for an existing order: clears address fields that are empty now, which NetSuite would otherwise keep. */
export function withWholeAddresses(body: Wire): Wire {
  const whole = ['billingAddress', 'shippingAddress'].flatMap((name) => {
    return isWire(body[name]) ? [[name, { ...NO_ADDRESS, ...body[name] }] as const] : []
  })
  return { ...body, ...Object.fromEntries(whole) }
}

const STREET_LINES = ['addr1', 'addr2', 'addr3']

const NO_ADDRESS = Object.fromEntries(
  ['addressee', 'attention', ...STREET_LINES, 'city', 'state', 'zip', 'addrPhone'].map((name) => [name, null]),
)

/** A state has to be one of the account's, if it has any for the country; any other region goes into a street line. */
function addressBody(
  field: 'billingAddress' | 'shippingAddress',
  address: Address | null,
  states: StateLists = new Map(),
) {
  if (address === null) return { body: null, shortened: [] }
  const texts = createFieldTexts(addressLimits)
  const region = regionOf(address)
  const name = region?.names[0] ?? null
  const code = region === null ? null : stateCode(region, address.countryCode, states)
  const isFree = (states.get(address.countryCode?.trim().toUpperCase() ?? '') ?? []).length === 0
  const body = withoutNulls({
    addressee: texts.line('addressee', 'name', personName(address)),
    attention: texts.line('attention', 'company', address.company),
    ...texts.lines(STREET_LINES, 'street', [...address.street, code === null && !isFree ? name : null]),
    city: texts.line('city', 'city', address.city),
    state: texts.line('state', 'region', code ?? (isFree ? name : null)),
    zip: texts.line('zip', 'postal code', address.postalCode),
    country: address.countryCode === null ? null : { id: address.countryCode },
    addrPhone: texts.phone('addrPhone', address.phone),
  })
  return { body, shortened: texts.shortened.map((one) => ({ ...one, field: `${field}.${one.field}` })) }
}

const exactOf = (value: unknown) => {
  const text = textOf(value)
  return text === null ? null : exactNumber(text)
}
