import { declarationOf } from '../events/entities.ts'
import type { ImageGallery, UniversalImages } from '../events/generated/events.ts'
import { mapProcessor } from './map-rows.ts'

/** Image gallery of a feed or of the shop's media → row of the images feed. */
export const mapImages = mapProcessor(declarationOf('images'), async ({ data }) => ({
  data: toUniversalImages(data),
  owned: true,
}))

/** The gallery by position; a role without an image gets the first image that is not a video. */
export function toUniversalImages(images: ImageGallery): UniversalImages {
  const gallery = images.gallery
    .map(({ url, position, label, mediaType, picture }) => ({ url, position, label, mediaType, picture }))
    .toSorted((a, b) => a.position - b.position || (a.url < b.url ? -1 : 1))
  const first = gallery.find(({ mediaType }) => mediaType === 'image')?.url ?? null
  return {
    sku: images.sku,
    image: images.image ?? first,
    smallImage: images.smallImage ?? first,
    thumbnail: images.thumbnail ?? first,
    swatchImage: images.swatchImage ?? first,
    gallery,
  }
}
