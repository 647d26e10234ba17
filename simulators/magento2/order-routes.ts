import { isRequired, MagentoError, noSuchEntity } from './magento-error.ts'
import { renderOrder } from './render.ts'
import { type AddRoute, answerSearch, integerParameter } from './routes.ts'
import type { SearchSettings } from './search.ts'
import { addTrack, shipOrder } from './ship-order.ts'
import type { Shop } from './shop.ts'
import type { Switches } from './switches.ts'
import type { Order, Shipment, StatusHistory } from './wire-types.ts'

/** Orders, their comments, shipments. */
export function addOrderRoutes(add: AddRoute, shop: Shop, switches: Switches): void {
  const { store } = shop
  const find = (id: number) => {
    const order = store.orders.get(id)
    if (order === undefined) throw noSuchEntity('id', id)
    return order
  }
  add('GET', '/orders', ({ query }) => answerSearch(store.orders.all(), query, orderSearch(switches), renderOrder))
  add('GET', '/orders/:id', (call) => renderOrder(find(integerParameter(call, 'id'))))
  add('POST', '/orders/:id/comments', (call) => {
    addComment(shop, find(integerParameter(call, 'id')), call.body)
    return true
  })
  add('POST', '/order/:id/ship', (call) => {
    const shipment = shipOrder(shop, find(integerParameter(call, 'id')), call.body)
    return String(shipment.entity_id)
  })
  add('POST', '/shipment/track', ({ body }) => addTrack(shop, body))
  add('GET', '/shipments', ({ query }) =>
    answerSearch(store.shipments.all(), query, shipmentSearch(switches), (shipment) => shipment),
  )
}

const nested = new Set(['items', 'billing_address', 'shipping_address', 'payment', 'status_histories'])

/** Columns of the order's own table can be searched; an unknown name is a database error. */
function orderSearch(switches: Switches): SearchSettings<Order> {
  const optional = new Set(['customer_id', 'coupon_code', 'total_paid', 'ext_order_id', 'ext_customer_id'])
  return {
    key: ({ entity_id }) => entity_id,
    switches,
    read(order, field) {
      if (nested.has(field) || !(field in order || optional.has(field))) throw new Error(`unknown column ${field}`)
      return order[field]
    },
  }
}

function shipmentSearch(switches: Switches): SearchSettings<Shipment> {
  const columns = ['entity_id', 'increment_id', 'order_id', 'created_at', 'updated_at', 'total_qty'] as const
  return {
    key: ({ entity_id }) => entity_id,
    switches,
    read(shipment, field) {
      const column = columns.find((name) => name === field)
      if (column === undefined) throw new Error(`unknown column ${field}`)
      return shipment[column]
    },
  }
}

export function addComment(shop: Shop, order: Order, body: unknown): void {
  const { statusHistory } = Object(body) as { statusHistory?: Partial<StatusHistory> }
  if (statusHistory === undefined) throw isRequired('statusHistory')
  const { comment } = statusHistory
  if (typeof comment !== 'string') throw new MagentoError(400, 'The "comment" of a status history must be a text.')
  const now = shop.stamp()
  // Like the vendor: a comment's status becomes the order's, even if it has none.
  const status = typeof statusHistory['status'] === 'string' ? statusHistory['status'] : null
  const entry: StatusHistory = {
    comment,
    created_at: now,
    entity_id: shop.store.nextId('status history'),
    entity_name: 'order',
    is_customer_notified: statusHistory.is_customer_notified ?? 0,
    is_visible_on_front: statusHistory.is_visible_on_front ?? 0,
    parent_id: order.entity_id,
    ...(status === null ? {} : { status }),
  }
  shop.store.orders.put({ ...order, status, updated_at: now, status_histories: [...order.status_histories, entry] })
}
