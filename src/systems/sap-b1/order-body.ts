import type { Connection } from '../../configuration/model.ts'
import { StreamError } from '../../errors.ts'
import { text4, text8 } from '../../events/decimal.ts'
import type { Address, VendorOrderRequested } from '../../events/generated/events.ts'
import { exactNumber } from '../../platform/json.ts'
import { lineNotes } from '../../rules/line-note.ts'
import { earlierReference, orderReference as referenceOf } from '../../rules/order-reference.ts'
import { regionOf, type StateLists, stateCode } from '../../rules/regions.ts'
import { personName, vatNote } from '../kit/address-name.ts'
import { amendmentNote } from '../kit/amendment.ts'
import { commentOf, createFieldTexts, type FieldTexts, type Shortened } from '../kit/field-limits.ts'
import { cutText, lineText } from '../kit/fit-text.ts'
import { toLocalTime } from '../kit/local-time.ts'
import { applyOrderFields, mappedValue } from '../kit/order-fields.ts'
import { textOf, type Wire, wiresOf, withoutNulls } from '../kit/wire.ts'
import { partnerTexts } from './customers.ts'
import { addressLimits, lineLimits, orderLimits } from './field-limits.ts'
import type { OrderAmounts, PricedLine } from './order-amounts.ts'
import { type BodyField, type LineField, orderFields } from './order-fields.ts'
import { lineTaxFields, type OrderSettings } from './order-settings.ts'
import type { OrderTerms } from './order-terms.ts'
import { contentMark, HELD_MARK } from './settings.ts'

/** The reference by which the order is found in SAP. Throws `value_too_large`. */
export function orderReference(connection: Connection, { key }: VendorOrderRequested): string {
  const reference = referenceOf(connection.id, key)
  if (reference.length <= orderLimits.NumAtCard) return reference
  const message = `the reference made of ${connection.id} and the order number has more than ${orderLimits.NumAtCard} characters`
  throw new StreamError('value_too_large', message, { field: 'key' })
}

/** The order's reference: an order of an earlier release keeps its own, one that replaces another gets a new one. */
function nameOf(existing: Wire | null, connection: Connection, event: VendorOrderRequested): string {
  const known = textOf(existing?.['NumAtCard'])
  const own = orderReference(connection, event)
  return known !== null && known === earlierReference(connection.id, event.key) ? known : own
}

export interface OrderParts {
  readonly amounts: OrderAmounts
  readonly settings: OrderSettings
  /** Code of the customer; null for an existing order, which keeps its customer. */
  readonly cardCode: string | null
  /** Customer and prices; default: the shop's customer, at the shop's prices. */
  readonly terms?: Pick<OrderTerms, 'isSellers' | 'erpPrices' | 'atShopPrices'>
  /** The existing order, whose lines keep their numbers by the shop's line id; null: a new order. */
  readonly existing: Wire | null
  /** The company's states. */
  readonly states?: StateLists
}

const SHOPS = { isSellers: false, erpPrices: false, atShopPrices: true } as const
const NO_ADDRESS = { fields: {}, shortened: [] } as const

/**
 * SAP's order for a vendor order; pure. Numbers keep all their digits. Sets both discounts of SAP, so that it adds none
 * of a customer or price list; sets neither if SAP determines the prices.
 */
export function sapOrderBody(event: VendorOrderRequested, connection: Connection, parts: OrderParts): Wire {
  return sapOrder(event, connection, parts).body
}

