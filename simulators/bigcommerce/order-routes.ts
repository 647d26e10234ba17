import type { FastifyInstance } from 'fastify'
import { type ListHabits, numberOf, type Params, pageOf, sendList, slice } from './lists.ts'
import { BigCommerceError } from './problems.ts'
import { addRefundRoutes } from './refund-routes.ts'
import { renderOrder } from './render.ts'
import { addShipmentRoutes } from './shipments.ts'
import { changeOrder, type Shop } from './shop.ts'
import { filterSecond } from './times.ts'
import type { Order } from './wire-types.ts'

const sorts: Readonly<Record<string, (order: Order) => number>> = {
  id: ({ id }) => id,
  customer_id: ({ customer_id: id }) => id,
  date_created: ({ date_created: time }) => Date.parse(time),
  date_modified: ({ date_modified: time }) => second(time),
  status_id: ({ status_id: id }) => id,
}

const second = (iso: string) => Math.floor(Date.parse(iso) / 1000)

export function addOrderRoutes(app: FastifyInstance, shop: Shop, habits: ListHabits, root: string): void {
  const { store } = shop
  const orderOf = (id: string): Order => {
    const order = store.orders.get(id)
    if (order === undefined) throw new BigCommerceError(404, 'The requested resource was not found.')
    return order
  }
  app.get<{ Querystring: Params }>(`${root}/v2/orders`, async ({ query }, reply) => {
    const found = findOrders(shop, query, habits)
    return sendList(
      reply,
      slice(found, pageOf(query, habits.most)).map((order) => renderOrder(order, query['include'], habits.zone)),
    )
  })
  app.get<{ Querystring: Params }>(`${root}/v2/orders/count`, async ({ query }) => ({
    count: findOrders(shop, query, habits).length,
    statuses: [],
  }))
  app.get<{ Params: { id: string }; Querystring: Params }>(`${root}/v2/orders/:id`, async ({ params, query }) =>
    renderOrder(orderOf(params.id), query['include'], habits.zone),
  )
  app.put<{ Params: { id: string }; Body: { status_id?: number; staff_notes?: string } }>(
    `${root}/v2/orders/:id`,
    async ({ params, body }) => {
      const { status_id = null, staff_notes = null } = body
      if (status_id !== null && !(status_id >= 0 && status_id <= 14)) {
        throw new BigCommerceError(400, "The field 'status_id' is invalid.")
      }
      return renderOrder(
        changeOrder(shop, orderOf(params.id), {
          ...(status_id === null ? {} : { status_id }),
          ...(staff_notes === null ? {} : { staff_notes }),
        }),
      )
    },
  )
  const sub = (path: string, rows: (order: Order) => readonly unknown[]) =>
    app.get<{ Params: { id: string }; Querystring: Params }>(`${root}/v2/orders/:id/${path}`, async (request, reply) =>
      sendList(reply, slice(rows(orderOf(request.params.id)), pageOf(request.query, habits.most))),
    )
  sub('products', ({ products }) => products)
  sub('shipping_addresses', ({ addresses }) => addresses.map((address) => ({ ...address })))
  sub('shippingaddresses', ({ addresses }) => addresses)
  sub('coupons', ({ coupons }) => coupons)
  sub('fees', ({ fees }) => fees)
  addShipmentRoutes(app, shop, orderOf, habits, root)
  addRefundRoutes(app, shop, orderOf, root)
}

function findOrders(shop: Shop, query: Params, { inclusive }: ListHabits): Order[] {
  const bound = (name: string) => {
    const text = query[name]
    if (text === undefined) return undefined
    try {
      return filterSecond(text, shop.now())
    } catch {
      throw new BigCommerceError(400, `The field '${name}' is invalid.`)
    }
  }
  const [from, to] = [bound('min_date_modified'), bound('max_date_modified')]
  const [minId, maxId, status] = [numberOf(query, 'min_id'), numberOf(query, 'max_id'), numberOf(query, 'status_id')]
  const [customer, channel] = [numberOf(query, 'customer_id'), numberOf(query, 'channel_id')]
  const above = (a: number, b: number) => (inclusive ? a >= b : a > b)
  const [name = 'id', direction = 'asc'] = (query['sort'] ?? 'id').split(':')
  const key = sorts[name]
  if (key === undefined) throw new BigCommerceError(400, `The field 'sort' is invalid.`)
  const sign = direction === 'desc' ? -1 : 1
  return (
    shop.store.orders
      .all()
      .filter((order) => from === undefined || above(second(order.date_modified), from))
      .filter((order) => to === undefined || above(to, second(order.date_modified)))
      .filter(({ id }) => (minId === undefined || id >= minId) && (maxId === undefined || id <= maxId))
      .filter(({ status_id: id }) => status === undefined || id === status)
      .filter(({ customer_id: id }) => customer === undefined || id === customer)
      .filter(({ channel_id: id }) => channel === undefined || id === channel)
      // Ties are not documented: here the highest id comes first.
      .sort((a, b) => sign * (key(a) - key(b)) || b.id - a.id)
  )
}
