import type { UniversalImages } from '../events/generated/events.ts'
import { evolveRow } from './feed-row.ts'
import type { FeedProjection, FeedRow } from './projection.ts'

/** The images feed: the roles and the gallery of a SKU. */
export const imageFeed: FeedProjection<'universal-images'> = {
  name: 'project-images',
  kind: 'universal-images',
  table: 'universal_products-imagegallery',
  evolve: (row, event, position) => evolveRow(row, event, gallery(event.data), position),
}

function gallery(data: UniversalImages): FeedRow['data'] {
  return {
    image: data.image,
    small_image: data.smallImage,
    thumbnail: data.thumbnail,
    swatch_image: data.swatchImage,
    gallery: data.gallery.map(({ url, position, label, mediaType }) => ({
      url,
      position,
      label,
      media_type: mediaType,
    })),
  }
}
