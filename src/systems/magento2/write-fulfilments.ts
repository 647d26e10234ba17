import type { Connection } from '../../configuration/model.ts'
import { StreamError } from '../../errors.ts'
import type { Fulfilment, FulfilmentLine, ShopFulfilmentRequested } from '../../events/generated/events.ts'
import { exactNumber } from '../../platform/json.ts'
import type { Delivered, Sink } from '../kit/sink.ts'
import { requireText, textOf, type Wire, wiresOf } from '../kit/wire.ts'
import { notedPieces, noteParts } from './bundle-note.ts'
import { piecesByRow, planBundles } from './bundle-shipment.ts'
import { bundlesApart, linesApart } from './bundles-apart.ts'
import type { Magento2Client } from './client.ts'
import { commentOnOrder } from './order-comment.ts'
import { shippedApart } from './order-rows.ts'
import { newTracks, shipBody } from './ship-body.ts'
import { missingItems, shippedItems } from './shipment.ts'
import { shipWithStock } from './shipment-stock.ts'
import { sourceOf } from './stock.ts'

const PAGE = 100
/** Orders of one number that are looked at. */
const MOST_ALIKE = 20

/**
 * The vendor's shipments as shipments of the shop's order, closures and cancellations as comments on it. Magento has no
 * key of ours for either, so each carries one in its comment, and what is there already is read first (Guarantee 3):
 * a shipment that came through without an answer is found, and one of which a part came through is completed.
 */
export function writeMagento2Fulfilments(client: Magento2Client): Sink<'shop-fulfilments'> {
  return {
    kind: 'shop-fulfilments',
    naturalKey: false,
    async probe(signal) {
      await client.findOrders({ filters: [], sort: ['entity_id'], limit: 1, fields: 'total_count' }, signal)
    },
    async deliver(event, connection, signal) {
      const order = await findOrder(client, event.data, signal)
      if (event.data.kind !== 'shipment') return await commentOnOrder(client, event, order, signal)
      try {
        return await ship(client, event, connection, order, signal)
      } catch (error) {
        throw await asItIsNow(client, order, error, signal)
      }
    },
  }
}

/**
 * An order by its number. Stores may number their orders alike: the second of a number is known with its own id
 * (`2000000001~9`), and of the others the one is meant that has the fulfilment's rows.
 */
async function findOrder(
  client: Magento2Client,
  { orderNumber: number, lines }: Pick<Fulfilment, 'orderNumber' | 'lines'>,
  signal: AbortSignal,
): Promise<Wire> {
  const [, increment = number, id] = /^(.*)~(\d+)$/.exec(number) ?? []
  const byId = id === undefined ? [] : [{ field: 'entity_id', condition: 'eq', value: id } as const]
  const filters = [{ field: 'increment_id', condition: 'eq', value: increment } as const, ...byId]
  const { items, total } = await client.findOrders({ filters, sort: ['entity_id'], limit: MOST_ALIKE }, signal)
  const rows = lines.flatMap(({ lineId }) => lineId ?? [])
  const [order, ...others] = total < 2 || rows.length === 0 ? items : items.filter((one) => hasRows(one, rows))
  if (order !== undefined && others.length === 0) return order
  const message =
    total === 0
      ? `the shop has no order ${number}: it was deleted there, or the connection's shop is another one`
      : `the shop has ${total} orders ${number}, of several stores; ship it there by hand`
  throw new StreamError('target_rejected', message, { field: 'orderNumber' })
}

function hasRows(order: Wire, rows: readonly string[]): boolean {
  const own = new Set(wiresOf(order['items']).map((item) => textOf(item['item_id'])))
  return rows.every((row) => own.has(row))
}

/** What an order that moved on since it was read was refused for says nothing: another shipment of it came between. */
async function asItIsNow(client: Magento2Client, order: Wire, error: unknown, signal: AbortSignal): Promise<unknown> {
  if (!(error instanceof StreamError && error.code === 'target_rejected')) return error
  const number = requireText(order, 'increment_id')
  const now = await client.getOrder(requireText(order, 'entity_id'), signal)
  if (progressOf(now) === progressOf(order)) return error
  const message = `order ${number} changed in the shop while a shipment of it was made`
  return new StreamError('target_changed', message, { cause: error })
}

function progressOf(order: Wire): string {
  const rows = wiresOf(order['items']).map((item) =>
    ['item_id', 'qty_shipped', 'qty_canceled', 'qty_refunded'].map((name) => textOf(item[name])),
  )
  return JSON.stringify([textOf(order['state']), rows])
}

