import type { GalleryImage, ImageGallery } from '../../events/generated/events.ts'
import { saysNoImage } from '../kit/image-address.ts'
import { requireSku } from '../kit/sku.ts'
import { textOf, type Wire, wiresOf } from '../kit/wire.ts'

/** Where a shop's media are served, and which of them came from Waldstream. */
export interface MediaSettings {
  /** `secure_base_media_url` or `base_media_url` of the store; ends with a slash. */
  readonly mediaUrl: string
  /** Prefix of files that came from Waldstream's feed. */
  readonly importedPrefix: string
}

/**
 * Converts a product's media to an image gallery. Pure. Images that the shop got from Waldstream are left out:
 * otherwise each image that the shop pulls would come back as a change. Throws `value_missing` for a product without a
 * SKU.
 */
export function toImageGallery(product: Wire, settings: MediaSettings): ImageGallery {
  const roles = new Map(
    wiresOf(product['custom_attributes']).map((attribute) => [textOf(attribute['attribute_code']), attribute['value']]),
  )
  const roleUrl = (role: string): string | null => {
    const file = textOf(roles.get(role))
    return file === null || saysNoImage(file) || isImported(file, settings) ? null : urlOf(file, settings)
  }
  return {
    sku: requireSku(product, 'sku'),
    image: roleUrl('image'),
    smallImage: roleUrl('small_image'),
    thumbnail: roleUrl('thumbnail'),
    swatchImage: roleUrl('swatch_image'),
    gallery: toGallery(product, settings),
    attributes: {},
  }
}

function toGallery(product: Wire, settings: MediaSettings): GalleryImage[] {
  return wiresOf(product['media_gallery_entries'])
    .flatMap((entry) => {
      const file = textOf(entry['file'])
      const disabled = ['true', '1'].includes(textOf(entry['disabled']) ?? '')
      if (file === null || saysNoImage(file) || disabled || isImported(file, settings)) return []
      const image: GalleryImage = {
        url: urlOf(file, settings),
        position: Number(textOf(entry['position']) ?? 0),
        label: textOf(entry['label']),
        mediaType: textOf(entry['media_type']) ?? 'image',
        storeId: null,
        picture: null,
      }
      return [{ image, id: Number(textOf(entry['id']) ?? 0) }]
    })
    .toSorted((a, b) => a.image.position - b.image.position || a.id - b.id)
    .map(({ image }) => image)
}

function isImported(file: string, settings: MediaSettings): boolean {
  return file.slice(file.lastIndexOf('/') + 1).startsWith(settings.importedPrefix)
}

function urlOf(file: string, settings: MediaSettings): string {
  return `${settings.mediaUrl}catalog/product${file.startsWith('/') ? '' : '/'}${file}`
}
