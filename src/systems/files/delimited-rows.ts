import { Readable } from 'node:stream'
import { CsvError, parse } from 'csv-parse'
import { type FileWords, fileCutShortError, fileError } from '../kit/file-errors.ts'

export interface DelimitedForm {
  readonly delimiter: string
  /** Null: no cell is quoted. */
  readonly quote: string | null
  /** Whether a file without a final line break counts as cut short. */
  readonly endsWithLineBreak: boolean
}

/** One row of a file. */
export interface FileRow {
  /** Line where it ends, for people. */
  readonly line: number
  /** Why it can't be used; null: it is valid. */
  readonly odd: string | null
  /** Empty: the cell is empty, or the file has no such column. */
  cell(column: string): string
  /** Cells by the names of their columns. */
  all(): Readonly<Record<string, string>>
}

/** Longest row: limits the damage of a quote that is never closed. */
const LONGEST_ROW = 1024 * 1024

const normal = (name: string): string => name.trim().toLowerCase()

/**
 * Rows of delimited text (RFC 4180), as a stream; the first row names the columns, in any order and case. A row with
 * another number of cells is odd. Throws `source_data_invalid` with the line if the quotes are wrong, a needed column is
 * missing or twice, or the file was cut short, which only its end shows.
 */
export async function* delimitedRows(
  text: AsyncIterable<string>,
  form: DelimitedForm,
  needed: readonly string[],
  words: FileWords,
): AsyncGenerator<FileRow> {
  const end = { last: '' }
  let names: readonly string[] | null = null
  let places: ReadonlyMap<string, number> = new Map()
  let last: FileRow | undefined
  try {
    for await (const { record, info } of records(noting(text, end), form)) {
      if (names === null) {
        names = record.map((name) => name.trim())
        places = placesOf(names, needed, words)
        continue
      }
      if (last !== undefined) yield last
      last = rowOf(record, info.lines, names, places)
    }
  } catch (error) {
    if (error instanceof CsvError) throw fileError(words, problemOf(error))
    throw error
  }
  if (names === null) throw fileCutShortError(words, 'it is empty')
  if (form.endsWithLineBreak && !/[\r\n]$/.test(end.last)) {
    const way = `if it never does, set settings.${words.lastLineBreakSetting ?? 'lastLineBreak'} to optional`
    throw fileCutShortError(words, `it does not end with a line break (${way})`)
  }
  if (last !== undefined && !form.endsWithLineBreak && last.odd !== null) {
    throw fileCutShortError(words, `line ${last.line}, its last one, ${last.odd}`)
  }
  if (last !== undefined) yield last
}

interface ParsedRecord {
  readonly record: readonly string[]
  readonly info: { readonly lines: number }
}

function records(text: AsyncIterable<string>, { delimiter, quote }: DelimitedForm): AsyncIterable<ParsedRecord> {
  const parser = parse({
    bom: true,
    delimiter,
    quote: quote ?? false,
    info: true,
    max_record_size: LONGEST_ROW,
    relax_column_count: true,
    skip_empty_lines: true,
  })
  const source = Readable.from(text)
  // An error of the source ends the parser, which is read here.
  source.on('error', (error) => parser.destroy(error))
  return source.pipe(parser)
}

async function* noting(text: AsyncIterable<string>, end: { last: string }): AsyncGenerator<string> {
  for await (const chunk of text) {
    if (chunk !== '') end.last = chunk.slice(-1)
    yield chunk
  }
}

function placesOf(names: readonly string[], needed: readonly string[], words: FileWords): ReadonlyMap<string, number> {
  const places = new Map<string, number>()
  for (const [index, name] of names.entries()) {
    const known = normal(name)
    if (places.has(known) && needed.some((one) => normal(one) === known)) {
      throw fileError(words, `line 1 has two columns ${name}; rename one of them`, name)
    }
    if (!places.has(known)) places.set(known, index)
  }
  const missing = needed.find((name) => !places.has(normal(name)))
  if (missing === undefined) return places
  const has = names.map((name) => JSON.stringify(name.slice(0, 40))).join(', ')
  const reason = `line 1 has no column ${missing}, but ${has.slice(0, 400)}; correct the columns in the settings, or the delimiter`
  throw fileError(words, reason, missing)
}

function rowOf(
  cells: readonly string[],
  line: number,
  names: readonly string[],
  places: ReadonlyMap<string, number>,
): FileRow {
  const isOther = cells.length < names.length || cells.slice(names.length).some((cell) => cell.trim() !== '')
  return {
    line,
    odd: isOther ? `has ${cells.length} cells, but line 1 has ${names.length}` : null,
    cell: (column) => cells[places.get(normal(column)) ?? -1] ?? '',
    all: () => Object.fromEntries(names.map((name, index) => [name, cells[index] ?? ''])),
  }
}

/** Messages of the library name cells; ours do not. */
function problemOf({ code, lines }: CsvError & { readonly lines?: unknown }): string {
  const line = typeof lines === 'number' ? `line ${lines}` : 'a line'
  switch (code) {
    case 'CSV_QUOTE_NOT_CLOSED':
      return `a quote is not closed until its end; close it, or set the quote of the file`
    case 'INVALID_OPENING_QUOTE':
    case 'CSV_INVALID_CLOSING_QUOTE':
    case 'CSV_NON_TRIMABLE_CHAR_AFTER_CLOSING_QUOTE':
      return `${line} has a quote within a cell; double it, or set the quote of the file to none`
    case 'CSV_MAX_RECORD_SIZE':
      return `${line} is longer than ${LONGEST_ROW} characters`
    default:
      return `${line} is not delimited text (${code})`
  }
}
