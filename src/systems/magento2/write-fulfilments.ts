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
/** Most orders with the same number that are considered. */
const MOST_ALIKE = 20

/**
 * Writes the vendor's shipments as shipments of the shop's order, and closures and cancellations as comments on it.
 * Magento has no client key for either, so each carries a mark in its comment, and existing ones are read first
 * (Guarantee 3): a shipment whose response was lost is found, and one that was written in part is completed.
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
        throw await unlessOrderChanged(client, order, error, signal)
      }
    },
  }
}

/**
 * Finds an order by its number. Stores may use the same number: further orders of a number have their id in the key
 * (`2000000001~9`), and otherwise the order with the fulfilment's rows is meant.
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
      ? `the shop has no order ${number}: it was deleted there, or the connection's shop is the wrong one`
      : `the shop has ${total} orders ${number}, in several stores; ship it there by hand`
  throw new StreamError('target_rejected', message, { field: 'orderNumber' })
}

function hasRows(order: Wire, rows: readonly string[]): boolean {
  const own = new Set(wiresOf(order['items']).map((item) => textOf(item['item_id'])))
  return rows.every((row) => own.has(row))
}

/** If the order changed after it was read, the rejection proves nothing: another shipment of it came in between. */
async function unlessOrderChanged(
  client: Magento2Client,
  order: Wire,
  error: unknown,
  signal: AbortSignal,
): Promise<unknown> {
  if (!(error instanceof StreamError && error.code === 'target_rejected')) return error
  const number = requireText(order, 'increment_id')
  const now = await client.getOrder(requireText(order, 'entity_id'), signal)
  if (progressOf(now) === progressOf(order)) return error
  const message = `order ${number} changed in the shop while a shipment of it was created`
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
  /** The order for shipping: components of separately shipped bundles are independent rows. */
  readonly order: Wire
  readonly lines: readonly FulfilmentLine[]
  /** The outcome of the note about waiting components; null: there are none. */
  readonly noted: Delivered['outcome'] | null
}

/**
 * Magento ships a bundle as a whole or its components separately, depending on its product. A whole bundle is shipped
 * with the shipment that completes it; earlier ones are noted on the order. If two shipments come at once, each reads
 * the other's note.
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
 * A shipment reduces the source's stock, but the vendor's available stock has excluded these pieces since the order was
 * placed. So pushed stock is written again, also after a shipment that was only found.
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

/** Magento ships neither orders on hold nor those whose payment is under review; both states may end. */
function assertReady(order: Wire): void {
  const state = textOf(order['state'])
  if (state !== 'holded' && state !== 'payment_review') return
  const why = state === 'holded' ? 'is on hold' : 'has its payment under review'
  const message = `order ${textOf(order['increment_id'])} ${why} in the shop and can't be shipped; release it there, and the shipment will be retried`
  throw new StreamError('order_not_ready', message, { field: 'state' })
}

function trackOf(track: Wire, shipment: Wire, orderId: string): Wire {
  const parent = requireText(shipment, 'entity_id', 'shipments.')
  const numbers = { order_id: exactNumber(orderId), parent_id: exactNumber(parent), weight: 0, qty: 1 }
  return { ...track, ...numbers, description: textOf(track['title']) ?? '' }
}
