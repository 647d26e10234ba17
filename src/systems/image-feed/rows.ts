import { plainSku } from '../../events/sku.ts'
import { addressColumns, type ImageColumn, imageColumns, plainColumns } from '../kit/gallery-rows.ts'
import { saysNoImage } from '../kit/image-address.ts'
import { type FeedRecord, feedCutShortError, feedError, MOST_ROWS } from './record.ts'
import { createTurns } from './turns.ts'

/** Waldstream's column names to those of the feed; several names give several values. */
export type Columns = Readonly<Record<ImageColumn, readonly string[]>>

/** An unvalidated row of the feed: the values of each column in order. */
export interface FeedRow {
  readonly place: string
  readonly sku: string
  readonly cells: Readonly<Partial<Record<ImageColumn, readonly string[]>>>
  /** Why it can't be read; absent: it can. */
  readonly odd?: string
  /** It may belong to another SKU, because its parts are not in their places; absent: it does not. */
  readonly isOfUnknownSku?: true
  /** SKUs that it may belong to if it is odd and its cells may have shifted. */
  readonly maybeSkus?: readonly string[]
}

/** How the cells of a record are mapped to a row. */
export interface RowForm {
  readonly columns: Columns
  /** Separator of several addresses in one cell; null: a cell has one address. */
  readonly separator: string | null
  /** Maximum share of odd rows, 0 to 1. */
  readonly mostOdd: number
}

/** Required columns: SKU, address and those named in the settings. */
export function neededColumns(columns: Columns, named: ReadonlySet<ImageColumn>): readonly string[] {
  return imageColumns
    .filter((name) => name === 'sku' || name === 'url' || named.has(name))
    .flatMap((name) => columns[name])
}

/** Records processed without yielding: each has several columns and paths. */
const RECORDS_AT_ONCE = 200

/** So many odd rows are accepted in a small feed, unless they are most of it. */
const FEW_ODD = 10

/**
 * Converts records to rows; a record without an address is ignored. Throws `source_data_invalid` if no record has a SKU
 * or none has an address, which means that the columns are wrong; also if there are too many odd rows.
 */
export async function readRows(records: AsyncIterable<FeedRecord>, form: RowForm): Promise<FeedRow[]> {
  const { columns } = form
  const turn = createTurns(RECORDS_AT_ONCE)
  const rows: FeedRow[] = []
  const seen = { records: 0, sku: false, address: false, odd: 0, firstOdd: '' }
  let example: readonly string[] = []
  for await (const record of records) {
    await turn()
    seen.records += 1
    if (seen.records === 1) example = record.names()
    if (record.odd !== null) {
      seen.odd += 1
      if (seen.odd === 1) seen.firstOdd = record.odd
    }
    for (const row of toRows(record, form)) {
      const hasAddress = addressColumns.some((name) => row.cells[name] !== undefined)
      seen.sku ||= row.sku !== ''
      seen.address ||= hasAddress
      if (hasAddress || row.odd !== undefined) rows.push(row)
    }
    if (rows.length > MOST_ROWS) throw feedError(`it has more than ${MOST_ROWS} rows; split it`)
  }
  if (seen.records === 0) return rows
  const most = Math.max(seen.records * form.mostOdd, Math.min(FEW_ODD, seen.records / 2))
  if (seen.odd > most) {
    const share = `${seen.odd} of its ${seen.records} rows are odd, more than settings.mostOddPercent allows`
    throw feedCutShortError(`${share}; the first one: ${seen.firstOdd}`)
  }
  const has = example.length === 0 ? 'it has no names' : `it has: ${example.join(', ').slice(0, 500)}`
  if (!seen.sku) {
    throw feedError(`no row has a SKU in ${columns.sku.join(', ')} (settings columns.sku); ${has}`, 'columns.sku')
  }
  if (!seen.address) {
    throw feedError(`no row has an address in ${columns.url.join(', ')} (settings columns.url); ${has}`, 'columns.url')
  }
  return rows
}

/** One row; for a record with several SKUs, one unreadable row per SKU. */
function toRows(record: FeedRecord, { columns, separator }: RowForm): FeedRow[] {
  const cells: Partial<Record<ImageColumn, readonly string[]>> = {}
  let odd = record.odd
  let isUnknown = odd !== null
  for (const name of imageColumns) {
    const values = columns[name].flatMap((column) => record.values(column))
    if (values.includes(undefined)) odd ??= notText(record.place, name)
    isUnknown ||= name === 'sku' && values.includes(undefined)
    const found = values.map((value) => (value ?? '').trim())
    const parts = name === 'url' && separator !== null ? found.flatMap((cell) => split(cell, separator)) : found
    const isAddress = addressColumns.includes(name)
    const given = isAddress ? parts.map((part) => (saysNoImage(part) ? '' : part)) : parts
    if (given.some((value) => value !== '')) cells[name] = given
  }
  const moved = misplaced(record.place, cells)
  odd ??= moved
  const skus = [...new Set(cells.sku?.map(plainSku).filter((sku) => sku !== ''))]
  const { place } = record
  if (skus.length > 1) odd ??= `${place} has several SKUs: ${skus.join(', ').slice(0, 200)}; use one row per SKU`
  const unknown = isUnknown || moved !== null ? { isOfUnknownSku: true as const } : {}
  const maybe =
    record.odd === null || record.maybeSkus === undefined ? {} : { maybeSkus: record.maybeSkus.map(plainSku) }
  const rest = odd === null ? {} : { odd, ...unknown, ...maybe }
  return skus.length < 2
    ? [{ place, sku: skus[0] ?? '', cells, ...rest }]
    : skus.map((sku) => ({ place, sku, cells, ...rest }))
}

/** The problem of a row whose address is in the wrong column; null: it is not. */
function misplaced(place: string, cells: FeedRow['cells']): string | null {
  const hasAddress = (name: ImageColumn) => cells[name]?.some((value) => /^https?:\/\//i.test(value)) === true
  if (addressColumns.some(hasAddress)) return null
  const column = plainColumns.find(hasAddress)
  return column === undefined ? null : `${place} has its address in column "${column}"`
}

function notText(place: string, column: ImageColumn): string {
  return `${place} has no text in column "${column}", but an object: set settings columns.${column} to the path of the text`
}

function split(cell: string, separator: string): string[] {
  return cell.split(separator).map((part) => part.trim())
}
