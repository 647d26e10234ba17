import type { FastifyInstance } from 'fastify'
import { addImageRoutes } from './image-routes.ts'
import type { ListHabits } from './lists.ts'
import { envelope, numberOf, type Params, pageOf, slice, valuesOf } from './lists.ts'
import { BigCommerceError } from './problems.ts'
import { renderProduct } from './render.ts'
import { addProduct, changeProduct, type ProductBody } from './save-product.ts'
import type { Shop } from './shop.ts'
import { filterSecond } from './times.ts'
import type { Product } from './wire-types.ts'

type Route = { Params: { id: string; child: string }; Querystring: Params; Body: ProductBody }

export function addCatalogRoutes(
  app: FastifyInstance,
  shop: Shop,
  habits: ListHabits,
  root: string,
  base: () => string,
) {
  const { store } = shop
  const at = `${root}/v3/catalog`
  const productOf = (id: string): Product => {
    const product = store.products.get(id)
    if (product === undefined) throw new BigCommerceError(404, 'The requested resource was not found.')
    return product
  }
  const render = (product: Product, query: Params) =>
    renderProduct(product, valuesOf(query, 'include') ?? [], base(), store.stock.all())
  app.get<Route>(`${at}/products`, async ({ query }) => {
    const include = valuesOf(query, 'include') ?? []
    const most = include.includes('options') || include.includes('modifiers') ? 10 : habits.most
    const page = pageOf(query, most)
    const found = findProducts(shop, query, habits)
    return envelope(
      slice(found, page).map((product) => render(product, query)),
      found.length,
      page,
    )
  })
  app.get<Route>(`${at}/products/:id`, async ({ params, query }) => ({
    data: render(productOf(params.id), query),
    meta: {},
  }))
  app.post<Route>(`${at}/products`, async ({ body }) => ({ data: render(addProduct(shop, body), ALL), meta: {} }))
  app.put<Route>(`${at}/products/:id`, async ({ params, body }) => {
    return { data: render(changeProduct(shop, productOf(params.id), body), ALL), meta: {} }
  })
  app.get<Route>(`${at}/variants`, async ({ query }) => {
    const skus = valuesOf(query, 'sku:in') ?? valuesOf(query, 'sku')
    const variants = store.products.all().flatMap((product) => product.variants)
    const found = variants.filter(({ sku }) => skus === undefined || skus.includes(sku))
    const page = pageOf(query)
    return envelope(slice(found, page), found.length, page)
  })
  app.put<Route>(`${at}/products/:id/variants/:child`, async ({ params, body }) => {
    const product = productOf(params.id)
    const variant = product.variants.find(({ id }) => id === Number(params.child))
    if (variant === undefined) throw new BigCommerceError(404, 'The requested resource was not found.')
    const changed = { ...variant, ...body, id: variant.id, product_id: product.id, sku: variant.sku }
    const variants = product.variants.map((one) => (one.id === variant.id ? changed : one))
    store.products.put({ ...product, variants: variants as Product['variants'], date_modified: shop.stamp() })
    return { data: changed, meta: {} }
  })
  app.get<Route>(`${at}/brands`, async ({ query }) => {
    const ids = valuesOf(query, 'id:in')
    const found = shop.brands.filter(({ id }) => ids === undefined || ids.includes(String(id)))
    const page = pageOf(query)
    return envelope(slice(found, page), found.length, page)
  })
  addImageRoutes(app, shop, productOf, at, base)
}

const ALL: Params = { include: 'variants,images,custom_fields' }

function findProducts(shop: Shop, query: Params, { inclusive }: ListHabits): Product[] {
  const bound = (name: string) => {
    const text = query[`date_modified:${name}`]
    if (text === undefined) return undefined
    try {
      return filterSecond(text, shop.now())
    } catch {
      throw new BigCommerceError(422, `date_modified:${name} is not a time`, { [`date_modified:${name}`]: 'invalid' })
    }
  }
  const [from, to] = [bound('min'), bound('max')]
  const above = (a: number, b: number) => (inclusive ? a >= b : a > b)
  const [greater, atLeast] = [numberOf(query, 'id:greater'), numberOf(query, 'id:min')]
  const [ids, skus] = [valuesOf(query, 'id:in'), valuesOf(query, 'sku:in') ?? valuesOf(query, 'sku')]
  const second = (product: Product) => Math.floor(Date.parse(product.date_modified) / 1000)
  const sort = query['sort'] ?? 'id'
  if (!['id', 'date_modified', 'name', 'sku'].includes(sort))
    throw new BigCommerceError(422, `sort ${sort} is not known`)
  const sign = query['direction'] === 'desc' ? -1 : 1
  return shop.store.products
    .all()
    .filter((product) => from === undefined || above(second(product), from))
    .filter((product) => to === undefined || above(to, second(product)))
    .filter(({ id }) => (greater === undefined || id > greater) && (atLeast === undefined || id >= atLeast))
    .filter(
      ({ id, sku }) => (ids === undefined || ids.includes(String(id))) && (skus === undefined || skus.includes(sku)),
    )
    .sort((a, b) => {
      if (sort === 'date_modified') return sign * (second(a) - second(b)) || b.id - a.id
      if (sort === 'id') return sign * (a.id - b.id)
      return sign * (String(a[sort]) < String(b[sort]) ? -1 : 1)
    })
}
