import { type Decimal8, decimal8, ZERO8 } from '../../events/decimal.ts'
import type { Fulfilment, FulfilmentLine, Track } from '../../events/generated/events.ts'
import { requireSku } from '../kit/sku.ts'
import { trackingNumbers } from '../kit/tracking-numbers.ts'
import { reasonText } from '../kit/undelivered.ts'
import { attributesOf, quantityOf, requireText, textOf, type Wire, wiresOf } from '../kit/wire.ts'
import { CANCELED_MARK, type MarkFields, type ReasonFields } from './settings.ts'

/** SAP's number of the type "sales order", in the `BaseType` of a line. */
const BASE_ORDER = '17'

/** Properties of orders that `toShipment` and `toEnd` need, in addition to the mark. */
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
  /** Items that represent freight, which are not goods. */
  readonly notGoods: ReadonlySet<string>
  /** Names of shipping types by SAP's code. */
  readonly shippingTypes: ReadonlyMap<string, string>
}

/** The reference that our sink gave the order; null: not a shop order. */
export function referenceOf(order: Wire, { digest }: MarkFields): string | null {
  return textOf(order[digest]) === null ? null : textOf(order['NumAtCard'])
}

/** Keys of the orders in a delivery. */
export function baseOrders(delivery: Wire): string[] {
  const lines = wiresOf(delivery['DocumentLines']).filter(({ BaseType }) => textOf(BaseType) === BASE_ORDER)
  return [...new Set(lines.flatMap(({ BaseEntry }) => textOf(BaseEntry) ?? []))]
}

/**
 * Maps what a delivery contains of one order to a shipment; pure. Null: not a shop order, or only freight of it. A
 * delivery may contain several orders of one customer: each is a separate shipment, `<delivery>-<order>`.
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
      return lineOf({ ...ordered.get(textOf(line['BaseLine'])), ...withValues(line, lookups.marks) }, quantity, lookups)
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
 * The pieces of an order that the vendor will not deliver, and why: all of a canceled order, the rest of a closed
 * order, and the rest of the closed lines of an open order; pure. Null: there are none, it is not a shop order, or
 * Waldstream canceled it: the shop knows that, and another order may have replaced it.
 */
export function toEnd(order: Wire, lookups: FulfilmentLookups): Fulfilment | null {
  const reference = referenceOf(order, lookups.marks)
  const canceled = order['Cancelled'] === 'tYES'
  if (reference === null) return null
  if (textOf(order[lookups.marks.digest])?.startsWith(CANCELED_MARK) === true) return null
  // SAP cancels an order only if nothing of it was delivered.
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

/** The properties that a delivery's line has; it may lack those that SAP did not copy from the order's line. */
function withValues(line: Wire, marks: MarkFields): Wire {
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
