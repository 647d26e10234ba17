import { MagentoError, noSuchEntity } from './magento-error.ts'
import { isShippedItself, piecesToShip, shipPieces } from './order-life.ts'
import type { Shop } from './shop.ts'
import { sourceItemKey } from './shop-store.ts'
import type { Order, OrderItem, Shipment } from './wire-types.ts'

interface ShipBody {
  items?: { order_item_id: number; qty: number }[]
  tracks?: { track_number?: string; title?: string; carrier_code?: string }[]
  comment?: { comment: string; is_visible_on_front?: number }
  arguments?: { extension_attributes?: { source_code?: string } }
}

/**
 * Ships the named rows, or everything left. Child rows of a configurable follow their parent. A repeated call ships
 * again what is left: the API can't recognize a repetition.
 *
 * @throws MagentoError 400 when there is nothing to ship, more than was ordered, or a track without a number
 */
export function shipOrder(shop: Shop, order: Order, body: unknown): Shipment {
  const { items, tracks = [], comment, arguments: extra } = Object(body) as ShipBody
  if (tracks.some(({ track_number: number }) => !number)) throw invalid('Please enter a tracking number.')
  if (['payment_review', 'holded', 'canceled'].includes(order.state ?? '') || order['is_virtual'] === 1) {
    throw invalid('A shipment cannot be created when an order has a status of '.concat(order.status ?? ''))
  }
  if (order.items.every((row) => piecesToShip(row) <= 0))
    throw invalid('The order does not allow a shipment to be created.')
  const rows = order.items.filter((row) => isShippedItself(row, order.items))
  const shipped = items === undefined ? shipRest(rows) : items.map((item) => shipNamed(order.items, item))
  if (shipped.length === 0) throw invalid("You can't create a shipment without products.")
  const now = shop.stamp()
  const source = extra?.extension_attributes?.source_code ?? 'default'
  const shipment = shop.store.transaction(() => {
    takeFromSource(shop, order, shipped, source)
    const id = shop.store.nextId('shipment')
    const columns = { parent_id: id, order_id: order.entity_id }
    const made: Shipment = {
      entity_id: id,
      increment_id: String(id).padStart(9, '0'),
      order_id: order.entity_id,
      created_at: now,
      updated_at: now,
      total_qty: shipped.reduce((total, { qty }) => total + qty, 0),
      items: shipped.map(({ row, qty }) => ({ order_item_id: row.item_id, qty, sku: row.sku, name: row.name })),
      tracks: tracks.map((track) => trackOf(shop, { ...track, ...columns, weight: 0, qty: 0, description: '' })),
      comments: comment === undefined ? [] : [commentOf(shop, comment, id)],
      extension_attributes: { source_code: source },
    }
    shop.store.shipments.put(made)
    shop.store.orders.put(shipPieces(order, new Map(shipped.map(({ row, qty }) => [row.item_id, qty])), now))
    return made
  })
  return shipment
}

interface Shipped {
  row: OrderItem
  qty: number
}

function shipRest(rows: readonly OrderItem[]): Shipped[] {
  return rows.map((row) => ({ row, qty: piecesToShip(row) })).filter(({ qty }) => qty > 0)
}

function shipNamed(rows: readonly OrderItem[], item: { order_item_id: number; qty: number }): Shipped {
  const row = rows.find(({ item_id }) => item_id === item.order_item_id)
  const parent = rows.find(({ item_id }) => item_id === row?.parent_item_id)
  if (row === undefined || parent?.product_type === 'configurable') {
    throw invalid('The order does not contain the requested item.')
  }
  if (!isShippedItself(row, rows)) {
    const bundle = parent ?? row
    const [type, instead] = bundle?.ships_apart
      ? ['Separately', 'Bundle product options']
      : ['Together', 'Bundle product itself']
    throw invalid(
      `Cannot create shipment as bundle product ${bundle?.sku} has shipment type "${type}". ${instead} should be shipped instead.`,
    )
  }
  if (!(item.qty > 0) || item.qty > piecesToShip(row)) {
    throw invalid('The quantity to ship must not be greater than the unshipped quantity.')
  }
  return { row, qty: item.qty }
}

/**
 * Multi-source inventory: shipped pieces are taken from their source, which must have them. Parts of a bundle are taken
 * one by one.
 */
function takeFromSource(shop: Shop, order: Order, shipped: readonly Shipped[], source: string): void {
  if (shop.store.sources.get(source) === undefined) throw noSuchEntity('source_code', source)
  const pieces = shipped.flatMap(({ row, qty }) =>
    row.product_type === 'bundle'
      ? order.items
          .filter(({ parent_item_id: parent }) => parent === row.item_id)
          .map((part) => ({ sku: part.sku, qty: (part.qty_ordered / row.qty_ordered) * qty }))
      : [{ sku: row.sku, qty }],
  )
  for (const { sku, qty } of pieces) {
    const item = shop.store.sourceItems.get(sourceItemKey({ sku, source_code: source }))
    if (item === undefined) {
      const parameters = [source, sku]
      throw new MagentoError(400, 'Source item not found by source code: %1 and sku: %2.', { parameters })
    }
    const quantity = item.quantity - qty
    if (quantity < 0) throw new MagentoError(400, 'Not all of your products are available in the requested quantity.')
    shop.store.sourceItems.put({ ...item, quantity, status: quantity > 0 ? item.status : 0 })
  }
}

/** Adds a track to an existing shipment. @throws MagentoError 404 if there is none, 400 for a track without a number */
export function addTrack(shop: Shop, body: unknown): Record<string, unknown> {
  const { entity } = Object(body) as { entity?: Record<string, unknown> }
  const shipment = shop.store.shipments.get(String(entity?.['parent_id']))
  if (entity === undefined || shipment === undefined) throw noSuchEntity('entity_id', String(entity?.['parent_id']))
  if (!entity['track_number']) throw new MagentoError(400, 'Number is a required field')
  const track = trackOf(shop, entity)
  shop.store.shipments.put({ ...shipment, tracks: [...shipment.tracks, track], updated_at: shop.stamp() })
  return track
}

function trackOf(shop: Shop, track: Record<string, unknown>): Record<string, unknown> {
  return { ...track, entity_id: shop.store.nextId('track'), created_at: shop.stamp() }
}

function commentOf(shop: Shop, { comment, is_visible_on_front = 0 }: NonNullable<ShipBody['comment']>, id: number) {
  const times = { created_at: shop.stamp(), entity_id: shop.store.nextId('shipment comment') }
  return { comment, is_visible_on_front, is_customer_notified: 0, parent_id: id, ...times }
}

function invalid(problem: string): MagentoError {
  return new MagentoError(400, `Shipment Document Validation Error(s):\n${problem}`)
}
