import { StreamError } from '../../errors.ts'
import type { GalleryImage, ImageGallery } from '../../events/generated/events.ts'
import type { FeedRow } from './parse.ts'

const ROLES = ['image', 'small_image', 'thumbnail', 'swatch_image'] as const

/** Rows of one SKU; `sku` null: a row without one, which stands alone. */
export interface FeedEntity {
  readonly sku: string | null
  readonly rows: readonly FeedRow[]
}

/** The feed's rows by SKU, in the order of the SKUs; rows without SKU come first. */
export function groupBySku(rows: readonly FeedRow[]): FeedEntity[] {
  const bySku = Map.groupBy(rows, ({ cells }) => cells.sku)
  const nameless = (bySku.get('') ?? []).map((row) => ({ sku: null, rows: [row] }))
  bySku.delete('')
  const named = [...bySku].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([sku, group]) => ({ sku, rows: group }))
  return [...nameless, ...named]
}

/**
 * The rows of one SKU as its image gallery; pure. One wrong row makes the whole SKU unreadable: a gallery without it
 * would take the image away. Throws `source_data_invalid`, naming line and column.
 */
export function toGallery({ sku, rows }: FeedEntity): ImageGallery {
  const [first] = rows
  if (sku === null) throw wrong(first?.line ?? 0, 'sku', 'is empty')
  const images = rows
    .map((row) => ({ image: toImage(row), roles: rolesOf(row), line: row.line }))
    .toSorted((a, b) => a.image.position - b.image.position || a.line - b.line)
  const withRole = (role: string) => images.find(({ roles }) => roles.includes(role))?.image.url ?? null
  return {
    sku,
    image: withRole('image'),
    smallImage: withRole('small_image'),
    thumbnail: withRole('thumbnail'),
    swatchImage: withRole('swatch_image'),
    gallery: images.map(({ image }) => image),
    attributes: {},
  }
}

function toImage({ line, cells }: FeedRow): GalleryImage {
  const { url, position, label } = cells
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
    throw wrong(line, 'url', 'is no http or https address')
  }
  if (!/^\d{0,9}$/.test(position)) throw wrong(line, 'position', 'is no whole number')
  return { url, position: Number(position), label: label === '' ? null : label, mediaType: 'image', storeId: null }
}

function rolesOf({ line, cells }: FeedRow): string[] {
  const roles = cells.role.split('|').flatMap((role) => (role.trim() === '' ? [] : [role.trim()]))
  const unknown = roles.find((role) => !ROLES.some((known) => known === role))
  if (unknown === undefined) return roles
  throw wrong(line, 'role', `"${unknown}" is none of ${ROLES.join(', ')}, parted by |`)
}

function wrong(line: number, column: string, problem: string): StreamError {
  const message = `the image feed's line ${line}, column "${column}": ${problem}; correct it in the feed`
  return new StreamError('source_data_invalid', message, { field: `line ${line}, ${column}` })
}
