import { Readable } from 'node:stream'
import { CsvError, parse } from 'csv-parse'
import { type FileWords, fileCutShortError, fileError } from '../kit/file-errors.ts'
import { LONGEST_ROW } from '../kit/row-limits.ts'
import { columnPlaces } from './column-places.ts'
import { assertWholeEnd, notingEnd } from './file-end.ts'
import { type FileRow, plainName, plainText } from './file-row.ts'

export interface DelimitedForm {
  readonly delimiter: string
  /** Null: no cell is quoted. */
  readonly quote: string | null
  /** Whether a file without a final line break counts as cut short. */
  readonly endsWithLineBreak: boolean
}

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
    for await (const { record, info } of records(notingEnd(text, end), form)) {
      if (names === null) {
        names = record.map((name) => name.trim())
        places = columnPlaces(names, needed, 'line 1', 'delimiter', words)
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
  assertWholeEnd(end, form.endsWithLineBreak, last, words)
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
    // A quote in a cell is doubled, whichever it is.
    ...(quote === null ? {} : { escape: quote }),
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

function rowOf(
  cells: readonly string[],
  line: number,
  names: readonly string[],
  places: ReadonlyMap<string, number>,
): FileRow {
  const isOther = cells.length < names.length || cells.slice(names.length).some((cell) => cell.trim() !== '')
  return {
    number: line,
    place: `line ${line}`,
    odd: isOther ? `has ${cells.length} cells, but line 1 has ${names.length}` : null,
    cell: (column) => cells[places.get(plainName(column)) ?? -1] ?? '',
    ...plainText,
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