/** Like `sapOrderBody`. Texts too long for the fields of order and customer are in the comments in full. */
export function sapOrder(
  event: VendorOrderRequested,
  connection: Connection,
  parts: OrderParts,
): { readonly body: Wire; readonly shortened: readonly Shortened[] } {
  const { data } = event
  const { settings, cardCode, terms = SHOPS } = parts
  const day = toLocalTime(data.placedAt, settings.zone).slice(0, 10)
  const expenses = expensesOf(event, parts)
  const shipTo = addressBody('ShipTo', data.shippingAddress ?? data.billingAddress, parts.states)
  const billTo = terms.isSellers ? NO_ADDRESS : addressBody('BillTo', data.billingAddress, parts.states)
  const partner = settings.customer.way === 'fixed' ? [] : partnerTexts(event).shortened
  const shortened = [...shipTo.shortened, ...billTo.shortened, ...partner]
  const addresses = { ...shipTo.fields, ...billTo.fields }
  const body: Partial<Record<BodyField, unknown>> = {
    CardCode: cardCode,
    NumAtCard: nameOf(parts.existing, connection, event),
    DocDate: day,
    DocDueDate: day,
    DocCurrency: terms.atShopPrices ? (settings.currencies.get(data.currency) ?? data.currency) : null,
    DiscountPercent: terms.erpPrices ? null : 0,
    TransportationCode: transportation(connection, data.shippingMethod),
    AddressExtension: parts.existing === null ? addresses : wholeAddresses(addresses),
    DocumentAdditionalExpenses: expenses.length === 0 ? null : expenses,
  }
  const ofLines = lineNotes(data)
  const bodies = parts.amounts.lines.map((priced) => {
    const { lineId } = priced.line
    const note = ofLines.get(lineId)
    const own = { ...lineBody(priced, connection, parts), ...lineTax(event, settings, lineId) }
    return { lineId, body: note === undefined ? own : { ...own, FreeText: cutText(note, lineLimits.FreeText) } }
  })
  const { order, lines } = applyOrderFields(
    { order: withoutNulls({ ...body, [settings.marks.digest]: contentMark(event) }), lines: bodies },
    event.fields,
    orderFields(settings.marks, settings.customer.way),
  )
  const confirmed = confirmation(event, parts)
  const mapped = textOf(order['Comments'])
  const notes = [terms.isSellers ? null : vatNote(data.billingAddress), amendmentNote(data)].filter(
    (note) => note !== null,
  )
  const said = [mapped, ...notes].filter((note) => note !== null).join('; ')
  const isAsMapped = shortened.length === 0 && notes.length === 0
  const comments = isAsMapped ? mapped : commentOf(shortened, orderLimits.Comments, said === '' ? null : said)
  const commented = comments === null ? order : { ...order, Comments: comments }
  return {
    body: { ...commented, ...confirmed, DocumentLines: [...lines, ...freightLine(event, connection, parts)] },
    shortened,
  }
}

/** An order on hold is not approved until the shop releases it; the approval of every other order is the vendor's. */
function confirmation({ held }: VendorOrderRequested, { settings, existing }: OrderParts): Wire {
  if (held) return { Confirmed: 'tNO' }
  return textOf(existing?.[settings.marks.digest])?.startsWith(HELD_MARK) === true ? { Confirmed: 'tYES' } : {}
}

/**
 * The property by which SAP computes the tax of a line: a field of the order map (of the line, else of all lines), else
 * the setting; empty if tax is sent another way. Without `lineId`: the property for all lines.
 */
export function lineTax({ fields }: VendorOrderRequested, { tax }: OrderSettings, lineId?: string): Wire {
  const mapped = lineTaxFields.flatMap((name) => {
    const own = lineId === undefined ? undefined : mappedValue(fields, name, lineId)
    const value = own ?? mappedValue(fields, name)
    return value === undefined ? [] : [[name, value] as const]
  })
  if (mapped.length > 0) return Object.fromEntries(mapped)
  return tax.way === 'code' ? { [tax.field]: tax.code } : {}
}

function lineBody(priced: PricedLine, connection: Connection, { settings, existing, terms = SHOPS }: OrderParts): Wire {
  const { line, quantity, unitPrice, discountPercent } = priced
  const known = wiresOf(existing?.['DocumentLines']).find((one) => textOf(one[settings.marks.line]) === line.lineId)
  const body: Partial<Record<LineField, unknown>> = {
    LineNum: known === undefined ? null : Number(known['LineNum']),
    ItemCode: line.sku,
    Quantity: exactNumber(text8(quantity)),
    UnitPrice: terms.erpPrices ? null : exactNumber(unitPrice),
    DiscountPercent: terms.erpPrices ? null : exactNumber(discountPercent),
    WarehouseCode: connection.orderMap.location,
  }
  return withoutNulls({ ...body, [settings.marks.line]: line.lineId })
}

function freightLine(event: VendorOrderRequested, connection: Connection, { amounts, settings }: OrderParts): Wire[] {
  if (settings.freight?.way !== 'item' || amounts.shipping === 0n) return []
  const line = withoutNulls({
    ItemCode: settings.freight.itemCode,
    Quantity: 1,
    UnitPrice: exactNumber(text4(amounts.shipping)),
    DiscountPercent: 0,
    WarehouseCode: connection.orderMap.location,
  })
  return [{ ...line, ...freightTax(event, settings) }]
}

