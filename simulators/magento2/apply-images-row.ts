import { createHash } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import { disperse, withRoles } from './change-product.ts'
import type { FeedRow } from './feed-client.ts'
import type { Shop } from './shop.ts'
import type { MediaEntry, Product } from './wire-types.ts'

const roles = ['image', 'small_image', 'thumbnail', 'swatch_image'] as const

interface GalleryImage {
  url: string
  position?: number
  label?: string | null
  media_type?: string
}

type ImagesData = Partial<Record<(typeof roles)[number], string | null>> & { gallery?: GalleryImage[] }

/**
 * Writes an images row into a product's gallery: images of other hosts become `ws-…` files, the shop's own images are
 * not touched. The row is everything that its feed source has: entries from it that are no longer in the row are
 * removed. A role is set only if no image of the product has it.
 *
 * @returns whether anything changed
 * @throws Error when the shop has no such product
 */
export function applyImagesRow(shop: Shop, row: FeedRow, ownMedia: readonly string[]): boolean {
  const product = shop.store.products.get(row.sku)
  if (product === undefined) {
    if (row.deleted) return false
    throw new Error(`the shop has no product ${row.sku}`)
  }
  const data = (row.deleted ? {} : (row.data ?? {})) as ImagesData
  const foreign = listForeign(data, ownMedia)
  const kept = product.media_gallery_entries.filter(
    ({ source_url: url, feed_source: source }) => url === undefined || source !== row.source || foreign.has(url),
  )
  const entries = kept.map((entry) => updated(entry, foreign))
  for (const image of foreign.values()) {
    if (!entries.some(({ source_url: url }) => url === image.url)) entries.push(newEntry(shop, row, image))
  }
  const changed = withRoles(giveRoles({ ...product, media_gallery_entries: entries }, data))
  if (isDeepStrictEqual(changed, product)) return false
  shop.store.products.put({ ...changed, updated_at: shop.stamp() })
  return true
}

/** The file that a foreign image is stored as, like in Magento. */
function foreignFile(url: string): string {
  const digest = createHash('sha256').update(url).digest('hex').slice(0, 16)
  const extension = /\.(jpe?g|png|gif|webp)$/i.exec(new URL(url).pathname)?.[1]?.toLowerCase() ?? 'jpg'
  return disperse(`ws-${digest}.${extension}`)
}

function listForeign(data: ImagesData, ownMedia: readonly string[]): Map<string, GalleryImage> {
  const named = roles.flatMap((role) => (data[role] ? [{ url: data[role] }] : []))
  const foreign = new Map<string, GalleryImage>()
  for (const image of [...(data.gallery ?? []), ...named]) {
    const own = ownMedia.some((base) => image.url.startsWith(base))
    if (!own && !foreign.has(image.url)) foreign.set(image.url, image)
  }
  return foreign
}

function updated(entry: MediaEntry, foreign: ReadonlyMap<string, GalleryImage>): MediaEntry {
  const image = foreign.get(entry.source_url ?? '')
  if (image === undefined) return entry
  return { ...entry, label: image.label ?? null, position: image.position ?? entry.position }
}

function newEntry(shop: Shop, row: FeedRow, image: GalleryImage): MediaEntry {
  return {
    id: shop.store.nextId('media'),
    media_type: image.media_type ?? 'image',
    label: image.label ?? null,
    position: image.position ?? 0,
    disabled: false,
    types: [],
    file: foreignFile(image.url),
    source_url: image.url,
    feed_source: row.source,
  }
}

function giveRoles(product: Product, data: ImagesData): Product {
  const taken = new Set(product.media_gallery_entries.flatMap(({ types }) => types))
  const entries = product.media_gallery_entries.map((entry) => {
    const given = roles.filter(
      (role) => !taken.has(role) && data[role] === entry.source_url && data[role] !== undefined,
    )
    return given.length === 0 ? entry : { ...entry, types: [...entry.types, ...given] }
  })
  return { ...product, media_gallery_entries: entries }
}
