import { StreamError, toStreamError } from '../../errors.ts'
import type { UniversalImages } from '../../events/generated/events.ts'
import type { Sink } from '../kit/sink.ts'
import { requireText, textOf, type Wire } from '../kit/wire.ts'
import type { BigCommerceClient } from './client.ts'
import { findProduct, listOf } from './find-product.ts'
import { imageMarker, isImageOf } from './marker.ts'

/** Longest address that BigCommerce fetches an image from. */
const LONGEST_URL = 255

/** The desired image; `url` is fetched only when the image is created. */
interface Wanted {
  readonly url: string
  readonly marker: string
  readonly body: { readonly description: string; readonly sort_order: number; readonly is_thumbnail: boolean }
}

/**
 * Writes images, one request each. Waldstream's images are identified by a marker at the end of their description,
 * derived from SKU and picture: an existing one is not created again (Guarantee 3), one that is no longer wanted is
 * removed, and the store's own images are never changed. Images of a variant belong to its product.
 */
export function writeBigCommerceImages(client: BigCommerceClient): Sink<'shop-images'> {
  return {
    kind: 'shop-images',
    naturalKey: false,
    async probe(signal) {
      await client.check(signal)
    },
    async deliver(event, _connection, signal) {
      const { sku } = event.data
      const found = await findProduct(client, sku, ['images'], signal)
      if (found === null) {
        if (event.deleted) return { outcome: 'unchanged', targetId: null }
        const message = `BigCommerce has no product or variant ${sku}; create it or push products; its images follow then`
        throw new StreamError('item_missing', message, { field: 'sku' })
      }
      const path = `/v3/catalog/products/${found.id}/images`
      const all = listOf(found.product, 'images')
      const ours = all.filter((image) => isImageOf(sku, descriptionOf(image)))
      // A product has one thumbnail: setting another one would unset the store's own.
      const isTaken = all.some((image) => image['is_thumbnail'] === true && !ours.includes(image))
      const wanted = event.deleted ? [] : wantedImages(event.data, found.variant === null && !isTaken)
      const written = await writeImages(client, path, wanted, ours, signal)
      return { outcome: written ? 'written' : 'unchanged', targetId: found.id }
    },
  }
}

/** Role images come first, each address once; `hasThumbnail`: the first one becomes the product's thumbnail. */
function wantedImages({ sku, image, gallery }: UniversalImages, hasThumbnail: boolean): Wanted[] {
  const sorted = gallery.filter(({ mediaType }) => mediaType === 'image').toSorted((a, b) => a.position - b.position)
  const labels = new Map(sorted.map(({ url, label }) => [url, label]))
  const pictures = new Map(sorted.map(({ url, picture }) => [url, picture]))
  const urls = [...new Set([...(image === null ? [] : [image]), ...sorted.map(({ url }) => url)])]
  return urls.map((url, index) => {
    const marker = imageMarker(sku, pictures.get(url) ?? url)
    const label = labels.get(url) ?? ''
    const description = label === '' ? marker : `${label} ${marker}`
    const is_thumbnail = hasThumbnail && url === (image ?? urls[0])
    return { url, marker, body: { description, sort_order: index, is_thumbnail } }
  })
}

/** An image that can't be fetched does not stop the others; old images stay until all new ones are there. */
async function writeImages(
  client: BigCommerceClient,
  path: string,
  wanted: readonly Wanted[],
  ours: readonly Wire[],
  signal: AbortSignal,
): Promise<boolean> {
  const refusals: StreamError[] = []
  let written = false
  for (const [index, { url, marker, body }] of wanted.entries()) {
    const known = ours.find((image) => descriptionOf(image).endsWith(marker))
    if (known !== undefined && isUnchanged(known, body)) continue
    if (known === undefined && url.length > LONGEST_URL) {
      refusals.push(addressTooLongError(index))
      continue
    }
    try {
      if (known === undefined) await client.write({ method: 'POST', path, body: { image_url: url, ...body } }, signal)
      else await client.write({ method: 'PUT', path: `${path}/${requireText(known, 'id')}`, body }, signal)
      written = true
    } catch (error) {
      refusals.push(imageRefusedError(error, index))
    }
  }
  const [first] = refusals
  if (first !== undefined) throw first
  for (const image of obsoleteImages(wanted, ours)) {
    await client.write({ method: 'DELETE', path: `${path}/${requireText(image, 'id')}` }, signal)
    written = true
  }
  return written
}

/** Images that are no longer wanted or are duplicates. */
function obsoleteImages(wanted: readonly Wanted[], ours: readonly Wire[]): Wire[] {
  const kept = new Set(wanted.map(({ marker }) => ours.find((image) => descriptionOf(image).endsWith(marker))))
  return ours.filter((image) => !kept.has(image))
}

function isUnchanged(image: Wire, { description, sort_order, is_thumbnail }: Wanted['body']): boolean {
  const order = Number(textOf(image['sort_order']) ?? 0)
  return (
    descriptionOf(image) === description && order === sort_order && (image['is_thumbnail'] === true) === is_thumbnail
  )
}

function descriptionOf(image: Wire): string {
  return textOf(image['description']) ?? ''
}

function addressTooLongError(index: number): StreamError {
  const message = `gallery[${index}].url has more than ${LONGEST_URL} characters; BigCommerce does not fetch longer addresses`
  return new StreamError('target_rejected', message, { field: `gallery[${index}].url` })
}

/** Converts a rejection of one image; rethrows all other errors. */
function imageRefusedError(thrown: unknown, index: number): StreamError {
  const error = toStreamError(thrown)
  if (error.code !== 'target_rejected') throw error
  const field = `gallery[${index}].url`
  const message = `${field}: BigCommerce rejected the image; check that it is an image of at most 8 MB at a public address: ${error.message}`
  return new StreamError('target_rejected', message, { field, cause: error, details: error.details })
}