/** Freight is taxed only if the shop taxed it. */
function freightTax(event: VendorOrderRequested, settings: OrderSettings): Wire {
  return event.data.shippingTax === 0n ? {} : lineTax(event, settings)
}

/** Includes amounts of 0: an order may have had more. Throws `configuration_invalid` if freight has no setting. */
function expensesOf(event: VendorOrderRequested, { amounts, settings }: OrderParts): Wire[] {
  const { freight, tax } = settings
  if (freight === null && amounts.shipping !== 0n) {
    const message = 'an order has freight: set settings.freightExpenseCode or settings.freightItemCode of the system'
    throw new StreamError('configuration_invalid', message, { field: 'settings.freightExpenseCode' })
  }
  const shipping =
    freight?.way === 'expense'
      ? [{ ...expense(freight.code, text4(amounts.shipping)), ...freightTax(event, settings) }]
      : []
  return [...shipping, ...(tax.way === 'expense' ? [expense(tax.code, text4(amounts.tax))] : [])]
}

const expense = (code: number, amount: string): Wire => ({ ExpenseCode: code, LineTotal: exactNumber(amount) })

function transportation(connection: Connection, shippingMethod: string | null): number | null {
  const code = shippingMethod === null ? undefined : connection.orderMap.shipMethods[shippingMethod]
  if (code === undefined) return null
  if (/^\d+$/.test(code)) return Number(code)
  const message = `connection ${connection.id}: orderMap.shipMethods must name SAP's numbers of shipping types; "${code}" is not a number`
  throw new StreamError('configuration_invalid', message, { field: 'orderMap.shipMethods' })
}

/**
 * The recipient is in the second and third line of the address name, as in SAP's own forms: person and company, or a
 * single name over both lines if one is too short.
 */
function addressBody(
  side: 'ShipTo' | 'BillTo',
  address: Address,
  states: StateLists = new Map(),
): { readonly fields: Wire; readonly shortened: readonly Shortened[] } {
  const texts = createFieldTexts(addressLimits)
  const parts = withoutNulls({
    ...texts.lines(['Street', 'Block', 'Building'], 'street', address.street),
    City: texts.line('City', 'city', address.city),
    ZipCode: texts.line('ZipCode', 'postal code', address.postalCode),
    ...regionFields(texts, address, states),
    Country: address.countryCode,
    ...recipient(texts, address),
  })
  const named = Object.entries(parts).map(([name, value]) => [side + name, value] as const)
  return {
    fields: Object.fromEntries(named),
    shortened: texts.shortened.map((one) => ({ ...one, field: side + one.field })),
  }
}

const ADDRESS_FIELDS: readonly string[] = [
  ...['Street', 'Block', 'Building', 'City', 'ZipCode', 'State', 'County', 'Address2', 'Address3'],
]

/** For an existing order: clears address fields that are empty now, which SAP would otherwise keep. */
function wholeAddresses(fields: Wire): Wire {
  const sides = ['ShipTo', 'BillTo'].filter((side) => Object.keys(fields).some((name) => name.startsWith(side)))
  const none = sides.flatMap((side) => ADDRESS_FIELDS.map((name) => [side + name, null] as const))
  return { ...Object.fromEntries(none), ...fields }
}

/** A state has to be one of the company's; any other region goes into the county as text. */
function regionFields(texts: FieldTexts, address: Address, states: StateLists): Wire {
  const region = regionOf(address)
  if (region === null) return {}
  const state = stateCode(region, address.countryCode, states)
  if (state !== null && state.length <= (addressLimits['State'] ?? 0)) return { State: state }
  return { County: texts.line('County', 'region', region.names[0] ?? null) }
}

function recipient(texts: FieldTexts, address: Address): Wire {
  const person = personName(address)
  const company = lineText(address.company)
  const [only] = [person, company].filter((name) => name !== null)
  const isAlone = person === null || company === null
  if (isAlone && only !== undefined && only.length > (addressLimits['Address2'] ?? 0)) {
    return texts.lines(['Address2', 'Address3'], person === null ? 'company' : 'name', [only])
  }
  return {
    Address2: texts.line('Address2', 'name', person),
    Address3: texts.line('Address3', 'company', company),
  }
}
