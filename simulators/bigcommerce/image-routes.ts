import type { FastifyInstance, FastifyReply } from 'fastify'
import { tinyImage } from '../image-feed/tiny-image.ts'
import { BigCommerceError } from './problems.ts'
import { renderImage } from './render.ts'
import { customFields, wrong } from './save-product.ts'
import type { Shop } from './shop.ts'
import type { Image, Product } from './wire-types.ts'

interface ImageBody {
  image_url?: string
  description?: string
  is_thumbnail?: boolean
  sort_order?: number
}

type Route<Body> = { Params: { id: string; child: string }; Body: Body }

const LONGEST_URL = 255
const FETCH_MS = 5000

/** A product's images and custom fields, which are separate resources; and the image files. */
export function addImageRoutes(
  app: FastifyInstance,
  shop: Shop,
  productOf: (id: string) => Product,
  at: string,
  base: () => string,
): void {
  const images = `${at}/products/:id/images`
  const save = (product: Product, list: Image[]) => {
    shop.store.products.put({ ...product, images: list, date_modified: shop.stamp() })
    shop.announce('store/product/updated', { type: 'product', id: product.id })
  }
  app.get<Route<never>>(images, async ({ params }, reply) => {
    const list = productOf(params.id).images
    if (list.length === 0) return reply.code(204).send()
    return { data: list.map((image) => renderImage(image, base())), meta: {} }
  })
  app.post<Route<ImageBody>>(images, async ({ params, body }) => {
    productOf(params.id)
    await fetchImage(body.image_url)
    // Fetching takes time: the product may have changed.
    const product = productOf(params.id)
    const id = shop.store.nextId('image')
    const image = withBody({ ...blank(product, id), file: String(body.image_url) }, body, shop.stamp())
    save(product, withOneThumbnail([...product.images, image], image))
    return { data: renderImage(image, base()), meta: {} }
  })
  app.put<Route<ImageBody>>(`${images}/:child`, async ({ params, body }) => {
    const product = productOf(params.id)
    const image = withBody(childOf(product.images, params.child), body, shop.stamp())
    const list = product.images.map((one) => (one.id === image.id ? image : one))
    save(product, withOneThumbnail(list, image))
    return { data: renderImage(image, base()), meta: {} }
  })
  app.delete<Route<never>>(`${images}/:child`, async ({ params }, reply) => {
    const product = productOf(params.id)
    const gone = childOf(product.images, params.child)
    save(
      product,
      product.images.filter(({ id }) => id !== gone.id),
    )
    return reply.code(204).send()
  })
  addCustomFieldRoutes(app, shop, productOf, at)
  app.get<{ Params: { '*': string } }>('/product_images/*', async ({ params }, reply): Promise<FastifyReply> => {
    const { type, bytes } = tinyImage(params['*'])
    return reply.type(type).send(bytes)
  })
}

function addCustomFieldRoutes(app: FastifyInstance, shop: Shop, productOf: (id: string) => Product, at: string): void {
  type Body = { name?: string; value?: string }
  const fields = `${at}/products/:id/custom-fields`
  const save = (product: Product, custom_fields: Product['custom_fields']) =>
    shop.store.products.put({ ...product, custom_fields, date_modified: shop.stamp() })
  app.post<Route<Body>>(fields, async ({ params, body }) => {
    const product = productOf(params.id)
    if (product.custom_fields.some(({ name, value }) => name === body.name && value === body.value)) {
      throw new BigCommerceError(409, 'The custom field is a duplicate')
    }
    const kept = customFields(shop, product, [{ name: body.name, value: body.value }])
    save(product, kept)
    return { data: kept.at(-1), meta: {} }
  })
  app.put<Route<Body>>(`${fields}/:child`, async ({ params, body }) => {
    const product = productOf(params.id)
    const known = childOf(product.custom_fields, params.child)
    const kept = customFields(shop, product, [{ ...known, ...body }])
    save(product, kept)
    return { data: kept.find(({ id }) => id === known.id), meta: {} }
  })
  app.delete<Route<never>>(`${fields}/:child`, async ({ params }, reply) => {
    const product = productOf(params.id)
    const gone = childOf(product.custom_fields, params.child)
    save(
      product,
      product.custom_fields.filter(({ id }) => id !== gone.id),
    )
    return reply.code(204).send()
  })
}

function childOf<T extends { id: number }>(list: readonly T[], id: string): T {
  const child = list.find((one) => one.id === Number(id))
  if (child === undefined) throw new BigCommerceError(404, 'The requested resource was not found.')
  return child
}

function blank(product: Product, id: number): Image {
  const first = { is_thumbnail: product.images.length === 0, sort_order: product.images.length }
  return { id, product_id: product.id, ...first, description: '', file: '', date_modified: '' }
}

function withBody(image: Image, body: ImageBody, now: string): Image {
  const { description = image.description, is_thumbnail = image.is_thumbnail, sort_order = image.sort_order } = body
  return { ...image, description, is_thumbnail, sort_order, date_modified: now }
}

/** A product has one thumbnail: the last one set. */
function withOneThumbnail(list: Image[], image: Image): Image[] {
  if (!image.is_thumbnail) return list
  return list.map((one) => (one.id === image.id ? one : { ...one, is_thumbnail: false }))
}

/** Like BigCommerce: fetches the image before storing it. */
async function fetchImage(url: string | undefined): Promise<void> {
  if (url === undefined || url.length > LONGEST_URL) throw wrong('image_url')
  const refusal = new BigCommerceError(400, 'The image could not be fetched', { image_url: 'could not be fetched' })
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(FETCH_MS) })
    const type = answer.headers.get('content-type') ?? ''
    await answer.arrayBuffer()
    if (!answer.ok || !type.startsWith('image/')) throw refusal
  } catch (cause) {
    throw Object.assign(refusal, { cause })
  }
}
