import { type Decimal8, decimal8, ZERO8 } from '../../events/decimal.ts'
import type { Fulfilment, FulfilmentLine, Track } from '../../events/generated/events.ts'
import { requireSku } from '../kit/sku.ts'
import { trackingNumbers } from '../kit/tracking-numbers.ts'
import { reasonText } from '../kit/undelivered.ts'
import { attributesOf, quantityOf, requireText, textOf, type Wire, wiresOf } from '../kit/wire.ts'
import { CANCELED_MARK, type MarkFields, type ReasonFields } from './settings.ts'

/** SAP's number of the type "sales order" as the base of a line. */
const BASE_ORDER = '17'

/** Properties of orders that `toShipments` and `toEnd` need, beside the mark. */
export const ORDER_FIELDS: readonly string[] = [
  'DocEntry',
  'DocNum',
  'NumAtCard',
  'DocumentStatus',
  'Cancelled',
  'DocumentLines',
]

export interface FulfilmentLookups {
  readonly marks: MarkFields
  readonly reasons: ReasonFields
  /** Items that stand for freight: they are no goods. */
  readonly notGoods: ReadonlySet<string>
  /** Names of shipping types by SAP's code. */
  readonly shippingTypes: ReadonlyMap<string, string>
}

/** The reference that our sink gave the order; null for an order that is not of a shop. */
export function referenceOf(order: Wire, { digest }: MarkFields): string | null {
  return textOf(order[digest]) === null ? null : textOf(order['NumAtCard'])
}

/** Keys of the orders that a delivery is of. */
export function baseOrders(delivery: Wire): string[] {
  const lines = wiresOf(delivery['DocumentLines']).filter(({ BaseType }) => textOf(BaseType) === BASE_ORDER)
  return [...new Set(lines.flatMap(({ BaseEntry }) => textOf(BaseEntry) ?? []))]
}

/**
 * What a delivery is of one order; pure. Null: the order is not of a shop, or it holds nothing of it but freight. A
 * delivery may be of several orders of one customer: each is a shipment of its own, `<delivery>-<order>`.
 */
export function toShipment(
  delivery: Wire,
  order: Wire,
  shippedAt: number | null,
  lookups: FulfilmentLookups,
): Fulfilment | null {
  const reference = referenceOf(order, lookups.marks)
  const orderId = requireText(order, 'DocEntry')
  const ordered = new Map(wiresOf(order['DocumentLines']).map((line) => [textOf(line['LineNum']), line]))
  const lines = wiresOf(delivery['DocumentLines'])
    .filter(({ BaseType, BaseEntry }) => textOf(BaseType) === BASE_ORDER && textOf(BaseEntry) === orderId)
    .flatMap((line) => {
      const quantity = decimal8(requireText(line, 'Quantity', PATH), `${PATH}Quantity`)
      return lineOf({ ...ordered.get(textOf(line['BaseLine'])), ...held(line, lookups.marks) }, quantity, lookups)
    })
  if (reference === null || lines.length === 0) return null
  return {
    fulfilmentId: `${requireText(delivery, 'DocEntry')}-${orderId}`,
    orderNumber: reference,
    orderReference: reference,
    kind: 'shipment',
    shippedAt,
    lines,
    tracks: tracksOf(delivery, lookups.shippingTypes),
    attributes: attributesOf(only(delivery, ['DocNum', 'DocDate', 'TransportationCode']), new Set()),
  }
}

/**
 * What the vendor does not deliver of an order, and why: all of one that it canceled, what is left of one that it closed, of an
 * open one what is left of the lines that it closed; pure. Null: it is nothing, the order is not of a shop, or we canceled it
 * ourselves: that is no news for the shop, and another one may have taken its place.
 */
export function toEnd(order: Wire, lookups: FulfilmentLookups): Fulfilment | null {
  const reference = referenceOf(order, lookups.marks)
  const canceled = order['Cancelled'] === 'tYES'
  if (reference === null) return null
  if (textOf(order[lookups.marks.digest])?.startsWith(CANCELED_MARK) === true) return null
  // Only an order of which nothing was delivered can be canceled.
  const left = canceled ? 'Quantity' : 'RemainingOpenQuantity'
  const isOpen = !canceled && order['DocumentStatus'] === 'bost_Open'
  const ended = wiresOf(order['DocumentLines']).filter((line) => !isOpen || line['LineStatus'] === 'bost_Close')
  const why = (record: Wire, name: string | null) => (name === null ? null : reasonText(textOf(record[name])))
  const lines = ended.flatMap((line) => {
    const reason = why(line, lookups.reasons.line) ?? why(order, lookups.reasons.order)
    return lineOf(line, quantityOf(line, left, PATH) ?? ZERO8, lookups).map((one) => ({ ...one, reason }))
  })
  if (lines.length === 0) return null
  return {
    fulfilmentId: `${requireText(order, 'DocEntry')}-${canceled ? 'canceled' : 'closed'}`,
    orderNumber: reference,
    orderReference: reference,
    kind: canceled ? 'cancellation' : 'closure',
    shippedAt: null,
    lines,
    tracks: [],
    attributes: attributesOf(only(order, ['DocNum']), new Set()),
  }
}

const PATH = 'DocumentLines.'

function lineOf(line: Wire, quantity: Decimal8, { marks, notGoods }: FulfilmentLookups): FulfilmentLine[] {
  const sku = requireSku(line, 'ItemCode', PATH)
  if (quantity === 0n || notGoods.has(sku)) return []
  return [{ sku, lineId: textOf(line[marks.line]), quantity, location: textOf(line['WarehouseCode']), reason: null }]
}

/** The properties of a delivery's line that it has: it may lack those that SAP did not copy from the order's. */
function held(line: Wire, marks: MarkFields): Wire {
  const named = only(line, ['ItemCode', 'WarehouseCode', marks.line])
  return Object.fromEntries(Object.entries(named).filter(([, value]) => textOf(value) !== null))
}

function tracksOf(delivery: Wire, shippingTypes: ReadonlyMap<string, string>): Track[] {
  const code = textOf(delivery['TransportationCode'])
  const carrier = code === null ? null : (shippingTypes.get(code) ?? code)
  const numbers = trackingNumbers(textOf(delivery['TrackingNumber']))
  return numbers.map((number) => ({ number, carrier, title: carrier }))
}

function only(wire: Wire, fields: readonly string[]): Wire {
  return Object.fromEntries(fields.map((name) => [name, wire[name]]))
}
