import { Type } from 'typebox'
import { declarationOf } from '../events/entities.ts'
import { defineFeed } from './projection.ts'

const TextOrNull = Type.Union([Type.String(), Type.Null()])

/** The roles and the gallery of a SKU. */
export const imageFeed = defineFeed({
  entity: declarationOf('images'),
  title: 'images',
  table: 'universal_products-imagegallery',
  data: Type.Object({
    image: TextOrNull,
    small_image: TextOrNull,
    thumbnail: TextOrNull,
    swatch_image: TextOrNull,
    gallery: Type.Array(
      Type.Object({
        url: Type.String(),
        position: Type.Integer(),
        label: TextOrNull,
        media_type: Type.String(),
        source: Type.Optional(Type.String({ description: 'id of the system that has it, in a merged gallery' })),
        picture: Type.Optional(Type.String({ description: 'changes when the picture does, even at the same address' })),
      }),
    ),
  }),
  columns: ({ image, smallImage, thumbnail, swatchImage, gallery }) => ({
    image,
    small_image: smallImage,
    thumbnail,
    swatch_image: swatchImage,
    gallery: gallery.map(({ url, position, label, mediaType, picture }) => {
      const image = { url, position, label, media_type: mediaType }
      return picture === null ? image : { ...image, picture }
    }),
  }),
})
