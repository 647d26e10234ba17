import type { ImageGallery, UniversalImages } from '../events/generated/events.ts'
import { mapRows } from './map-rows.ts'
import type { Processor } from './processor.ts'

const NAME = 'map-images'

/** Image gallery of a feed or of the shop's media → row of the images feed. */
export const mapImages: Processor<'images'> = {
  name: NAME,
  from: 'images',
  remembers: false,
  process: (event, context) =>
    mapRows(
      NAME,
      event,
      context,
      async () => ({ data: toUniversalImages(event.data), owned: true }),
      (row, key) => ({ kind: 'universal-images', system: null, key, event: row }),
    ),
}

/** The gallery by position; a role without an image takes the first one, a video excepted. */
export function toUniversalImages(images: ImageGallery): UniversalImages {
  const gallery = images.gallery
    .map(({ url, position, label, mediaType }) => ({ url, position, label, mediaType }))
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
