import { unknownName } from '../../configuration/unknown-name.ts'
import { type Decimal4, type Decimal8, text4, text8 } from '../../events/decimal.ts'
import type { Address, OrderLine, VendorOrderRequested } from '../../events/generated/events.ts'

/** What is about an order as a whole. */
export interface OrderHead {
  readonly event: VendorOrderRequested
  readonly reference: string
}

/** What a row is made from. */
export interface OrderRow extends OrderHead {
  readonly line: OrderLine
  /** What the vendor has to deliver of it. */
  readonly quantity: Decimal8
}

type HeadField = (head: OrderHead) => string | null
type Field = (row: OrderRow) => string | null

const amount = (value: Decimal4): string => text4(value)
const shipTo = (pick: (address: Address) => string | null): HeadField => {
  return ({ event }) => (event.data.shippingAddress === null ? null : pick(event.data.shippingAddress))
}
const nameOf = ({ namePrefix, firstName, middleName, lastName, nameSuffix }: Address): string =>
  [namePrefix, firstName, middleName, lastName, nameSuffix].filter((part) => part !== null && part !== '').join(' ')

/** Fields of an order that Waldstream writes itself. */
const orderFields = {
  reference: ({ reference }) => reference,
  order_number: ({ event }) => event.data.orderNumber,
  order_date: ({ event }) => new Date(event.data.placedAt).toISOString().slice(0, 10),
  purchase_order: ({ event }) => event.data.purchaseOrderNumber,
  currency: ({ event }) => event.data.currency,
  shipping_method: ({ event }) => event.data.shippingMethod,
  shipping: ({ event }) => amount(event.data.shipping),
  ship_name: shipTo(nameOf),
  ship_company: shipTo(({ company }) => company),
  ship_street_1: shipTo(({ street }) => street[0] ?? null),
  ship_street_2: shipTo(({ street }) => street.slice(1).join(', ')),
  ship_city: shipTo(({ city }) => city),
  ship_region: shipTo(({ region, regionCode }) => regionCode ?? region),
  ship_postal_code: shipTo(({ postalCode }) => postalCode),
  ship_country: shipTo(({ countryCode }) => countryCode),
  ship_phone: shipTo(({ phone }) => phone),
  ship_email: ({ event }) => event.data.shippingAddress?.email ?? event.data.customerEmail,
} as const satisfies Readonly<Record<string, HeadField>>

/** Fields of a line that Waldstream writes itself. */
const lineFields = {
  line_id: ({ line }) => line.lineId,
  sku: ({ line }) => line.sku,
  name: ({ line }) => line.name,
  quantity: ({ quantity }) => text8(quantity),
  unit_price: ({ line }) => text8(line.unitPrice),
  row_total: ({ line }) => amount(line.rowTotal),
  discount: ({ line }) => amount(line.discount),
  tax: ({ line }) => amount(line.tax),
} as const satisfies Readonly<Record<string, Field>>

const fields: Readonly<Record<string, Field>> = { ...orderFields, ...lineFields }

/** Names of all own fields. */
export const ownFields = Object.keys(fields)

/** All own fields under their own names. */
export const allColumns: ReadonlyMap<string, string> = new Map(ownFields.map((name) => [name, name]))

/** Prefixes of fields that the connection's order map sets: of the order, of the line. */
export const MAPPED = { order: 'order.', line: 'line.' } as const

/** A field without which the vendor can't deliver the order. */
const NEEDED = ['sku', 'quantity'] as const

/** Problem of the configured columns; null: none. */
export function columnProblem(columns: ReadonlyMap<string, string>, needed: readonly string[] = NEEDED): string | null {
  const given = [...columns.values()]
  const isMapped = (name: string) =>
    Object.values(MAPPED).some((prefix) => name.startsWith(prefix) && name.length > prefix.length)
  const unknown = given.find((name) => !isMapped(name) && !Object.hasOwn(fields, name))
  if (unknown !== undefined) {
    const way = 'or order.<name> and line.<name> for fields of orderMap'
    return `has the field ${unknown}, which ${unknownName(unknown, ownFields)}; ${way}`
  }
  if (!given.includes('reference') && !given.includes('order_number')) return 'must have a column for reference'
  const missing = needed.find((name) => !given.includes(name))
  return missing === undefined ? null : `must have a column for ${missing}, else lines would be lost`
}

/** Own fields that are numbers where a format has them. */
const NUMBERS: readonly string[] = ['shipping', 'quantity', 'unit_price', 'row_total', 'discount', 'tax']

export function isNumberField(name: string): boolean {
  return NUMBERS.includes(name)
}

/** Whether the lines of an order may differ in the field. */
export function isLineField(name: string): boolean {
  return Object.hasOwn(lineFields, name) || name.startsWith(MAPPED.line)
}

/** What says which order it is, without anything about people. */
const IDENTIFYING: readonly string[] = ['reference', 'order_number', 'order_date', 'purchase_order']

/** The columns that say which order it is. */
export function identifyingColumns(columns: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  return new Map([...columns].filter(([, field]) => IDENTIFYING.includes(field)))
}

/** Problem of the columns of a cancellation; null: none. Its event has no lines and no fields of the order map. */
export function cancellationColumnProblem(columns: ReadonlyMap<string, string>): string | null {
  const own = columnProblem(columns, [])
  if (own !== null) return own
  const other = [...columns.values()].find((name) => !Object.hasOwn(orderFields, name))
  return other === undefined ? null : `has the field ${other}, but a cancellation is of the order as a whole`
}

/** An own field of the order as a whole. */
export function headField(name: string, head: OrderHead): string {
  return Object.entries<HeadField>(orderFields).find(([own]) => own === name)?.[1](head) ?? ''
}

/** An own field as text; undefined: it is not an own field. */
export function ownField(name: string, row: OrderRow): string | undefined {
  const field = Object.hasOwn(fields, name) ? fields[name] : undefined
  return field === undefined ? undefined : (field(row) ?? '')
}
