import type { FastifyInstance } from 'fastify'
import { envelope, type Params, pageOf, slice, valuesOf } from './lists.ts'
import { LOCATIONS } from './make-products.ts'
import { BigCommerceError } from './problems.ts'
import { renderItem } from './render.ts'
import type { Shop } from './shop.ts'
import { stockKey } from './store.ts'
import type { Stock } from './wire-types.ts'

interface Adjustment {
  location_id?: number
  sku?: string
  variant_id?: number
  quantity?: number
}

const MOST_ITEMS = 2000

export function addInventoryRoutes(app: FastifyInstance, shop: Shop, root: string): void {
  app.get<{ Querystring: Params }>(`${root}/v3/inventory/items`, async ({ query }) => {
    const found = findItems(shop, query)
    const page = pageOf(query, 1000)
    return envelope(slice(found, page).map(renderItem), found.length, page)
  })
  app.put<{ Body: { reason?: string; items?: Adjustment[] } }>(
    `${root}/v3/inventory/adjustments/absolute`,
    async ({ body }) => {
      const items = body?.items ?? []
      if (items.length === 0 || items.length > MOST_ITEMS) {
        throw new BigCommerceError(422, `items must be 1 to ${MOST_ITEMS}`, { items: 'invalid' })
      }
      // One invalid item fails the whole request.
      const rows = items.map((item, index) => adjusted(shop, item, index))
      shop.store.transaction(() => rows.map((row) => shop.store.stock.put(row)))
      // `date_modified` of the product stays: a stock change is not a product change.
      for (const productId of new Set(rows.map(({ product_id: id }) => id))) {
        shop.announce('store/product/inventory/updated', { type: 'product', id: productId })
      }
      return { transaction_id: `tx-${shop.store.nextId('transaction')}` }
    },
  )
}

function adjusted(shop: Shop, item: Adjustment, index: number): Stock {
  const at = (name: string) => `items.${index}.${name}`
  const { location_id, quantity, sku, variant_id } = item
  if (!LOCATIONS.some((location) => location.location_id === location_id)) {
    throw new BigCommerceError(422, `Location ${location_id} is not found`, { [at('location_id')]: 'not found' })
  }
  if (typeof quantity !== 'number' || !Number.isInteger(quantity) || quantity < 0) {
    throw new BigCommerceError(422, 'quantity must be a whole number, 0 or more', { [at('quantity')]: 'invalid' })
  }
  const product = shop.store.products
    .all()
    .find(({ variants }) => variants.some((v) => v.id === variant_id || (sku !== undefined && v.sku === sku)))
  const variant = product?.variants.find((v) => v.id === variant_id || v.sku === sku)
  if (product === undefined || variant === undefined) {
    throw new BigCommerceError(422, `Items with identity: [sku ${sku}] are not found`, { [at('sku')]: 'not found' })
  }
  return {
    variant_id: variant.id,
    product_id: product.id,
    sku: variant.sku,
    location_id: Number(location_id),
    quantity,
  }
}

function findItems({ store }: Shop, query: Params): Stock[][] {
  const [skus, variants] = [valuesOf(query, 'sku:in'), valuesOf(query, 'variant_id:in')]
  const [products, locations] = [valuesOf(query, 'product_id:in'), valuesOf(query, 'location_id:in')]
  const rows = store.stock
    .all()
    .filter(({ sku }) => skus === undefined || skus.includes(sku))
    .filter(({ variant_id: id }) => variants === undefined || variants.includes(String(id)))
    .filter(({ product_id: id }) => products === undefined || products.includes(String(id)))
    .filter(({ location_id: id }) => locations === undefined || locations.includes(String(id)))
    .filter((row) => store.stock.get(stockKey(row)) !== undefined)
  return [...Map.groupBy(rows, ({ variant_id: id }) => id).values()]
}
