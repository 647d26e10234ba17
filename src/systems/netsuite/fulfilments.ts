import { StreamError } from '../../errors.ts'
import { type Decimal8, subtract, ZERO8 } from '../../events/decimal.ts'
import type { Fulfilment, FulfilmentLine, Track } from '../../events/generated/events.ts'
import { fromLocalTime } from '../kit/local-time.ts'
import { skuOf } from '../kit/sku.ts'
import { trackingNumbers } from '../kit/tracking-numbers.ts'
import { reasonText } from '../kit/undelivered.ts'
import { attributesOf, quantityOf, requireText, textOf, type Wire, wireOf, wiresOf } from '../kit/wire.ts'
import { isTakenBack, LINE_FIELD, TAX_LINE } from './custom-fields.ts'

/** What records of an order and its fulfilments need, to be in the shop's words. */
export interface FulfilmentContext {
  /** Zone of the account: its days are those of shipments. */
  readonly zone: string
  /** What items are called (`itemid`, which is the SKU), by their internal id. */
  readonly skus: ReadonlyMap<string, string>
  readonly reasons: ReasonFields
}

/** Fields that hold why something is not delivered: of the order, and of its lines. Null: the account has none. */
export interface ReasonFields {
  readonly order: string | null
  readonly line: string | null
}

const idIn = (reference: unknown): string | null => textOf(wireOf(reference)['id'])
const itemsOf = (record: Wire, sublist = 'item'): readonly Wire[] => wiresOf(wireOf(record[sublist])['items'])

/** Ids of all items that the records name. */
export function itemIdsOf(...records: readonly Wire[]): string[] {
  return records.flatMap((record) => itemsOf(record).map((line) => idIn(line['item']) ?? '')).filter((id) => id !== '')
}

/** False while it is picked or packed. */
export function isShipped(shipment: Wire): boolean {
  return (idIn(shipment['shipStatus']) ?? 'C') === 'C'
}

/** An item fulfilment and its order as a shipment; null for an order that has no external id. Pure. */
export function toShipment(shipment: Wire, order: Wire, context: FulfilmentContext): Fulfilment | null {
  const id = requireText(shipment, 'id')
  const lines = itemsOf(shipment).flatMap((row) => shippedLine(row, order, context) ?? [])
  if (lines.length === 0) {
    throw new StreamError('source_data_invalid', `item fulfilment ${id} has no line of its order`, { field: 'item' })
  }
  const day = textOf(shipment['tranDate'])
  const details = {
    tranId: shipment['tranId'],
    shipMethod: wireOf(shipment['shipMethod'])['refName'],
    memo: shipment['memo'],
  }
  return fulfilment(order, {
    fulfilmentId: id,
    kind: 'shipment',
    lines,
    tracks: tracksOf(shipment),
    shippedAt: day === null ? null : fromLocalTime(`${day} 00:00:00`, context.zone, Number.MAX_SAFE_INTEGER),
    attributes: attributesOf(details, new Set()),
  })
}

/**
 * What of an order will not be delivered, and why: all that is open of a cancelled one, what is open of lines that are closed.
 * Without what the shop took back. Null where that is nothing, and for an order that has no external id. Pure.
 */
export function toEnding(order: Wire, kind: 'closure' | 'cancellation', context: FulfilmentContext): Fulfilment | null {
  const lines = itemsOf(order).flatMap((line): FulfilmentLine[] => {
    if (line[LINE_FIELD] === TAX_LINE) return []
    if (kind === 'closure' && (line['isClosed'] !== true || isTakenBack(order, line))) return []
    const quantity = subtract(quantityIn(line, 'quantity'), quantityIn(line, 'quantityFulfilled'))
    const reason = reasonIn(line, context.reasons.line) ?? reasonIn(order, context.reasons.order)
    return quantity > 0n ? [{ ...lineOf(line, context), lineId: textOf(line[LINE_FIELD]), quantity, reason }] : []
  })
  if (lines.length === 0) return null
  const details = { tranId: order['tranId'], status: wireOf(order['status'])['refName'] }
  const attributes = attributesOf(details, new Set())
  return fulfilment(order, { fulfilmentId: endingKey(requireText(order, 'id'), kind), kind, lines, attributes })
}

/** What a field of text, or of a list, has. */
function reasonIn(record: Wire, field: string | null): string | null {
  const value = field === null ? null : record[field]
  return reasonText(textOf(value) ?? textOf(wireOf(value)['refName']))
}

/** Key of what ends an order. */
export function endingKey(order: string, kind: 'closure' | 'cancellation'): string {
  return `${order}-${kind === 'closure' ? 'closed' : 'canceled'}`
}

type Details = Pick<Fulfilment, 'fulfilmentId' | 'kind' | 'lines' | 'attributes'> & Partial<Fulfilment>

function fulfilment(order: Wire, details: Details): Fulfilment | null {
  const orderReference = textOf(order['externalId'])
  if (orderReference === null) return null
  const number = textOf(order['otherRefNum'])
  // Who edits it by hand takes it from the shop's number; the reference holds that too.
  const isNamed = number !== null && ['-', '_'].some((end) => orderReference.endsWith(end + number))
  const orderNumber = isNamed ? number : orderReference
  return { orderNumber, orderReference, shippedAt: null, tracks: [], ...details }
}

/** Null for what is no line of the shop's order: the members of a kit stand below it, the tax beside it. */
function shippedLine(row: Wire, order: Wire, context: FulfilmentContext): FulfilmentLine | null {
  const quantity = quantityIn(row, 'quantity')
  if (row['itemReceive'] === false || quantity <= 0n) return null
  const lines = itemsOf(order)
  const number = textOf(row['orderLine'])
  const item = idIn(row['item'])
  const line =
    lines.find((one) => number !== null && textOf(one['line']) === number) ??
    lines.find((one) => item !== null && idIn(one['item']) === item)
  if (line === undefined || line[LINE_FIELD] === TAX_LINE) return null
  return {
    ...lineOf(row['item'] === undefined ? line : row, context),
    lineId: textOf(line[LINE_FIELD]),
    quantity,
    reason: null,
  }
}

function lineOf(row: Wire, { skus }: FulfilmentContext): Pick<FulfilmentLine, 'sku' | 'location'> {
  const id = idIn(row['item']) ?? ''
  const sku = skuOf({ itemid: skus.get(id) }, 'itemid', 'item.') ?? skuOf(wireOf(row['item']), 'refName', 'item.')
  if (sku === null) throw new StreamError('value_missing', `item ${id} has no SKU (itemid)`, { field: 'item' })
  const { refName, id: location } = wireOf(row['location'])
  return { sku, location: textOf(refName) ?? textOf(location) }
}

const quantityIn = (row: Wire, name: string): Decimal8 => quantityOf(row, name, 'item.') ?? ZERO8

/** Sublists of packages by carrier; a carrier that is integrated has its own. */
const PACKAGES: Readonly<Record<string, string | null>> = {
  package: null,
  packageFedEx: 'FedEx',
  packageUps: 'UPS',
  packageUsps: 'USPS',
}

function tracksOf(shipment: Wire): Track[] {
  const method = textOf(wireOf(shipment['shipMethod'])['refName'])
  return Object.entries(PACKAGES).flatMap(([sublist, carrier]) =>
    itemsOf(shipment, sublist).flatMap((row): Track[] => {
      const name = Object.keys(row).find((field) => /^packagetrackingnumber/i.test(field))
      const numbers = name === undefined ? [] : trackingNumbers(textOf(row[name]))
      return numbers.map((number) => ({ number, carrier: carrier ?? method, title: method }))
    }),
  )
}
