import { StreamError } from '../../errors.ts'
import { type Decimal8, subtract, ZERO8 } from '../../events/decimal.ts'
import type { Fulfilment, FulfilmentLine, Track } from '../../events/generated/events.ts'
import { fromLocalTime } from '../kit/local-time.ts'
import { skuOf } from '../kit/sku.ts'
import { trackingNumbers } from '../kit/tracking-numbers.ts'
import { reasonText } from '../kit/undelivered.ts'
import { attributesOf, quantityOf, requireText, textOf, type Wire, wireOf, wiresOf } from '../kit/wire.ts'
import { isTakenBack, LINE_FIELD, TAX_LINE } from './custom-fields.ts'

/** What is needed to map an order and its fulfilments to the shop's terms. */
export interface FulfilmentContext {
  /** Time zone of the account; shipment dates are days in it. */
  readonly zone: string
  /** SKUs (`itemid`) by the items' internal ids. */
  readonly skus: ReadonlyMap<string, string>
  readonly reasons: ReasonFields
}

/** Fields with the reason why something is not delivered, of the order and of its lines. Null: the account has none. */
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

/** False while it is only picked or packed. */
export function isShipped(shipment: Wire): boolean {
  return (idIn(shipment['shipStatus']) ?? 'C') === 'C'
}

/** Maps an item fulfilment and its order to a shipment; null for an order without an external id. Pure. */
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
 * The pieces of an order that will not be delivered, and why: all open pieces of a cancelled order, or the open pieces
 * of closed lines except those that the shop took back. Null if there are none, and for an order without an external
 * id. Pure.
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

/** The value of a field of type text or list. */
function reasonIn(record: Wire, field: string | null): string | null {
  const value = field === null ? null : record[field]
  return reasonText(textOf(value) ?? textOf(wireOf(value)['refName']))
}

/** Key of an order's closure or cancellation. */
export function endingKey(order: string, kind: 'closure' | 'cancellation'): string {
  return `${order}-${kind === 'closure' ? 'closed' : 'canceled'}`
}

type Details = Pick<Fulfilment, 'fulfilmentId' | 'kind' | 'lines' | 'attributes'> & Partial<Fulfilment>

function fulfilment(order: Wire, details: Details): Fulfilment | null {
  const orderReference = textOf(order['externalId'])
  if (orderReference === null) return null
  const number = textOf(order['otherRefNum'])
  // A person may have edited `otherRefNum`: it is used only if the reference ends with it.
  const isNamed = number !== null && ['-', '_'].some((end) => orderReference.endsWith(end + number))
  const orderNumber = isNamed ? number : orderReference
  return { orderNumber, orderReference, shippedAt: null, tracks: [], ...details }
}

/** Null for a row that is not a line of the shop's order, such as a member of a kit or the tax. */
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

/** Sublists of packages and their carriers; each integrated carrier has a sublist of its own. */
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
