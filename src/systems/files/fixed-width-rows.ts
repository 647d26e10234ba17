import { fileCutShortError, fileError } from '../kit/file-errors.ts'
import { LONGEST_ROW } from '../kit/row-limits.ts'
import { linesOf } from '../kit/text-lines.ts'
import { assertWholeEnd, notingEnd } from './file-end.ts'
import { type FileRow, plainName, plainText } from './file-row.ts'
import type { TextRows } from './row-source.ts'

/** Where a column is in a line. */
export interface Field {
  /** Its first character, from 0 on. */
  readonly from: number
  readonly length: number
}

export interface FixedWidthForm {
  /** By the names of the columns. */
  readonly fields: ReadonlyMap<string, Field>
  /** Lines before the first row. */
  readonly headLines: number
  /** Whether a file without a final line break counts as cut short. */
  readonly endsWithLineBreak: boolean
}

/** Rows of lines in which each column has its place. Blanks at the end of a line may be left out. */
export function fixedWidthRows({ fields, headLines, endsWithLineBreak }: FixedWidthForm): TextRows {
  const known = new Map([...fields].map(([name, field]) => [plainName(name), field]))
  const width = Math.max(...[...fields.values()].map(({ from, length }) => from + length))
  const rowOf = (number: number, text: string | null): FileRow => {
    const textIn = fieldReader(text ?? '')
    const textAt = (field: Field | undefined) => (field === undefined ? '' : textIn(field))
    return {
      ...plainText,
      number,
      place: `line ${number}`,
      odd: problemOf(text),
      cell: (column) => textAt(known.get(plainName(column))),
      all: () => Object.fromEntries([...fields].map(([name, field]) => [name, textAt(field)])),
    }
  }
  return async function* (text, _needed, words): AsyncGenerator<readonly FileRow[]> {
    const end = { last: '' }
    let last: { readonly row: FileRow; readonly length: number } | undefined
    for await (const line of linesOf(notingEnd(text, end))) {
      if (line.number <= headLines) continue
      if (last !== undefined) yield [last.row]
      const own = line.text?.replace(/\r$/, '') ?? null
      last = { row: rowOf(line.number, own), length: own?.length ?? 0 }
    }
    if (end.last === '') throw fileCutShortError(words, 'it is empty')
    assertWholeEnd(end, endsWithLineBreak, last?.row, words)
    if (last === undefined) return
    if (last.row.number === 1 && !/[\r\n]$/.test(end.last) && last.length > width) {
      throw fileError(
        words,
        `its one line has ${last.length} characters, more than ${width}: it needs a line for each row`,
      )
    }
    if (!/[\r\n]$/.test(end.last) && last.length < width) {
      throw fileCutShortError(words, `${last.row.place}, its last one, has ${last.length} characters, not ${width}`)
    }
    yield [last.row]
  }
}

function problemOf(text: string | null): string | null {
  if (text === null) return `is longer than ${LONGEST_ROW} characters`
  return /\p{Cc}/u.test(text)
    ? 'has a tab or another control character, so its columns may not be in their places'
    : null
}

/** Reads fields by characters of Unicode, of which some are two in JavaScript. */
function fieldReader(text: string): (field: Field) => string {
  const all = /[\ud800-\udbff]/.test(text) ? Array.from(text) : null
  return ({ from, length }) => {
    const found = all === null ? text.slice(from, from + length) : all.slice(from, from + length).join('')
    return found.trim()
  }
}
