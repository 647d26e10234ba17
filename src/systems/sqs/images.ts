import { StreamError } from '../../errors.ts'
import type { GalleryImage, ImageGallery } from '../../events/generated/events.ts'
import { imageAddressOf, saysNoImage } from '../kit/image-address.ts'
import { requireSku } from '../kit/sku.ts'
import { attributesOf, isWire, requireText, textOf, type Wire } from '../kit/wire.ts'
import { changedAt, type DecodedMessage, listOf, type MessageContext } from './message.ts'

const ROLES = ['image', 'small_image', 'thumbnail', 'swatch_image'] as const
const KNOWN = new Set([...ROLES, 'media_gallery'])
const IMAGE = 'image'

/**
 * Decodes a message with a SKU's whole gallery, `{sku, data: {image, …, media_gallery: [{value, position, label,
 * …}]}}`. Pure. A role without an image gets the first image of the gallery, which shops that push rely on. One invalid
 * address makes the message unreadable.
 */
export function toGallery(wire: Wire, context: MessageContext): DecodedMessage<ImageGallery> {
  const sku = requireSku(wire, 'sku')
  const data = wire['data']
  if (!isWire(data)) throw fieldError('data', 'is not an object with roles and media_gallery')
  const gallery = listOf(data, 'media_gallery')
    .flatMap((row, index) => (hasNoImage(row['value']) ? [] : [{ image: toImage(row, index), index }]))
    .toSorted((a, b) => a.image.position - b.image.position || a.index - b.index)
    .map(({ image }) => image)
  const first = gallery.find(({ mediaType }) => mediaType === IMAGE)?.url ?? null
  const [image, smallImage, thumbnail, swatchImage] = ROLES.map((role) => {
    const url = textOf(data[role])
    return url === null || saysNoImage(url) ? first : addressOf(url, `data.${role}`)
  })
  const roles = { image: image ?? null, smallImage: smallImage ?? null, thumbnail: thumbnail ?? null }
  const attributes = attributesOf(data, KNOWN)
  const found = { sku, ...roles, swatchImage: swatchImage ?? null, gallery, attributes }
  return { key: sku, occurredAt: changedAt(wire, context), data: found }
}

/** True for a row that says it has no image. A row without the field is rejected instead. */
function hasNoImage(value: unknown): boolean {
  return value === null || (typeof value === 'string' && saysNoImage(value))
}

function toImage(row: Wire, index: number): GalleryImage {
  const path = `data.media_gallery[${index}].`
  const position = textOf(row['position']) ?? '0'
  if (!/^\d{1,9}$/.test(position)) throw fieldError(`${path}position`, 'is not a whole number')
  return {
    url: addressOf(requireText(row, 'value', path), `${path}value`),
    position: Number(position),
    label: textOf(row['label']),
    mediaType: textOf(row['media_type']) ?? IMAGE,
    storeId: textOf(row['store_id']),
    picture: null,
  }
}

function addressOf(text: string, field: string): string {
  const found = imageAddressOf(text.trim())
  if ('problem' in found) throw fieldError(field, found.problem)
  return found.url
}

function fieldError(field: string, problem: string): StreamError {
  return new StreamError('source_data_invalid', `${field} ${problem}`, { field })
}
