import { StreamError } from '../../errors.ts'
import type { GalleryImage, ImageGallery } from '../../events/generated/events.ts'
import { skuProblem } from '../../events/sku.ts'
import { imageAddressOf, SEVERAL } from '../kit/image-address.ts'
import { type ColumnName, type FeedRow, type Role, roles } from './rows.ts'
import { createTurns, ROWS_AT_ONCE, sortInTurns } from './turns.ts'

/** Rows of one SKU; `sku` null: a single row without a SKU. */
export interface FeedEntity {
  readonly sku: string | null
  readonly rows: readonly FeedRow[]
}

const NONE: ReadonlySet<string> = new Set()

/** One address of a row with its data. */
interface Entry {
  readonly url: string
  readonly position: number | null
  readonly label: string | null
  readonly roles: readonly Role[]
  readonly mediaType: string
}

/** Maximum rows of one SKU; more are not a product gallery. */
const MOST_OF_ONE = 1000

/** The feed's rows grouped by SKU and sorted by it; rows without a SKU come first, one by one. */
export async function groupBySku(rows: readonly FeedRow[]): Promise<FeedEntity[]> {
  const turn = createTurns(ROWS_AT_ONCE)
  const sorted = await sortInTurns(await withMovedRows(rows), ({ sku: a }, { sku: b }) =>
    a === b ? 0 : a < b ? -1 : 1,
  )
  const entities: { readonly sku: string | null; readonly rows: FeedRow[] }[] = []
  for (const row of sorted) {
    const last = entities.at(-1)
    if (row.sku === '') entities.push({ sku: null, rows: [row] })
    else if (last?.sku !== row.sku) entities.push({ sku: row.sku, rows: [row] })
    else if (last.rows.length <= MOST_OF_ONE) last.rows.push(row)
    await turn()
  }
  return entities
}

/**
 * Adds a row whose cells may have shifted to each SKU of the feed that it may belong to: their galleries may lack its
 * image.
 */
async function withMovedRows(rows: readonly FeedRow[]): Promise<readonly FeedRow[]> {
  const moved = rows.filter(({ maybeSkus }) => maybeSkus !== undefined)
  if (moved.length === 0) return rows
  const turn = createTurns(ROWS_AT_ONCE)
  const known = new Set<string>()
  for (const { sku, odd } of rows) {
    if (odd === undefined && sku !== '') known.add(sku)
    await turn()
  }
  const others = moved.flatMap((row) =>
    [...new Set(row.maybeSkus)].filter((sku) => sku !== row.sku && known.has(sku)).map((sku) => ({ ...row, sku })),
  )
  return [...rows, ...others]
}

/**
 * Converts the rows of one SKU to its image gallery. Pure. The same address twice is one image with the roles of both.
 * An image without a position follows the previous one; a row without an address is ignored. One invalid row makes the
 * whole SKU unreadable: a gallery without it would remove the image. `leftOut`: addresses of images that can't be
 * fetched. Throws `source_data_invalid` with row and column, also if no image is left.
 */
export function toGallery({ sku, rows }: FeedEntity, leftOut: ReadonlySet<string> = NONE): ImageGallery {
  const odd = rows.find((row) => row.odd !== undefined)?.odd
  if (odd !== undefined) throw rowError(odd)
  if (sku === null) throw columnError(rows[0], 'sku', 'is empty')
  const problem = skuProblem(sku)
  if (problem !== null) throw columnError(rows[0], 'sku', problem)
  if (rows.length > MOST_OF_ONE) throw columnError(rows.at(-1), 'url', `its SKU has more than ${MOST_OF_ONE} rows`)
  const entries = merged(rows.flatMap(entriesOf))
  let next = 0
  const placed = entries.map((entry) => {
    const position = entry.position ?? next
    next = position + 1
    return { ...entry, position }
  })
  const images = placed.filter(({ url }) => !leftOut.has(url)).toSorted((a, b) => a.position - b.position)
  if (images.length === 0) throw columnError(rows[0], 'url', `none of its ${placed.length} images can be fetched`)
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
function entriesOf(row: FeedRow): readonly Entry[] {
  const { cells } = row
  const ofRoles = roles.flatMap((role) =>
    (cells[role] ?? [])
      .filter((url) => url !== '')
      .map((url) => ({
        url: address(row, role, url),
        position: null,
        label: null,
        roles: [role],
        mediaType: 'image',
      })),
  )
  const urls = cells.url ?? []
  if (urls.length > MOST_OF_ONE) throw columnError(row, 'url', `has more than ${MOST_OF_ONE} addresses`)
  const several = urls.flatMap((url, index) => {
    if (url === '') return []
    const at = (column: ColumnName, shared: boolean) => cellAt(row, column, { index, count: urls.length, shared })
    return [
      {
        url: address(row, 'url', url),
        position: positionOf(row, at('position', false)),
        label: at('label', true) || null,
        roles: rolesOf(row, at('role', false)),
        mediaType: mediaTypeOf(row, at('media_type', true)),
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
  row: FeedRow,
  column: ColumnName,
  { index, count, shared }: { readonly index: number; readonly count: number; readonly shared: boolean },
): string {
  const values = row.cells[column] ?? []
  if (values.length === count) return values[index] ?? ''
  if (values.length > 1) throw columnError(row, column, `has ${values.length} values for ${count} addresses`)
  return shared || index === 0 ? (values[0] ?? '') : ''
}

function address(row: FeedRow, column: ColumnName, url: string): string {
  const found = imageAddressOf(url)
  if ('problem' in found) {
    const hint = found.problem === SEVERAL ? '; set settings.separator to what separates them' : ''
    throw columnError(row, column, found.problem + hint)
  }
  return found.url
}

function positionOf(row: FeedRow, position: string): number | null {
  if (!/^\d{0,9}$/.test(position)) throw columnError(row, 'position', 'is not a whole number')
  return position === '' ? null : Number(position)
}

function rolesOf(row: FeedRow, cell: string): readonly Role[] {
  return cell
    .split('|')
    .map((role) => role.trim())
    .filter((role) => role !== '')
    .map((name) => {
      const role = roles.find((known) => known === name)
      if (role === undefined) {
        throw columnError(row, 'role', `"${name}" is not valid; use ${roles.join(', ')}, separated by |`)
      }
      return role
    })
}

function mediaTypeOf(row: FeedRow, cell: string): string {
  const [type = ''] = cell.toLowerCase().split('/')
  if (type === '' || type === 'image') return 'image'
  if (type === 'video' || type === 'external-video') return 'external-video'
  throw columnError(row, 'media_type', `"${cell}" is neither an image nor a video`)
}

function rowError(problem: string): StreamError {
  const field = /^(line|row|page \d+, (?:line|row)) \d+/.exec(problem)?.[0] ?? 'row'
  return new StreamError('source_data_invalid', `the image feed's ${problem}; correct it in the feed`, { field })
}

function columnError(row: FeedRow | undefined, column: ColumnName, problem: string): StreamError {
  const place = row?.place ?? ''
  const message = `the image feed's ${place}, column "${column}": ${problem}; correct it in the feed`
  return new StreamError('source_data_invalid', message, { field: `${place}, ${column}` })
}