async function ship(
  client: Magento2Client,
  event: ShopFulfilmentRequested,
  connection: Connection,
  given: Wire,
  signal: AbortSignal,
): Promise<Delivered> {
  const orderId = requireText(given, 'entity_id')
  const { carriers, notifyCustomer } = connection.fulfilments
  const mark = `[waldstream ${event.connection}/${event.key}]`
  const ours = (await shipmentsOf(client, orderId, signal)).filter((shipment) => isMarked(shipment, mark))
  const source = (location: string | null) => sourceOf(connection.stock, location)
  const { order, lines, noted } = await withBundles(client, event, given, ours, signal)
  const missing = missingItems(order, { lines }, source, ours)
  const tracks = newTracks(event.data, carriers, ours)
  const made: string[] = []
  for (const [from, items] of Map.groupBy(missing, (item) => item.source)) {
    assertReady(order)
    const options = { notify: notifyCustomer, comment: `Shipped by the vendor. ${mark}`, source: from }
    const body = shipBody(items, { ...options, tracks: made.length === 0 ? tracks : [] })
    made.push(await shipWithStock(client, order, { items, source: from, body }, signal))
  }
  const also = stockOf(event, connection)
  const [first] = ours
  const targetId = made[0] ?? textOf(first?.['entity_id'])
  if (made.length > 0) return { outcome: 'written', targetId, ...also }
  if (first === undefined) {
    return noted === null ? { outcome: 'unchanged', targetId } : { outcome: noted, targetId: orderId }
  }
  for (const track of tracks) await client.addTrack(trackOf(track, first, orderId), signal)
  return { outcome: tracks.length > 0 ? 'written' : 'unchanged', targetId, ...also }
}

interface BundledShipment {
  /** As it is shipped: components of bundles that are shipped apart are rows of their own. */
  readonly order: Wire
  readonly lines: readonly FulfilmentLine[]
  /** What came of a note of components that wait; null: none do. */
  readonly noted: Delivered['outcome'] | null
}

/**
 * Magento ships a bundle as a whole, or its components one by one, as its product says. As a whole it is shipped by the
 * shipment that makes it whole; what comes before is noted on the order. Of two that come at once each reads the other's note.
 */
async function withBundles(
  client: Magento2Client,
  { connection, key, data }: ShopFulfilmentRequested,
  given: Wire,
  ours: readonly Wire[],
  signal: AbortSignal,
): Promise<BundledShipment> {
  const apart = await bundlesApart(client, given, data.lines, signal)
  const lines = linesApart(given, data.lines, apart)
  const order = shippedApart(given, apart)
  const shipment = `${connection}/${key}`
  const made = piecesByRow(ours.flatMap(shippedItems))
  const plan = (now: Wire) => planBundles(now, lines, notedPieces(now, shipment), made)
  const first = plan(order)
  if (first.parts.length === 0) return { order, lines: first.lines, noted: null }
  const waiting = { shipment, parts: first.parts, tracks: data.tracks }
  const noted = await noteParts(client, given, waiting, signal)
  const now = shippedApart(await client.getOrder(requireText(given, 'entity_id'), signal), apart)
  return { order: now, lines: plan(now).lines, noted }
}

/**
 * A shipment takes its pieces out of the source; what the vendor can still sell, which is what the source is to have, has
 * known of them since the order. So pushed stock is to be written again, also after a shipment that is only found again.
 */
function stockOf({ data }: ShopFulfilmentRequested, { push }: Connection): Pick<Delivered, 'alsoChanged'> {
  if (!push.includes('inventory')) return {}
  const skus = [...new Set(data.lines.map(({ sku }) => sku))]
  return { alsoChanged: skus.map((key) => ({ kind: 'shop-inventory', key })) }
}

async function shipmentsOf(client: Magento2Client, orderId: string, signal: AbortSignal): Promise<readonly Wire[]> {
  const all: Wire[] = []
  for (;;) {
    const last = textOf(all.at(-1)?.['entity_id']) ?? '0'
    const filters = [
      { field: 'order_id', condition: 'eq', value: orderId },
      { field: 'entity_id', condition: 'gt', value: last },
    ] as const
    const { items, total } = await client.findShipments({ filters, sort: ['entity_id'], limit: PAGE }, signal)
    all.push(...items)
    if (items.length === 0 || items.length >= total) return all
  }
}

function isMarked(shipment: Wire, mark: string): boolean {
  return wiresOf(shipment['comments']).some(({ comment: text }) => textOf(text)?.includes(mark) === true)
}

/** Magento ships neither orders on hold nor those whose payment is under review: both may pass. */
function assertReady(order: Wire): void {
  const state = textOf(order['state'])
  if (state !== 'holded' && state !== 'payment_review') return
  const why = state === 'holded' ? 'is on hold' : 'has its payment under review'
  const message = `order ${textOf(order['increment_id'])} ${why} in the shop, which ships none such; release it, then the shipment goes on`
  throw new StreamError('order_not_ready', message, { field: 'state' })
}

function trackOf(track: Wire, shipment: Wire, orderId: string): Wire {
  const parent = requireText(shipment, 'entity_id', 'shipments.')
  const numbers = { order_id: exactNumber(orderId), parent_id: exactNumber(parent), weight: 0, qty: 1 }
  return { ...track, ...numbers, description: textOf(track['title']) ?? '' }
}
