import type { FileWords } from '../kit/file-errors.ts'
import { fileError } from '../kit/file-errors.ts'
import { LONGEST_ROW, MOST_VALUES } from '../kit/row-limits.ts'
import { shownDate, shownNumber } from './cell-values.ts'
import { officeXml } from './office-xml.ts'
import { textCollector, unescaped } from './shared-texts.ts'
import type { Workbook } from './workbook.ts'

/** A cell of a sheet. */
export interface SheetCell {
  /** `C7`. */
  readonly at: string
  /** As people see it, without signs of thousands or currencies. */
  readonly text: string
  readonly kind: 'text' | 'number' | 'padded number' | 'date' | 'error'
}

/** A row of a sheet: its cells by their column from 0 on, without empty ones. */
export interface SheetRow {
  readonly number: number
  readonly cells: ReadonlyMap<number, SheetCell>
}

/** The cell that is being read. */
interface OpenCell {
  readonly column: number
  readonly type: string
  readonly style: number
  value: string
  hasValue: boolean
  hasFormula: boolean
}

/** Rows of a sheet that have a cell, in their order. Throws `source_data_invalid` for a sheet that is not whole. */
export async function* sheetRows(
  bytes: AsyncIterable<Buffer>,
  workbook: Workbook,
  words: FileWords,
): AsyncGenerator<SheetRow> {
  const reader = sheetReader(workbook, words)
  for await (const _ of officeXml(bytes, reader, words)) yield* reader.take()
}

function sheetReader(workbook: Workbook, words: FileWords) {
  const found: SheetRow[] = []
  const text = textCollector()
  let number = 0
  let cells = new Map<number, SheetCell>()
  let cell: OpenCell | null = null
  let next = 0
  /** Characters of the row. */
  let size = 0
  let isValue = false
  const openRow = (given: string | undefined) => {
    const at = given === undefined ? number + 1 : Number(given)
    if (!Number.isInteger(at) || at <= number)
      throw fileError(words, `row ${given} of its sheet is not after row ${number}`)
    number = at
    cells = new Map()
    next = 0
    size = 0
  }
  const openCell = (attributes: Readonly<Record<string, string>>) => {
    const column = attributes['r'] === undefined ? next : columnOf(attributes['r'])
    if (column < next || column >= MOST_VALUES)
      throw fileError(words, `row ${number} of its sheet has a cell out of order`)
    next = column + 1
    const style = Number(attributes['s'] ?? 0)
    cell = { column, type: attributes['t'] ?? 'n', style, value: '', hasValue: false, hasFormula: false }
  }
  const closeCell = (closed: OpenCell) => {
    const inline = text.take()
    const read = cellOf({ ...closed, value: closed.type === 'inlineStr' ? inline : closed.value }, number, workbook)
    if (read !== null) cells.set(closed.column, read)
    cell = null
  }
  return {
    open(name: string, attributes: Readonly<Record<string, string>>) {
      if (name === 'row') openRow(attributes['r'])
      else if (name === 'c') openCell(attributes)
      else if (cell === null) return
      else if (name === 'f') cell.hasFormula = true
      else if (name === 'v') {
        isValue = true
        cell.hasValue = true
      } else text.open(name)
    },
    text(more: string) {
      size += more.length
      if (size > LONGEST_ROW)
        throw fileError(words, `row ${number} of its sheet has more than ${LONGEST_ROW} characters`)
      if (cell !== null && isValue) cell.value += more
      else if (cell !== null) text.text(more)
    },
    close(name: string) {
      if (name === 'v') isValue = false
      else if (name === 'c' && cell !== null) closeCell(cell)
      else if (name === 'row' && cells.size > 0) found.push({ number, cells })
      else text.close(name)
    },
    take: (): SheetRow[] => found.splice(0),
  }
}

/** Null: it is empty. */
function cellOf(
  { column, type, style, value, hasValue, hasFormula }: OpenCell,
  row: number,
  workbook: Workbook,
): SheetCell | null {
  const at = `${lettersOf(column)}${row}`
  if (value === '') {
    // A formula may give an empty text.
    return hasFormula && !(type === 'str' && hasValue)
      ? { at, text: 'a formula without a result', kind: 'error' }
      : null
  }
  switch (type) {
    case 's':
      return textCell(at, workbook.texts[Number(value)])
    case 'str':
      return textCell(at, unescaped(value))
    case 'inlineStr':
      return textCell(at, value)
    case 'b':
      return textCell(at, value === '1' || value === 'true' ? 'true' : 'false')
    case 'd':
      return { at, text: value.replace(/T00:00:00(?:\.0+)?Z?$/, ''), kind: 'date' }
    case 'n':
      return numberCell(at, value.trim(), style, workbook)
    default:
      return { at, text: value, kind: 'error' }
  }
}

function textCell(at: string, text: string | undefined): SheetCell | null {
  if (text === undefined) return { at, text: 'a text that the workbook lacks', kind: 'error' }
  return text === '' ? null : { at, text, kind: 'text' }
}

function numberCell(at: string, stored: string, style: number, { forms }: Workbook): SheetCell {
  const { isDate, digits } = forms.formOf(style)
  const text = isDate ? shownDate(stored, forms.isFrom1904) : shownNumber(stored)
  if (text === null) return { at, text: stored, kind: 'error' }
  if (isDate) return { at, text, kind: 'date' }
  return /^\d+$/.test(text) && digits > 0
    ? { at, text: text.padStart(digits, '0'), kind: 'padded number' }
    : { at, text, kind: 'number' }
}

/** Of `C7`, from 0 on. */
function columnOf(at: string): number {
  const letters = /^[A-Z]{1,3}/.exec(at)?.[0] ?? ''
  return [...letters].reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 64, 0) - 1
}

function lettersOf(column: number): string {
  const rest = Math.floor(column / 26)
  return (rest === 0 ? '' : lettersOf(rest - 1)) + String.fromCharCode(65 + (column % 26))
}
