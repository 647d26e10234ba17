import { MagentoError } from './magento-error.ts'
import type { Shop } from './shop.ts'
import type { Order, OrderItem, Shipment } from './wire-types.ts'

interface ShipBody {
  items?: { order_item_id: number; qty: number }[]
  tracks?: { track_number?: string; title?: string; carrier_code?: string }[]
  comment?: { comment: string; is_visible_on_front?: number }
  arguments?: { extension_attributes?: { source_code?: string } }
}

/**
 * Ships the named rows, or all that is left. Child rows of a configurable follow their parent. Repeating a call ships
 * again what is left: nothing tells that it is a repetition.
 *
 * @throws MagentoError 400 when there is nothing to ship, more than was ordered, or a track without a number
 */
export function shipOrder(shop: Shop, order: Order, body: unknown): Shipment {
  const { items, tracks = [], comment, arguments: extra } = Object(body) as ShipBody
  if (tracks.some(({ track_number: number }) => !number)) throw invalid('Please enter a tracking number.')
  if (order.state === 'canceled' || order.state === 'closed' || order.state === 'holded') {
    throw invalid('A shipment cannot be created when an order has a status of '.concat(order.status ?? ''))
  }
  const rows = order.items.filter(({ parent_item_id: parent }) => parent === undefined)
  const shipped = items === undefined ? shipRest(rows) : items.map((item) => shipNamed(rows, item))
  if (shipped.length === 0) throw invalid("You can't create a shipment without products.")
  const now = shop.stamp()
  const shipment = shop.store.transaction(() => {
    const id = shop.store.nextId('shipment')
    const columns = { parent_id: id, order_id: order.entity_id }
    const source = extra?.extension_attributes?.source_code
    const made: Shipment = {
      entity_id: id,
      increment_id: String(id).padStart(9, '0'),
      order_id: order.entity_id,
      created_at: now,
      updated_at: now,
      total_qty: shipped.reduce((total, { qty }) => total + qty, 0),
      items: shipped.map(({ row, qty }) => ({ order_item_id: row.item_id, qty, sku: row.sku, name: row.name })),
      tracks: tracks.map((track, index) => ({ ...track, ...columns, entity_id: id * 10 + index, created_at: now })),
      comments: comment === undefined ? [] : [{ ...comment, ...columns, created_at: now }],
      ...(source === undefined ? {} : { extension_attributes: { source_code: source } }),
    }
    shop.store.shipments.put(made)
    shop.store.orders.put(afterShipment(order, shipped, now))
    return made
  })
  return shipment
}

interface Shipped {
  row: OrderItem
  qty: number
}

function shipRest(rows: readonly OrderItem[]): Shipped[] {
  return rows.map((row) => ({ row, qty: row.qty_ordered - row.qty_shipped })).filter(({ qty }) => qty > 0)
}

function shipNamed(rows: readonly OrderItem[], item: { order_item_id: number; qty: number }): Shipped {
  const row = rows.find(({ item_id }) => item_id === item.order_item_id)
  if (row === undefined) throw invalid('The order does not contain the requested item.')
  if (!(item.qty > 0) || item.qty > row.qty_ordered - row.qty_shipped) {
    throw invalid('The quantity to ship must not be greater than the unshipped quantity.')
  }
  return { row, qty: item.qty }
}

function afterShipment(order: Order, shipped: readonly Shipped[], now: string): Order {
  const items = order.items.map((item) => {
    const id = item.parent_item_id ?? item.item_id
    const qty = shipped.find(({ row }) => row.item_id === id)?.qty ?? 0
    return qty === 0 ? item : { ...item, qty_shipped: item.qty_shipped + qty, updated_at: now }
  })
  const complete = items.every(({ qty_ordered, qty_shipped }) => qty_shipped >= qty_ordered)
  const progress = complete && order.state === 'processing' ? { state: 'complete', status: 'complete' } : {}
  return { ...order, ...progress, items, updated_at: now }
}

function invalid(problem: string): MagentoError {
  return new MagentoError(400, `Shipment Document Validation Error(s):\n${problem}`)
}
