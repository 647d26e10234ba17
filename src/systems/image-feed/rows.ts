import { plainSku } from '../../events/sku.ts'
import { saysNoImage } from '../kit/image-address.ts'
import { type FeedRecord, feedCutShortError, feedError, MOST_ROWS } from './record.ts'
import { createTurns } from './turns.ts'

export const roles = ['image', 'small_image', 'thumbnail', 'swatch_image'] as const
export type Role = (typeof roles)[number]

const plainColumns = ['sku', 'url', 'position', 'label', 'role', 'media_type'] as const
export const columnNames = [...plainColumns, ...roles] as const
export type ColumnName = (typeof columnNames)[number]

/** Our names to those of the feed; several names give several values. */
export type Columns = Readonly<Record<ColumnName, readonly string[]>>

/** A row as it is in the feed, of every column the values in order; nothing is checked yet. */
export interface FeedRow {
  readonly place: string
  readonly sku: string
  readonly cells: Readonly<Partial<Record<ColumnName, readonly string[]>>>
  /** Why it can't be read; left out: it can. */
  readonly odd?: string
  /** It may be of another SKU than it says, as its parts are not where they belong; left out: it is of this one. */
  readonly isOfUnknownSku?: true
  /** SKUs that it may be of, where it is odd and its cells may have moved. */
  readonly maybeSkus?: readonly string[]
}

/** How the cells of a record become a row. */
export interface RowForm {
  readonly columns: Columns
  /** What separates several addresses in one cell; null: a cell has one. */
  readonly separator: string | null
  /** Share of the rows that may be odd. */
  readonly mostOdd: number
}

/** Columns that have to be there: those that are named in the settings, and SKU and address in any case. */
export function neededColumns(columns: Columns, named: ReadonlySet<ColumnName>): readonly string[] {
  return columnNames
    .filter((name) => name === 'sku' || name === 'url' || named.has(name))
    .flatMap((name) => columns[name])
}

/** Columns of addresses, those of a role too. */
export const addressColumns: readonly ColumnName[] = ['url', ...roles]

/** Records that are looked at at one time: each has some columns, and paths to them. */
const RECORDS_AT_ONCE = 200

/** A few odd rows are no reason to refuse a small feed, unless they are most of it. */
const FEW_ODD = 10

/**
 * The rows of the records; one that has no address says nothing, and is left out. Throws `source_data_invalid` where none
 * has a SKU or none an address: then it is not the rows that are wrong; and where more of them are odd than may be.
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

/** One row; of a record with several SKUs one for each, none of which can be read. */
function toRows(record: FeedRecord, { columns, separator }: RowForm): FeedRow[] {
  const cells: Partial<Record<ColumnName, readonly string[]>> = {}
  let odd = record.odd
  let isUnknown = odd !== null
  for (const name of columnNames) {
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
  if (skus.length > 1) odd ??= `${place} has several SKUs: ${skus.join(', ').slice(0, 200)}; a row is one SKU`
  const unknown = isUnknown || moved !== null ? { isOfUnknownSku: true as const } : {}
  const maybe =
    record.odd === null || record.maybeSkus === undefined ? {} : { maybeSkus: record.maybeSkus.map(plainSku) }
  const rest = odd === null ? {} : { odd, ...unknown, ...maybe }
  return skus.length < 2
    ? [{ place, sku: skus[0] ?? '', cells, ...rest }]
    : skus.map((sku) => ({ place, sku, cells, ...rest }))
}

/** A row without an address in its place that has one where something else belongs. */
function misplaced(place: string, cells: FeedRow['cells']): string | null {
  const hasAddress = (name: ColumnName) => cells[name]?.some((value) => /^https?:\/\//i.test(value)) === true
  if (addressColumns.some(hasAddress)) return null
  const column = plainColumns.find(hasAddress)
  return column === undefined ? null : `${place} has its address in column "${column}"`
}

function notText(place: string, column: ColumnName): string {
  return `${place} has no text in column "${column}" but more beneath it: settings columns.${column} is the path to the text`
}

function split(cell: string, separator: string): string[] {
  return cell.split(separator).map((part) => part.trim())
}
