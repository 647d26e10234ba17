import type { FastifyInstance } from 'fastify'
import { type AttributeChange, saveMedia, saveProduct } from './change-product.ts'
import { sendJson } from './magento-error.ts'
import {
  cancelOrder,
  holdOrder,
  invoiceOrder,
  type Pieces,
  refundMoney,
  refundOrder,
  releaseOrder,
} from './order-life.ts'
import { renderOrder, renderProduct, renderSourceItem } from './render.ts'
import type { Shop } from './shop.ts'
import { sourceItemKey } from './shop-store.ts'
import type { InventorySource, MediaEntry, Order, Product } from './wire-types.ts'

/** `GET /_sim/state`: everything in wire form, each list sorted by id. */
export function shopState({ store }: Shop): object {
  const byId = <T>(rows: T[], id: (row: T) => number) => rows.sort((a, b) => id(a) - id(b))
  const byKey = <T>(rows: T[], key: (row: T) => string) => rows.sort((a, b) => (key(a) < key(b) ? -1 : 1))
  return {
    orders: byId(store.orders.all(), ({ entity_id: id }) => id).map(renderOrder),
    products: byId(store.products.all(), ({ id }) => id).map(renderProduct),
    sourceItems: byKey(store.sourceItems.all(), sourceItemKey).map(renderSourceItem),
    sources: byKey(store.sources.all(), ({ source_code: code }) => code),
    shipments: byId(store.shipments.all(), ({ entity_id: id }) => id),
  }
}

/** Routes that change the shop's data as a buyer or the seller would; each moves `updated_at`. */
export function addControlRoutes(app: FastifyInstance, shop: Shop): void {
  const { store } = shop
  app.post<{ Body: { count?: number } | undefined }>('/_sim/orders', async (request, reply) => {
    const count = request.body?.count ?? 1
    if (!Number.isInteger(count) || count < 1) return reply.code(400).send({ message: '"count" must be 1 or more.' })
    return sendJson(reply, { orders: shop.makeOrders(count).map(renderOrder) })
  })
  app.patch<{ Params: { id: string }; Body: Partial<Order> }>('/_sim/orders/:id', async (request, reply) => {
    const order = orderOf(shop, request.params.id)
    if (order === undefined) return reply.code(404).send({ message: `There is no order ${request.params.id}.` })
    const { entity_id, increment_id } = order
    const changed = { ...order, updated_at: shop.stamp(), ...request.body, entity_id, increment_id }
    store.orders.put(changed)
    return sendJson(reply, renderOrder(changed))
  })
  addLifeRoutes(app, shop)
  app.post<{ Body: Pick<InventorySource, 'source_code'> }>('/_sim/sources', async (request, reply) => {
    const { source_code } = request.body
    store.sources.put({ source_code, name: source_code, enabled: true, country_id: 'US', postcode: '00000' })
    return sendJson(reply, store.sources.get(source_code))
  })
  app.patch<{ Params: { sku: string }; Body: ProductPatch }>('/_sim/products/:sku', async (request, reply) => {
    const product = store.products.get(request.params.sku)
    if (product === undefined) return reply.code(404).send({ message: `There is no product ${request.params.sku}.` })
    const { custom_attributes: attributes, ...columns } = request.body
    const saved = saveProduct(shop, product.sku, {
      ...columns,
      ...(attributes === undefined ? {} : { custom_attributes: asList(attributes) }),
    })
    return sendJson(reply, renderProduct(saved))
  })
  app.post<{ Params: { sku: string }; Body: Partial<MediaEntry> }>(
    '/_sim/products/:sku/media',
    async (request, reply) => {
      const product = store.products.get(request.params.sku)
      if (product === undefined) return reply.code(404).send({ message: `There is no product ${request.params.sku}.` })
      const entry = request.body
      if (entry.file === undefined)
        return reply.code(400).send({ message: '"file" is required, for example "/a/b/ab.jpg".' })
      return sendJson(reply, saveMedia(shop, product, entry))
    },
  )
}

/** By number, or as `entity_id <id>` if stores share a number. */
function orderOf({ store }: Shop, name: string): Order | undefined {
  const id = /^entity_id (\d+)$/.exec(name)?.[1]
  return store.orders
    .all()
    .find((order) => (id === undefined ? order.increment_id === name : order.entity_id === Number(id)))
}

interface LifeBody {
  /** Pieces by `item_id`; absent: everything left. */
  pieces?: Record<string, number>
  /** A credit memo for an amount only. */
  amount?: number
}

/** Actions on an order in the admin. */
function addLifeRoutes(app: FastifyInstance, shop: Shop): void {
  const actions: Record<string, (order: Order, body: LifeBody, now: string) => Order> = {
    invoice: (order, { pieces }, now) => invoiceOrder(order, piecesOf(pieces), now),
    cancel: (order, _body, now) => cancelOrder(order, now),
    refund: (order, { pieces, amount }, now) =>
      amount === undefined ? refundOrder(order, piecesOf(pieces), now) : refundMoney(order, amount, now),
    hold: (order, _body, now) => holdOrder(order, now),
    release: (order, _body, now) => releaseOrder(order, now),
  }
  for (const [name, act] of Object.entries(actions)) {
    app.post<{ Params: { id: string }; Body: LifeBody | undefined }>(
      `/_sim/orders/:id/${name}`,
      async (request, reply) => {
        const order = orderOf(shop, request.params.id)
        if (order === undefined) return reply.code(404).send({ message: `There is no order ${request.params.id}.` })
        const after = act(order, request.body ?? {}, shop.stamp())
        shop.store.orders.put(after)
        return sendJson(reply, renderOrder(after))
      },
    )
  }
}

function piecesOf(pieces: LifeBody['pieces']): Pieces | null {
  return pieces === undefined ? null : new Map(Object.entries(pieces).map(([id, qty]) => [Number(id), qty]))
}

type ProductPatch = Omit<Partial<Product>, 'custom_attributes'> & {
  /** By code; `null` removes. */
  custom_attributes?: Record<string, unknown> | AttributeChange[]
}

function asList(attributes: NonNullable<ProductPatch['custom_attributes']>): AttributeChange[] {
  if (Array.isArray(attributes)) return attributes
  return Object.entries(attributes).map(([attribute_code, value]) => ({ attribute_code, value }))
}
