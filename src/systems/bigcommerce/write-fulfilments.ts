import type { Connection } from '../../configuration/model.ts'
import { StreamError } from '../../errors.ts'
import type { ShopFulfilmentRequested } from '../../events/generated/events.ts'
import { createTurns } from '../../platform/runtime/turns.ts'
import type { Delivered, Sink } from '../kit/sink.ts'
import { requireText, textOf, type Wire, wiresOf } from '../kit/wire.ts'
import type { BigCommerceClient } from './client.ts'
import {
  type Item,
  lineId,
  type OrderPlace,
  openPieces,
  orderPlace,
  type ShipmentPart,
  shipmentParts,
} from './fulfilled-lines.ts'
import { fulfilmentMarker } from './marker.ts'
import { noteFulfilment, type StatusSettings } from './order-note.ts'
import { hasTexts, type ShipmentTexts, shipmentTexts } from './tracking.ts'
import { wholeList } from './whole-list.ts'

/**
 * Writes shipments, one per address of a fulfilment's lines; closures and cancellations become a staff note, with the
 * status from the system's settings. BigCommerce has no client key, so the comments of a shipment end with one, and
 * existing shipments are searched before one is created (Guarantee 3). A shipment's texts are updated from the ERP; its
 * items can't be changed: that is `target_conflict`, for people to resolve.
 */
export function writeBigCommerceFulfilments(
  client: BigCommerceClient,
  settings: StatusSettings,
): Sink<'shop-fulfilments'> {
  // All notes of an order are one text: two concurrent writes would lose one.
  const turns = createTurns()
  return {
    kind: 'shop-fulfilments',
    naturalKey: false,
    async probe(signal) {
      await client.check(signal)
    },
    async deliver(event, connection, signal) {
      const place = orderPlace(event.data)
      try {
        if (event.data.kind === 'shipment') return await ship(client, event, connection, place, signal)
        const note = () => noteFulfilment(client, event, connection, place, settings, signal)
        return await turns.run(place.orderId, note)
      } catch (error) {
        throw error instanceof StreamError && error.code === 'not_found' ? orderMissingError(place, error) : error
      }
    },
  }
}

async function ship(
  client: BigCommerceClient,
  event: ShopFulfilmentRequested,
  connection: Connection,
  place: OrderPlace,
  signal: AbortSignal,
): Promise<Delivered> {
  const path = `/v2/orders/${place.orderId}`
  const marker = fulfilmentMarker(connection.id, event.key)
  const [products, shipments] = [
    await wholeList(client, `${path}/products`, signal),
    await wholeList(client, `${path}/shipments`, signal),
  ]
  const ours = shipments.filter((shipment) => (textOf(shipment['comments']) ?? '').includes(marker))
  const written = ours.flatMap((shipment) => itemsOf(shipment))
  const open = (product: Wire): number => {
    const own = written.filter((item) => item.order_product_id === lineId(product))
    return openPieces(
      product,
      own.reduce((sum, item) => sum + item.quantity, 0),
    )
  }
  const parts = shipmentParts(event.data.lines, products, open, place.addressId)
  if (parts.some(({ addressId }) => addressId === 0)) throw lineNotSentError(event)
  assertSame(ours, parts)
  const texts = shipmentTexts(event.data, connection, marker)
  const made: string[] = []
  let outcome: Delivered['outcome'] = 'unchanged'
  for (const part of parts) {
    const there = ours.find((shipment) => addressOf(shipment) === part.addressId)
    const done = await writePart(client, path, { part, there, texts }, signal)
    if (done.outcome === 'written') outcome = 'written'
    made.push(done.id)
  }
  return { outcome, targetId: made.length === 0 ? null : made.join(', ') }
}

interface Wanted {
  readonly part: ShipmentPart
  readonly there: Wire | undefined
  readonly texts: ShipmentTexts
}

async function writePart(
  client: BigCommerceClient,
  path: string,
  { part, there, texts }: Wanted,
  signal: AbortSignal,
): Promise<{ readonly outcome: Delivered['outcome']; readonly id: string }> {
  if (there === undefined) {
    const body = { order_address_id: part.addressId, ...texts, items: part.items }
    const shipment = await client.write({ method: 'POST', path: `${path}/shipments`, body }, signal)
    return { outcome: 'written', id: requireText(shipment, 'id') }
  }
  const id = requireText(there, 'id')
  if (hasTexts(there, texts)) return { outcome: 'unchanged', id }
  const body = { order_address_id: part.addressId, ...texts }
  await client.write({ method: 'PUT', path: `${path}/shipments/${id}`, body }, signal)
  return { outcome: 'written', id }
}

/** An existing shipment of this fulfilment with other items can't be corrected by a write. */
function assertSame(ours: readonly Wire[], parts: readonly ShipmentPart[]): void {
  for (const shipment of ours) {
    const part = parts.find(({ addressId }) => addressId === addressOf(shipment))
    if (part !== undefined && sameItems(itemsOf(shipment), part.items)) continue
    const id = textOf(shipment['id'])
    const message = `shipment ${id} was created for this fulfilment, whose lines have changed since; delete it in the shop and retry`
    throw new StreamError('target_conflict', message, { field: 'lines', details: { shipment: id } })
  }
}

function sameItems(a: readonly Item[], b: readonly Item[]): boolean {
  const text = (items: readonly Item[]) =>
    items
      .map((item) => `${item.order_product_id} ${item.quantity}`)
      .toSorted()
      .join()
  return text(a) === text(b)
}

function itemsOf(shipment: Wire): Item[] {
  return wiresOf(shipment['items']).map((item) => ({
    order_product_id: Number(textOf(item['order_product_id'])),
    quantity: Number(textOf(item['quantity'])),
  }))
}

const addressOf = (shipment: Wire): number => Number(textOf(shipment['order_address_id']) ?? 0)

function lineNotSentError({ key }: ShopFulfilmentRequested): StreamError {
  const message = `fulfilment ${key} has a line without a shipping address (digital or picked up), which the shop can't ship`
  return new StreamError('target_rejected', message, { field: 'lines' })
}

function orderMissingError({ orderId }: OrderPlace, cause: unknown): StreamError {
  return new StreamError('target_rejected', `BigCommerce has no order ${orderId}`, { field: 'orderNumber', cause })
}
