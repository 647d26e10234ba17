import { StreamError } from '../../errors.ts'
import type { ImageGallery } from '../../events/generated/events.ts'
import { galleryOf, type ImageColumn, type ImageRow, type ListWords, MOST_OF_ONE } from '../kit/gallery-rows.ts'
import type { FeedRow } from './rows.ts'
import { createTurns, ROWS_AT_ONCE, sortInTurns } from './turns.ts'

/** Rows of one SKU; `sku` null: a single row without a SKU. */
export interface FeedEntity {
  readonly sku: string | null
  readonly rows: readonly FeedRow[]
}

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
 * The image gallery of one SKU. Pure. One invalid row makes the whole SKU unreadable: a gallery without it would remove
 * the image. Throws `source_data_invalid` with row and column, also if no image is left.
 */
export function toGallery({ sku, rows }: FeedEntity, leftOut?: ReadonlySet<string>): ImageGallery {
  const odd = rows.find((row) => row.odd !== undefined)?.odd
  if (odd !== undefined) throw rowError(odd)
  if (sku === null) throw columnError(rows[0], 'sku', 'is empty')
  return galleryOf(sku, rows, words, leftOut)
}

function rowError(problem: string): StreamError {
  const field = /^(line|row|page \d+, (?:line|row)) \d+/.exec(problem)?.[0] ?? 'row'
  return new StreamError('source_data_invalid', `the image feed's ${problem}; correct it in the feed`, { field })
}

function columnError(row: ImageRow | undefined, column: ImageColumn, problem: string): StreamError {
  const place = row?.place ?? ''
  const message = `the image feed's ${place}, column "${column}": ${problem}; correct it in the feed`
  return new StreamError('source_data_invalid', message, { field: `${place}, ${column}` })
}

const words: ListWords = { error: columnError, separator: 'settings.separator' }
