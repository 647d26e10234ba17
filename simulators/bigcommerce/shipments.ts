import type { FastifyInstance } from 'fastify'
import { type ListHabits, type Params, pageOf, sendList, slice } from './lists.ts'
import { newShipment, type ShippedItem, shipPieces } from './order-life.ts'
import { BigCommerceError } from './problems.ts'
import { changeOrder, type Shop } from './shop.ts'
import { toRfc2822 } from './times.ts'
import type { Order, Shipment } from './wire-types.ts'

interface ShipmentBody {
  order_address_id?: number
  tracking_number?: string
  shipping_method?: string
  shipping_provider?: string
  tracking_carrier?: string
  tracking_link?: string
  comments?: string
  items?: ShippedItem[]
}

const PROVIDERS = [
  '',
  'auspost',
  'canadapost',
  'endicia',
  'fedex',
  'royalmail',
  'shipperhq',
  'ups',
  'upsonline',
  'upsready',
  'usps',
]

export function addShipmentRoutes(
  app: FastifyInstance,
  shop: Shop,
  orderOf: (id: string) => Order,
  habits: ListHabits,
  root: string,
): void {
  const { store } = shop
  type Route = { Params: { id: string; shipment: string }; Querystring: Params; Body: ShipmentBody }
  const ofOrder = (order: Order) => store.shipments.all().filter((shipment) => shipment.order_id === order.id)
  app.get<Route>(`${root}/v2/orders/:id/shipments`, async ({ params, query }, reply) => {
    const rows = ofOrder(orderOf(params.id)).sort((a, b) => a.id - b.id)
    return sendList(reply, slice(rows, pageOf(query, habits.most)).map(renderShipment))
  })
  app.post<Route>(`${root}/v2/orders/:id/shipments`, async ({ params, body }, reply) =>
    reply.code(201).send(renderShipment(ship(shop, orderOf(params.id), body ?? {}))),
  )
  app.put<Route>(`${root}/v2/orders/:id/shipments/:shipment`, async ({ params, body }) => {
    const order = orderOf(params.id)
    const shipment = ofOrder(order).find(({ id }) => id === Number(params.shipment))
    if (shipment === undefined) throw new BigCommerceError(404, 'The requested resource was not found.')
    checkTexts(body)
    const { items: _, order_address_id: __, ...texts } = body
    changeOrder(shop, order, {})
    return renderShipment(store.shipments.put({ ...shipment, ...texts }))
  })
}

/** Ships the named pieces; a repeated call can't be recognized. */
function ship(shop: Shop, order: Order, body: ShipmentBody): Shipment {
  const { order_address_id: addressId = 0, items = [], ...texts } = body
  if (!order.addresses.some(({ id }) => id === addressId)) throw invalid('order_address_id')
  checkTexts(body)
  const now = shop.stamp()
  const shipped = shipPieces(order, addressId, items, now)
  const own = { id: shop.store.nextId('shipment'), date_created: now }
  const shipment = shop.store.shipments.put({ ...newShipment(order, addressId, items, own), ...texts })
  changeOrder(shop, order, shipped)
  shop.announce('store/shipment/created', { type: 'shipment', id: shipment.id })
  return shipment
}

function checkTexts(body: ShipmentBody): void {
  if ((body.tracking_number ?? '').length > 50) throw invalid('tracking_number')
  if ((body.tracking_link ?? '').length > 500) throw invalid('tracking_link')
  if (!PROVIDERS.includes(body.shipping_provider ?? '')) throw invalid('shipping_provider')
}

function invalid(field: string): BigCommerceError {
  return new BigCommerceError(400, `The field '${field}' is invalid.`)
}

function renderShipment(shipment: Shipment) {
  return { ...shipment, date_created: toRfc2822(shipment.date_created), merchant_shipping_cost: '0.0000' }
}
