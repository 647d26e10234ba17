import type { FastifyInstance } from 'fastify'
import type { Gate, Quota } from './gate.ts'
import type { HookHabits, HookSender } from './hooks.ts'
import type { ListHabits } from './lists.ts'
import { renderItem, renderOrder, renderProduct } from './render.ts'
import { changeProduct, type ProductBody } from './save-product.ts'
import { changeOrder, type Shop } from './shop.ts'
import { toRfc2822 } from './times.ts'
import type { B2bOrder, Order, Stock } from './wire-types.ts'

/** `GET /_sim/state`: everything in wire form, each list sorted by id. */
export function shopState({ store }: Shop, base: string): object {
  const byId = <T>(rows: T[], id: (row: T) => number) => rows.sort((a, b) => id(a) - id(b))
  const stock = store.stock.all()
  return {
    orders: byId(store.orders.all(), ({ id }) => id).map((order) => ({
      ...renderOrder(order, 'fees'),
      products: order.products,
      shipping_addresses: order.addresses,
      coupons: order.coupons,
      refunds: order.refunds ?? [],
    })),
    shipments: byId(store.shipments.all(), ({ id }) => id).map((shipment) => ({
      ...shipment,
      date_created: toRfc2822(shipment.date_created),
    })),
    products: byId(store.products.all(), ({ id }) => id).map((product) =>
      renderProduct(product, ['variants', 'images', 'custom_fields'], base, stock),
    ),
    inventory: [...Map.groupBy(byId(stock, stockOrder), ({ variant_id: id }) => id).values()].map(renderItem),
    hooks: byId(store.hooks.all(), ({ id }) => id),
    companies: byId(store.companies.all(), ({ companyId }) => companyId),
    b2bOrders: byId(store.b2bOrders.all(), ({ bcOrderId }) => bcOrderId),
  }
}

const stockOrder = ({ variant_id, location_id }: Stock): number => variant_id * 100 + location_id

interface Parts {
  gate: Gate
  sender: HookSender
  habits: ListHabits
}

/** Routes that change the store's data as a buyer or the seller would, and its behavior. */
export function addControlRoutes(app: FastifyInstance, shop: Shop, { gate, sender, habits }: Parts): void {
  const { store } = shop
  const missing = (what: string) => ({ message: `There is no ${what}.` })
  app.post<{ Body: { count?: number } | undefined }>('/_sim/orders', async (request, reply) => {
    const count = request.body?.count ?? 1
    if (!Number.isInteger(count) || count < 1) return reply.code(400).send({ message: '"count" must be 1 or more.' })
    return { orders: shop.makeOrders(count).map((order) => renderOrder(order)) }
  })
  app.patch<{ Params: { id: string }; Body: Partial<Order> & { columns?: object } }>(
    '/_sim/orders/:id',
    async (request, reply) => {
      const order = store.orders.get(request.params.id)
      if (order === undefined) return reply.code(404).send(missing(`order ${request.params.id}`))
      const { columns = {}, ...changes } = request.body
      const merged = { ...changes, columns: { ...order.columns, ...columns } }
      return renderOrder(changeOrder(shop, order, merged))
    },
  )
  app.patch<{ Params: { sku: string }; Body: ProductBody }>('/_sim/products/:sku', async (request, reply) => {
    const product = store.products.all().find(({ sku }) => sku === request.params.sku)
    if (product === undefined) return reply.code(404).send(missing(`product ${request.params.sku}`))
    return changeProduct(shop, product, request.body)
  })
  app.patch<{ Params: { sku: string }; Body: Pick<Stock, 'location_id' | 'quantity'> }>(
    '/_sim/stock/:sku',
    async (request, reply) => {
      const { location_id, quantity } = request.body
      const row = store.stock.all().find((one) => one.sku === request.params.sku && one.location_id === location_id)
      if (row === undefined) return reply.code(404).send(missing(`stock of ${request.params.sku} there`))
      shop.announce('store/product/inventory/updated', { type: 'product', id: row.product_id })
      return store.stock.put({ ...row, quantity })
    },
  )
  app.patch<{ Params: { id: string }; Body: Partial<B2bOrder> }>('/_sim/b2b/orders/:id', async (request, reply) => {
    const order = store.b2bOrders.get(request.params.id)
    if (order === undefined) return reply.code(404).send(missing(`order ${request.params.id}`))
    const updatedAt = Math.floor(shop.now().getTime() / 1000)
    shop.announce('store/company/updated', { type: 'company', id: order.companyId })
    return store.b2bOrders.put({ ...order, updatedAt, ...request.body, bcOrderId: order.bcOrderId })
  })
  app.post<{ Body: Quota }>('/_sim/quota', async ({ body }) => {
    gate.setQuota(body)
    return body
  })
  app.post<{ Body: { perMinute: number } }>('/_sim/b2b/quota', async ({ body }) => {
    gate.setB2bPerMinute(body.perMinute)
    return body
  })
  app.post<{ Body: { accessToken: string } }>('/_sim/token', async ({ body }) => {
    gate.renewToken(body.accessToken)
    return { renewed: true }
  })
  app.post<{ Body: Partial<ListHabits> }>('/_sim/lists', async ({ body }) => Object.assign(habits, body))
  app.post<{ Body: Partial<HookHabits> }>('/_sim/hooks', async ({ body }) => {
    sender.setHabits(body)
    return body
  })
  app.post('/_sim/hooks/flush', async () => {
    await sender.flush()
    return { answers: sender.answers() }
  })
}
