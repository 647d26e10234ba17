import type { GalleryImage, ImageGallery } from '../../events/generated/events.ts'
import { skuOf } from '../kit/sku.ts'
import { textOf, type Wire, wiresOf } from '../kit/wire.ts'
import { isOurImage, withoutMarker } from './marker.ts'
import { ownVariants } from './products.ts'

/**
 * Converts a product's images, and those of variants with an image, to galleries by SKU. Pure. Images from Waldstream's
 * feed are left out: otherwise every push would come back as a change.
 */
export function toImageGalleries(product: Wire): ImageGallery[] {
  const images = wiresOf(product['images'])
    .filter((image) => !isOurImage(textOf(image['description']) ?? ''))
    .toSorted((a, b) => orderOf(a) - orderOf(b) || Number(textOf(a['id'])) - Number(textOf(b['id'])))
  const main = images.find((image) => image['is_thumbnail'] === true) ?? images[0]
  const sku = skuOf(product, 'sku')
  const own: ImageGallery[] = sku === null ? [] : [galleryOf(sku, main, images)]
  const variants = ownVariants(product).map((variant) => variantGallery(variant))
  return [...own, ...variants]
}

function galleryOf(sku: string, main: Wire | undefined, images: readonly Wire[]): ImageGallery {
  return {
    sku,
    image: main === undefined ? null : urlOf(main),
    smallImage: main === undefined ? null : textOf(main['url_standard']),
    thumbnail: main === undefined ? null : textOf(main['url_thumbnail']),
    swatchImage: null,
    gallery: images.flatMap((image, index): GalleryImage[] => {
      const url = urlOf(image)
      const label = withoutMarker(textOf(image['description']) ?? '')
      if (url === null) return []
      return [
        {
          url,
          position: index + 1,
          label: label === '' ? null : label,
          mediaType: 'image',
          storeId: null,
          picture: null,
        },
      ]
    }),
    attributes: {},
  }
}

function variantGallery(variant: Wire): ImageGallery {
  const url = textOf(variant['image_url'])
  const gallery =
    url === null ? [] : [{ url, position: 1, label: null, mediaType: 'image', storeId: null, picture: null }]
  const sku = skuOf(variant, 'sku', 'variants.') ?? ''
  return { sku, image: url, smallImage: url, thumbnail: url, swatchImage: null, gallery, attributes: {} }
}

/** The largest available version. */
function urlOf(image: Wire): string | null {
  return textOf(image['url_zoom']) ?? textOf(image['url_standard'])
}

function orderOf(image: Wire): number {
  return Number(textOf(image['sort_order']) ?? 0)
}
