import type { Read } from '../../configuration/model.ts'
import type { Clock } from '../../platform/clock.ts'
import { stringifyExact } from '../../platform/json.ts'
import type { ConfiguredSystem } from '../kit/configured-system.ts'
import { fromLocalTime } from '../kit/local-time.ts'
import type { Keyset, Page, ReadEntity, ReadWindow, SourceReader, UnreadableEntity, WindowRow } from '../kit/source.ts'
import { requireText, textOf, type Wire } from '../kit/wire.ts'
import type { SapB1Client } from './client.ts'
import { baseOrders, type FulfilmentLookups, ORDER_FIELDS, referenceOf, toEnd, toShipment } from './fulfilments.ts'
import { findByKeys, namesByCode } from './lookups.ts'
import { withoutAnnotations } from './odata.ts'
import type { SapB1Values } from './settings.ts'
import { type MarkFields, markFields } from './settings.ts'
import { stampOf, UPDATED } from './time.ts'
import { changePasses, type PassPage, passPages } from './window.ts'

const CREATED = { date: 'CreationDate', time: 'DocTime' }
const IDENTITY = ['DocEntry', 'UpdateDate', 'UpdateTime', 'CreationDate', 'DocTime']
const LIST_PAGE = 1000

/**
 * Deliveries of shop orders with their tracking numbers, then shop orders with what was canceled or closed of them;
 * both by last change, oldest first. A shop order is one that our sink has marked.
 */
export function readSapB1Fulfilments(
  client: SapB1Client,
  read: Read,
  system: Pick<ConfiguredSystem<SapB1Values>, 'id' | 'zone' | 'settings'>,
  clock: Clock,
): SourceReader<'fulfilments'> {
  const marks = markFields(system.settings)
  const { reasonField, lineReasonField } = system.settings
  const reasons = { order: reasonField, line: lineReasonField }
  const { zone } = system
  const pages = (select: object, window: ReadWindow, after: Keyset | null, pageSize: number, signal: AbortSignal) =>
    passPages({ client, window, zone, pageSize, now: () => clock.now(), signal }, documentPasses(select, marks), after)
  return {
    name: 'sap-b1.fulfilments',
    entity: 'fulfilments',
    async *read(window, after, signal) {
      const shippingTypes = await namesByCode(client, 'ShippingTypes', ['Code', 'Name'], signal)
      const notGoods = new Set([system.settings.freightItemCode].filter((code) => code !== null))
      const lookups = { marks, reasons, notGoods, shippingTypes }
      for await (const page of pages({}, window, after, read.pageSize, signal)) {
        const orders = await ordersOf(client, page, lookups, signal)
        yield {
          ...readParts(partsOf(page, orders, marks), page, lookups, zone),
          rows: page.rows.map((row) => windowRow(row, page)),
          reached: page.reached,
          requestedAt: page.requestedAt,
        }
      }
    },
    async *list(window, signal) {
      for await (const page of pages({ select: IDENTITY }, window, null, LIST_PAGE, signal)) {
        yield page.rows.map((row) => windowRow(row, page))
      }
    },
  }
}

function documentPasses(select: object, { digest }: MarkFields) {
  const id = { name: 'DocEntry', isText: false }
  // A line may be closed while its order stays open.
  const marked = `${digest} ne null`
  return [
    ...changePasses({ collection: 'DeliveryNotes', id, filter: null, ...select }, CREATED),
    ...changePasses({ collection: 'Orders', id, filter: marked, ...select }, CREATED),
  ]
}

/** The orders of a page's deliveries, by DocEntry. */
async function ordersOf(
  client: SapB1Client,
  { pass, rows }: PassPage,
  { marks }: FulfilmentLookups,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Wire>> {
  if (pass.collection === 'Orders') return new Map()
  const literals = rows.flatMap(baseOrders)
  const select = [...ORDER_FIELDS, marks.digest]
  const orders = await findByKeys(client, 'Orders', { name: 'DocEntry', literals, select }, signal)
  return new Map(orders.map((order) => [requireText(order, 'DocEntry'), withoutAnnotations(order)]))
}

/** A document and its shop order; for the end of an order, both are the order. */
interface Part {
  readonly document: Wire
  readonly order: Wire
}

function partsOf({ pass, rows }: PassPage, orders: ReadonlyMap<string, Wire>, marks: MarkFields): readonly Part[] {
  const documents = rows.map(withoutAnnotations)
  const parts =
    pass.collection === 'Orders'
      ? documents.map((document) => ({ document, order: document }))
      : documents
          // The cancellation of a delivery is a separate document, not a delivery.
          .filter((document) => document['CancelStatus'] !== 'csCancellation')
          .flatMap((document) => baseOrders(document).map((entry) => ({ document, order: orders.get(entry) ?? {} })))
  return parts.filter(({ order }) => referenceOf(order, marks) !== null)
}

/** A part that cannot be read is returned with its error; the others are not affected (Guarantee 5). */
function readParts(
  parts: readonly Part[],
  { pass, requestedAt }: PassPage,
  lookups: FulfilmentLookups,
  zone: string,
): Pick<Page<'fulfilments'>, 'entities' | 'unreadable'> {
  const entities: ReadEntity<'fulfilments'>[] = []
  const unreadable: UnreadableEntity[] = []
  const isOrder = pass.collection === 'Orders'
  for (const { document, order } of parts) {
    const raw = stringifyExact(isOrder ? order : { delivery: document, order })
    try {
      const stamp = changedAt(document)
      const occurredAt = stamp === null ? null : fromLocalTime(stamp, zone, requestedAt)
      const data = isOrder ? toEnd(order, lookups) : toShipment(document, order, shippedAt(document, zone), lookups)
      const deleted = !isOrder && document['Cancelled'] === 'tYES'
      if (data !== null) entities.push({ key: data.fulfilmentId, occurredAt, deleted, data, raw })
    } catch (error) {
      unreadable.push({ key: `${pass.collection} ${docEntry(document)}`, error, raw })
    }
  }
  return { entities, unreadable }
}

/** When the delivery was made: its date, with the time of day when it was entered. */
function shippedAt(delivery: Wire, zone: string): number | null {
  const stamp = stampOf(delivery, { date: 'DocDate', time: 'DocTime' })
  return stamp === null ? null : fromLocalTime(stamp, zone, Number.POSITIVE_INFINITY)
}

function docEntry(row: Wire): string {
  return textOf(row['DocEntry']) ?? 'without DocEntry'
}

function changedAt(row: Wire): string | null {
  return stampOf(row, UPDATED) ?? stampOf(row, CREATED)
}

function windowRow(row: Wire, { pass }: PassPage): WindowRow {
  return { key: `${pass.collection} ${docEntry(row)}`, changedAt: changedAt(row) ?? '' }
}
