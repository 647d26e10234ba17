import type { StreamError } from '../../errors.ts'
import type { GalleryImage, ImageGallery } from '../../events/generated/events.ts'
import { skuProblem } from '../../events/sku.ts'
import { imageAddressOf, SEVERAL } from './image-address.ts'

export const roles = ['image', 'small_image', 'thumbnail', 'swatch_image'] as const
export type Role = (typeof roles)[number]

/** What a list of images says in its columns. */
export const plainColumns = ['sku', 'url', 'position', 'label', 'role', 'media_type'] as const
export const imageColumns = [...plainColumns, ...roles] as const
export type ImageColumn = (typeof imageColumns)[number]

/** Columns with addresses, including those of roles. */
export const addressColumns: readonly ImageColumn[] = ['url', ...roles]

/** A row of a list of images: the values of each column in order; an empty address is no image. */
export interface ImageRow {
  /** For people: `line 7`. */
  readonly place: string
  readonly cells: Readonly<Partial<Record<ImageColumn, readonly string[]>>>
}

/** How a list speaks of itself. */
export interface ListWords {
  /** The error of a cell. */
  error(row: ImageRow | undefined, column: ImageColumn, problem: string): StreamError
  /** Setting with the separator of several addresses in a cell. */
  readonly separator: string
}

/** One address of a row with its data. */
interface Entry {
  readonly url: string
  readonly position: number | null
  readonly label: string | null
  readonly roles: readonly Role[]
  readonly mediaType: string
}

const NONE: ReadonlySet<string> = new Set()

/** Maximum rows of one SKU; more are not a product gallery. */
export const MOST_OF_ONE = 1000

/**
 * Converts the rows of one SKU to its image gallery. Pure. The same address twice is one image with the roles of both.
 * An image without a position follows the previous one; a row without an address is ignored. `leftOut`: addresses of
 * images that can't be fetched. Throws the list's error of a cell, also if no image is left.
 */
export function galleryOf(
  sku: string,
  rows: readonly ImageRow[],
  words: ListWords,
  leftOut: ReadonlySet<string> = NONE,
): ImageGallery {
  const problem = skuProblem(sku)
  if (problem !== null) throw words.error(rows[0], 'sku', problem)
  if (rows.length > MOST_OF_ONE) throw words.error(rows.at(-1), 'url', `its SKU has more than ${MOST_OF_ONE} rows`)
  const entries = merged(rows.flatMap((row) => entriesOf(row, words)))
  let next = 0
  const placed = entries.map((entry) => {
    const position = entry.position ?? next
    next = position + 1
    return { ...entry, position }
  })
  const images = placed.filter(({ url }) => !leftOut.has(url)).toSorted((a, b) => a.position - b.position)
  if (images.length === 0) throw words.error(rows[0], 'url', `none of its ${placed.length} images can be fetched`)
  const withRole = (role: Role) => images.find((image) => image.roles.includes(role))?.url ?? null
  return {
    sku,
    image: withRole('image'),
    smallImage: withRole('small_image'),
    thumbnail: withRole('thumbnail'),
    swatchImage: withRole('swatch_image'),
    gallery: images.map(toImage),
    attributes: {},
  }
}

function toImage({ url, position, label, mediaType }: Entry & { readonly position: number }): GalleryImage {
  return { url, position, label, mediaType, storeId: null, picture: null }
}

/** The first row of an address determines its position and label, if it has them. */
function merged(entries: readonly Entry[]): readonly Entry[] {
  const byUrl = new Map<string, Entry>()
  for (const entry of entries) {
    const known = byUrl.get(entry.url)
    if (known === undefined) byUrl.set(entry.url, entry)
    else {
      const both = [...new Set([...known.roles, ...entry.roles])]
      const { position, label } = { position: known.position ?? entry.position, label: known.label ?? entry.label }
      byUrl.set(entry.url, { ...known, position, label, roles: both })
    }
  }
  return [...byUrl.values()]
}

/** Images from role columns come first: the feed names them separately. */
function entriesOf(row: ImageRow, words: ListWords): readonly Entry[] {
  const { cells } = row
  const ofRoles = roles.flatMap((role) =>
    (cells[role] ?? [])
      .filter((url) => url !== '')
      .map((url) => ({
        url: address(row, role, url, words),
        position: null,
        label: null,
        roles: [role],
        mediaType: 'image',
      })),
  )
  const urls = cells.url ?? []
  if (urls.length > MOST_OF_ONE) throw words.error(row, 'url', `has more than ${MOST_OF_ONE} addresses`)
  const several = urls.flatMap((url, index) => {
    if (url === '') return []
    const at = (column: ImageColumn, shared: boolean) =>
      cellAt(row, column, { index, count: urls.length, shared }, words)
    return [
      {
        url: address(row, 'url', url, words),
        position: positionOf(row, at('position', false), words),
        label: at('label', true) || null,
        roles: rolesOf(row, at('role', false), words),
        mediaType: mediaTypeOf(row, at('media_type', true), words),
      },
    ]
  })
  return [...ofRoles, ...several]
}

/**
 * The value for one of a row's addresses: either one value per address, or a single one, which belongs to the first
 * address or is shared.
 */
function cellAt(
  row: ImageRow,
  column: ImageColumn,
  { index, count, shared }: { readonly index: number; readonly count: number; readonly shared: boolean },
  words: ListWords,
): string {
  const values = row.cells[column] ?? []
  if (values.length === count) return values[index] ?? ''
  if (values.length > 1) throw words.error(row, column, `has ${values.length} values for ${count} addresses`)
  return shared || index === 0 ? (values[0] ?? '') : ''
}

function address(row: ImageRow, column: ImageColumn, url: string, words: ListWords): string {
  const found = imageAddressOf(url)
  if ('problem' in found) {
    const hint = found.problem === SEVERAL ? `; set ${words.separator} to what separates them` : ''
    throw words.error(row, column, found.problem + hint)
  }
  return found.url
}

function positionOf(row: ImageRow, position: string, words: ListWords): number | null {
  if (!/^\d{0,9}$/.test(position)) throw words.error(row, 'position', 'is not a whole number')
  return position === '' ? null : Number(position)
}

function rolesOf(row: ImageRow, cell: string, words: ListWords): readonly Role[] {
  return cell
    .split('|')
    .map((role) => role.trim())
    .filter((role) => role !== '')
    .map((name) => {
      const role = roles.find((known) => known === name)
      if (role === undefined) {
        throw words.error(row, 'role', `"${name}" is not valid; use ${roles.join(', ')}, separated by |`)
      }
      return role
    })
}

function mediaTypeOf(row: ImageRow, cell: string, words: ListWords): string {
  const [type = ''] = cell.toLowerCase().split('/')
  if (type === '' || type === 'image') return 'image'
  if (type === 'video' || type === 'external-video') return 'external-video'
  throw words.error(row, 'media_type', `"${cell}" is neither an image nor a video`)
}
