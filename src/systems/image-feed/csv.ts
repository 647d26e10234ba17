import type { StreamError } from '../../errors.ts'
import { peek } from './body.ts'
import { CsvReader, type CsvRow } from './csv-reader.ts'
import { type FeedRecord, feedCutShortError, feedError } from './record.ts'

export interface CsvDialect {
  readonly delimiter: string
  /** Null: no cell is quoted. */
  readonly quote: string | null
  /** Whether a file without a line break at its end was cut short. */
  readonly endsWithLineBreak: boolean
}

/** Columns of a CSV feed, by their names. */
export interface CsvColumns {
  /** A file without one of them is another one. */
  readonly needed: readonly string[]
  readonly sku: readonly string[]
  /** Of addresses. */
  readonly url: readonly string[]
  readonly position: readonly string[]
}

/** Where the columns are. */
interface Header {
  readonly names: readonly string[]
  /** Indexes by name. */
  readonly places: ReadonlyMap<string, readonly number[]>
  readonly sku: readonly number[]
  readonly url: readonly number[]
  readonly position: readonly number[]
  /** Cells that a row has at the least: up to its SKU and its first address. */
  readonly fewest: number
}

const ADDRESS = /^\s*.?https?:\/\//i

/**
 * Rows of CSV (RFC 4180, in its dialect); the first line names the columns, in any order and case. A row that is odd is
 * said to be, and the others go on. Throws `source_data_invalid` for a file that was cut short, which its end alone can
 * tell, or lacks one of the columns that are needed.
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
  /** All but the last one, which may have been cut. */
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
    throw feedCutShortError('it does not end with a line break (settings.lastLineBreak: optional, where it never does)')
  }
  if (last === undefined) return
  if (last.odd === null && (last.cells.length < header.fewest || (!whole && last.cells.length < header.names.length))) {
    throw feedCutShortError(`its last row, ${problemOf(last, header)}`)
  }
  yield toRecord(last, header)
}

/** Characters of the beginning that say how lines end. */
const BEGIN = 4096
/** Excel's own first line, which says what separates cells. */
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
    throw feedError('its first line has an address: it names the columns, and no row stands in it')
  }
  const at = (columns: readonly string[]) => columns.flatMap((name) => places.get(normal(name)) ?? [])
  const header = { names, places, sku: at(sku), url: at(url), position: at(position) }
  return { ...header, fewest: Math.max(...header.sku.map((place) => place + 1), Math.min(...header.url) + 1) }
}

function columnMissingError(missing: string, names: readonly string[]): StreamError {
  const [only = ''] = names
  const other = names.length === 1 ? [';', '\t', '|', ','].find((character) => only.includes(character)) : undefined
  const hint = other === undefined ? '' : `; settings.delimiter says what separates cells, here "${other}" maybe`
  return feedError(
    `its first line has no column "${missing}"; it has: ${names.join(', ').slice(0, 500)}${hint}`,
    missing,
  )
}

/** Whether cells have a SKU and an address where rows have them, or as many cells as a row and a position. */
function isRow(cells: readonly string[], { names, sku, url, position }: Header): boolean {
  if (sku.every((at) => isBlank(cells[at] ?? ''))) return false
  if (url.some((at) => ADDRESS.test(cells[at] ?? ''))) return true
  return cells.length === names.length && position.some((at) => /^\d+$/.test(cells[at] ?? ''))
}

/** A row may end after its first address: what it lacks behind that is empty. */
function problemOf({ cells, odd, line }: CsvRow, { names, fewest, url }: Header): string | null {
  if (odd !== null) return `line ${line} ${odd}`
  const count = `line ${line} has ${cells.length} columns of ${names.length}`
  if (cells.length < fewest) return count
  // Empty cells too many are no harm, unless the address is not where it belongs.
  const isWhole = cells.slice(names.length).every(isBlank)
  const isMoved = cells.length > names.length && url.every((at) => isBlank(cells[at] ?? '')) && !cells.every(isBlank)
  return isWhole && !isMoved ? null : `${count}: a cell is not quoted`
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

/** A cell that was not quoted moves those behind it by one each time. */
function maybeSkus({ cells, odd }: CsvRow, { names, sku }: Header): Pick<FeedRecord, 'maybeSkus'> {
  const more = cells.length - names.length
  return odd !== null || more <= 0 ? {} : { maybeSkus: sku.flatMap((at) => cells.slice(at, at + more + 1)) }
}
