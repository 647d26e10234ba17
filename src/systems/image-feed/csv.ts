import type { StreamError } from '../../errors.ts'
import { peek } from '../kit/unpack.ts'
import { CsvReader, type CsvRow } from './csv-reader.ts'
import { type FeedRecord, feedCutShortError, feedError } from './record.ts'

export interface CsvDialect {
  readonly delimiter: string
  /** Null: no cell is quoted. */
  readonly quote: string | null
  /** Whether a file without a final line break counts as cut short. */
  readonly endsWithLineBreak: boolean
}

/** Column names of a CSV feed. */
export interface CsvColumns {
  /** A file without one of them is rejected. */
  readonly needed: readonly string[]
  readonly sku: readonly string[]
  /** Columns with addresses. */
  readonly url: readonly string[]
  readonly position: readonly string[]
}

/** Positions of the columns. */
interface Header {
  readonly names: readonly string[]
  /** Indexes by name. */
  readonly places: ReadonlyMap<string, readonly number[]>
  readonly sku: readonly number[]
  readonly url: readonly number[]
  readonly position: readonly number[]
  /** Minimum number of cells of a row: up to its SKU and its first address. */
  readonly fewest: number
}

const ADDRESS = /^\s*.?https?:\/\//i

/**
 * Rows of CSV (RFC 4180, in the given dialect); the first line names the columns, in any order and case. Odd rows are
 * marked and do not stop the others. Throws `source_data_invalid` if a needed column is missing or the file was cut
 * short, which only its end shows.
 */
export async function* csvRecords(
  text: AsyncIterable<string>,
  dialect: CsvDialect,
  columns: CsvColumns,
): AsyncGenerator<FeedRecord> {
  const { head, all } = await peek(text, BEGIN)
  const begin = head.join('')
  const delimiter = SHEET.exec(begin)?.[1] ?? dialect.delimiter
  const endsAtReturn = /^[^\r\n]*\r(?!\n)/.test(begin)
  const sheet: { header: Header | null; rows: CsvRow[] } = { header: null, rows: [] }
  const cellsOf = (line: string, { names }: Header) => line.split(delimiter, names.length + 1)
  const reader = new CsvReader({
    delimiter,
    quote: dialect.quote,
    endsAtReturn: (cells) => endsAtReturn || cells >= (sheet.header?.names.length ?? 0),
    isRow: (line) => sheet.header !== null && isRow(cellsOf(line, sheet.header), sheet.header),
    isFirstRow(line, quoted) {
      const { header } = sheet
      if (header === null) return false
      return header.url.every((at) => at > quoted) && isRow(cellsOf(line, header), header)
    },
    onRow(row) {
      if (row.odd === null && row.cells.every(isBlank)) return
      if (sheet.header !== null) sheet.rows.push(row)
      else if (row.odd !== null) throw feedError(`its first line ${row.odd}`)
      else if (!SHEET.test(row.cells.join(delimiter))) sheet.header = headerOf(row.cells, columns)
    },
  })
  let last: CsvRow | undefined
  /** All rows but the last, which may be incomplete. */
  const records = function* (): Generator<FeedRecord> {
    for (const row of sheet.rows.splice(0)) {
      if (last !== undefined && sheet.header !== null) yield toRecord(last, sheet.header)
      last = row
    }
  }
  for await (const chunk of all) {
    reader.write(chunk)
    yield* records()
  }
  const whole = reader.end()
  yield* records()
  const { header } = sheet
  if (header === null) throw feedCutShortError('it is empty')
  if (dialect.endsWithLineBreak && !whole) {
    throw feedCutShortError(
      'it does not end with a line break (if it never does, set settings.lastLineBreak to optional)',
    )
  }
  if (last === undefined) return
  if (last.odd === null && (last.cells.length < header.fewest || (!whole && last.cells.length < header.names.length))) {
    throw feedCutShortError(`its last row, ${problemOf(last, header)}`)
  }
  yield toRecord(last, header)
}

/** Characters at the start that are searched for line breaks. */
const BEGIN = 4096
/** Excel's separator line, an optional first line. */
const SHEET = /^\ufeff?"?sep=([^\r\n"])"?\s*(?:[\r\n]|$)/i
const normal = (name: string): string => name.trim().toLowerCase()
const isBlank = (cell: string): boolean => /^[\s\p{Cc}]*$/u.test(cell)

function headerOf(cells: readonly string[], { needed, sku, url, position }: CsvColumns): Header {
  const names = cells.map(normal)
  const places = new Map<string, number[]>()
  for (const [index, name] of names.entries()) {
    const known = places.get(name)
    if (known === undefined) places.set(name, [index])
    else known.push(index)
  }
  const missing = needed.find((name) => !places.has(normal(name)))
  if (missing !== undefined) throw columnMissingError(missing, names)
  if (cells.some((name) => ADDRESS.test(name))) {
    throw feedError('its first line has an address, but must have the column names')
  }
  const at = (columns: readonly string[]) => columns.flatMap((name) => places.get(normal(name)) ?? [])
  const header = { names, places, sku: at(sku), url: at(url), position: at(position) }
  return { ...header, fewest: Math.max(...header.sku.map((place) => place + 1), Math.min(...header.url) + 1) }
}

function columnMissingError(missing: string, names: readonly string[]): StreamError {
  const [only = ''] = names
  const other = names.length === 1 ? [';', '\t', '|', ','].find((character) => only.includes(character)) : undefined
  const hint = other === undefined ? '' : `; check settings.delimiter, the cell separator, which may be "${other}" here`
  return feedError(
    `its first line has no column "${missing}"; it has: ${names.join(', ').slice(0, 500)}${hint}`,
    missing,
  )
}

/** Whether cells have a SKU and an address in their columns, or as many cells as a row and a position. */
function isRow(cells: readonly string[], { names, sku, url, position }: Header): boolean {
  if (sku.every((at) => isBlank(cells[at] ?? ''))) return false
  if (url.some((at) => ADDRESS.test(cells[at] ?? ''))) return true
  return cells.length === names.length && position.some((at) => /^\d+$/.test(cells[at] ?? ''))
}

/** The problem of a row; null if it is valid. A row may end after its first address: missing cells count as empty. */
function problemOf({ cells, odd, line }: CsvRow, { names, fewest, url }: Header): string | null {
  if (odd !== null) return `line ${line} ${odd}`
  const count = `line ${line} has ${cells.length} columns of ${names.length}`
  if (cells.length < fewest) return count
  // Extra empty cells do no harm, unless the address is in the wrong column.
  const isWhole = cells.slice(names.length).every(isBlank)
  const isMoved = cells.length > names.length && url.every((at) => isBlank(cells[at] ?? '')) && !cells.every(isBlank)
  return isWhole && !isMoved ? null : `${count}: quote cells that contain the separator`
}

function toRecord(row: CsvRow, header: Header): FeedRecord {
  return {
    place: `line ${row.line}`,
    odd: problemOf(row, header),
    ...maybeSkus(row, header),
    values: (name) => (header.places.get(normal(name)) ?? []).map((at) => row.cells[at] ?? ''),
    names: () => header.names,
  }
}

/** Each unquoted separator shifts the following cells by one. */
function maybeSkus({ cells, odd }: CsvRow, { names, sku }: Header): Pick<FeedRecord, 'maybeSkus'> {
  const more = cells.length - names.length
  return odd !== null || more <= 0 ? {} : { maybeSkus: sku.flatMap((at) => cells.slice(at, at + more + 1)) }
}
