import { type FileWords, fileCutShortError, fileError } from '../kit/file-errors.ts'
import { LONGEST_ROW } from '../kit/row-limits.ts'
import { columnPlaces } from './column-places.ts'
import { DelimitedError, type DelimitedRecord, delimitedRecords, type RecordForm } from './delimited-records.ts'
import { assertWholeEnd, notingEnd } from './file-end.ts'
import { type FileRow, plainName, plainText } from './file-row.ts'

export interface DelimitedForm extends RecordForm {
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
): AsyncGenerator<readonly FileRow[]> {
  const end = { last: '' }
  let columns: Columns | null = null
  let last: FileRow | undefined
  try {
    for await (const records of delimitedRecords(notingEnd(text, end), form)) {
      const rows = last === undefined ? [] : [last]
      for (const record of records) {
        if (columns === null) columns = columnsOf(record.cells, needed, words)
        else rows.push(new DelimitedRow(record, columns))
      }
      last = rows.pop()
      if (rows.length > 0) yield rows
    }
  } catch (error) {
    if (error instanceof DelimitedError) throw fileError(words, problemOf(error))
    throw error
  }
  if (columns === null) throw fileCutShortError(words, 'it is empty')
  assertWholeEnd(end, form.endsWithLineBreak, last, words)
  if (last !== undefined) yield [last]
}

/** The columns of a file. */
interface Columns {
  readonly names: readonly string[]
  /** Whether each name may be assigned: `__proto__` is not. */
  readonly areUsual: boolean
  /** Place of the column that a row is asked for, as its name is written there. */
  placeOf(column: string): number
}

function columnsOf(cells: readonly string[], needed: readonly string[], words: FileWords): Columns {
  const names = cells.map((name) => name.trim())
  const places = columnPlaces(names, needed, 'line 1', 'delimiter', words)
  const asked = new Map<string, number>()
  return {
    names,
    areUsual: !names.includes('__proto__'),
    placeOf(column) {
      const known = asked.get(column)
      if (known !== undefined) return known
      const place = places.get(plainName(column)) ?? -1
      asked.set(column, place)
      return place
    },
  }
}

/** A class, because there are millions: what a row is asked for is computed then. */
class DelimitedRow implements FileRow {
  readonly number: number
  readonly odd: string | null
  readonly #cells: readonly string[]
  readonly #columns: Columns

  constructor({ cells, line }: DelimitedRecord, columns: Columns) {
    this.number = line
    this.#cells = cells
    this.#columns = columns
    this.odd = oddness(cells, columns.names)
  }

  get broken(): null {
    return plainText.broken
  }

  get place(): string {
    return `line ${this.number}`
  }

  cell(column: string): string {
    return this.#cells[this.#columns.placeOf(column)] ?? ''
  }

  numberIn(): null {
    return plainText.numberIn()
  }

  dayIn(): null {
    return plainText.dayIn()
  }

  keyProblem(): null {
    return plainText.keyProblem()
  }

  all(): Readonly<Record<string, string>> {
    const [cells, { names, areUsual }] = [this.#cells, this.#columns]
    if (!areUsual) return Object.fromEntries(names.map((name, index) => [name, cells[index] ?? '']))
    const all: Record<string, string> = {}
    names.forEach((name, index) => {
      all[name] = cells[index] ?? ''
    })
    return all
  }
}

function oddness(cells: readonly string[], names: readonly string[]): string | null {
  if (cells.length === names.length) return null
  const isOther = cells.length < names.length || cells.slice(names.length).some((cell) => cell.trim() !== '')
  return isOther ? `has ${cells.length} cells, but line 1 has ${names.length}` : null
}

/** Messages of the library name cells; ours do not. */
function problemOf({ code, line: number }: DelimitedError): string {
  const line = number === null ? 'a line' : `line ${number}`
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
