import type { Configuration, Connection } from '../configuration/model.ts'
import { type StreamError, toStreamError } from '../errors.ts'
import type { OrderChanged, ProductChanged } from '../events/generated/events.ts'
import { judgeOrder } from './judge-order.ts'
import { mapOrderFields } from './map-order.ts'
import { mapProduct } from './map-product.ts'
import { createEvaluate, type Evaluate } from './mapping/evaluate.ts'
import type { MappingInput } from './mapping/mapping-input.ts'
import { orderInput } from './order-input.ts'
import { asksProducts, type FindProducts, ownedSkus, ownsProduct, ownsSku } from './ownership.ts'
import { settleQuantities } from './quantities.ts'
import { decidingSkus, splitOrder } from './split-order.ts'

/** An entity as it was read. */
export type SourceEntity =
  | ({ readonly entity: 'products' } & Pick<ProductChanged, 'source' | 'key' | 'deleted' | 'data'>)
  | ({ readonly entity: 'orders' } & Pick<OrderChanged, 'source' | 'key' | 'deleted' | 'data'>)

/** The outcome of an entity for a connection; `fields` as JSON values, decimals as text. */
export type MappedOutcome =
  | { readonly status: 'mapped'; readonly deleted: boolean; readonly fields: Readonly<Record<string, unknown>> }
  | { readonly status: 'ignored'; readonly code: string; readonly message: string }
  | { readonly status: 'failed'; readonly error: StreamError }

export interface MapEntityDeps {
  readonly products: FindProducts
  /** Shared by the entities of one request; by default a separate one. */
  readonly evaluate?: Evaluate
  /** See `yieldOften`. */
  readonly letOthers?: () => Promise<void>
}

/**
 * What the processors would make of an entity for one connection, without state from earlier events: the seller's
 * attributes of a product; of an order the vendor's own fields, its lines and its total. Rejects when `products` does.
 */
export async function mapEntity(
  event: SourceEntity,
  connection: Connection,
  configuration: Configuration,
  { products, evaluate = createEvaluate(), letOthers }: MapEntityDeps,
): Promise<MappedOutcome> {
  const asked = event.entity === 'orders' ? await productsOf(event, configuration, products) : undefined
  try {
    return event.entity === 'products'
      ? await mapOneProduct(event, connection, configuration, evaluate)
      : await mapOneOrder(event, connection, configuration, { asked, evaluate, letOthers })
  } catch (thrown) {
    const error = toStreamError(thrown)
    if (error.policy === 'stop' || error.policy === 'retry') throw error
    return { status: 'failed', error }
  }
}

type Of<E extends SourceEntity['entity']> = Extract<SourceEntity, { entity: E }>
interface OrderDeps {
  readonly asked: ReadonlyMap<string, Awaited<ReturnType<FindProducts>>> | undefined
  readonly evaluate: Evaluate
  readonly letOthers: MapEntityDeps['letOthers']
}

async function mapOneProduct(
  event: Of<'products'>,
  connection: Connection,
  { metadata }: Configuration,
  evaluate: Evaluate,
): Promise<MappedOutcome> {
  const { id, shop } = connection
  const message = `the vendor of ${id} does not own the SKU`
  const notOwned = { status: 'ignored', code: 'not_owned', message } as const
  if (event.source !== shop && ownsSku(connection, event.key) === false) return notOwned
  const own = metadata.find((one) => one.connection === id)
  const fields = await mapProduct(event, own, id, evaluate)
  return ownsProduct(connection, fields) ? { status: 'mapped', deleted: event.deleted, fields } : notOwned
}

async function mapOneOrder(
  event: Of<'orders'>,
  connection: Connection,
  configuration: Configuration,
  { asked, evaluate, letOthers }: OrderDeps,
): Promise<MappedOutcome> {
  const { id, shop } = connection
  if (event.source !== shop) {
    return { status: 'ignored', code: 'not_the_shop', message: `orders of ${id} come from ${shop}` }
  }
  const productOf = (owner: string, sku: string) => asked?.get(owner)?.get(sku)
  const { order: data } = settleQuantities(event.data)
  const buyers = buyersFrom(shop, configuration)
  const owned = await ownedSkus(buyers, decidingSkus(data), letOthers)
  const fault = owned.faults.get(id)
  if (fault !== undefined) throw fault
  const able = buyers.filter((one) => !owned.faults.has(one.id))
  const split = splitOrder(data, able, productOf, owned)
  const verdict = judgeOrder({ ...event, data }, connection, split, { wasSent: false, heldSince: null })
  if (verdict.status !== 'sent') return verdict
  const fields = await mapOrderFields(connection, verdict.order, evaluate)
  const plain = orderInput(verdict.order)
  const own = Object.entries(fields).map(([name, json]) => [name, /^[-\d]/.test(json) ? json : JSON.parse(json)])
  return {
    status: 'mapped',
    deleted: false,
    fields: {
      fields: Object.fromEntries(own),
      lines: (plain['lines'] as readonly MappingInput[]).map(({ lineId, sku }) => `${lineId} ${sku}`),
      grandTotal: plain['grandTotal'],
    },
  }
}

function buyersFrom(shop: string, { connections, systems }: Configuration): Connection[] {
  const orders = systems.find(({ id }) => id === shop)?.reads.filter(({ entity }) => entity === 'orders') ?? []
  return connections.filter(
    (connection) => connection.shop === shop && orders.some(({ id }) => connection.reads.includes(id)),
  )
}

async function productsOf({ source, data }: Of<'orders'>, configuration: Configuration, find: FindProducts) {
  const asked = new Map<string, Awaited<ReturnType<FindProducts>>>()
  for (const connection of buyersFrom(source, configuration)) {
    if (asksProducts(connection.ownership)) asked.set(connection.id, await find(connection, decidingSkus(data)))
  }
  return asked
}
