import { delimitedRows } from './delimited-rows.ts'
import { plainName } from './file-row.ts'
import { type Field, fixedWidthRows } from './fixed-width-rows.ts'
import { jsonLinesRows } from './json-lines-rows.ts'
import { jsonRows } from './json-rows.ts'
import type { NamePattern } from './name-pattern.ts'
import type { RowSource, TextRows } from './row-source.ts'
import { textSource } from './text-source.ts'
import { xlsxRows } from './xlsx-rows.ts'
import { xmlElementRows } from './xml-element-rows.ts'
import { zippedSource } from './zipped-source.ts'

/** Formats of files that are read. */
export const rowFormats = ['csv', 'jsonl', 'json', 'xml', 'fixed', 'xlsx'] as const
export type RowFormat = (typeof rowFormats)[number]

/** What the settings say of a format. */
export interface FormatValues {
  readonly format: RowFormat
  readonly encoding: string | null
  readonly delimiter: string
  readonly quote: string
  readonly lastLineBreak: 'required' | 'optional'
  readonly rows: string | null
  readonly sheet: string | null
  readonly fields: ReadonlyMap<string, Field> | null
  readonly headLines: number
  /** Names of the file with the rows in an archive; null: it has no other. */
  readonly zipped: NamePattern | null
  readonly numericKeys: 'refused' | 'accepted'
}

type TextFormat = Exclude<RowFormat, 'xlsx'>

const textFormats: Readonly<Record<TextFormat, (values: FormatValues) => TextRows>> = {
  csv: ({ delimiter, quote, lastLineBreak }) => {
    const form = {
      delimiter: delimiter === 'tab' ? '\t' : delimiter,
      quote: quote === 'none' ? null : quote,
      endsWithLineBreak: lastLineBreak === 'required',
    }
    return (text, needed, words) => delimitedRows(text, form, needed, words)
  },
  jsonl: ({ lastLineBreak }) => jsonLinesRows(lastLineBreak === 'required'),
  json: ({ rows }) => jsonRows(rows),
  fixed: ({ fields, headLines, lastLineBreak }) =>
    fixedWidthRows({ fields: fields ?? new Map(), headLines, endsWithLineBreak: lastLineBreak === 'required' }),
  xml: ({ rows }) => xmlElementRows(rows),
}

/** How rows are read by the settings of an entity. */
export function rowSource(values: FormatValues, settingsOf: string): RowSource {
  return zippedSource(plainSource(values, settingsOf), values.zipped, settingsOf)
}

function plainSource(values: FormatValues, settingsOf: string): RowSource {
  const { format, sheet, numericKeys, encoding } = values
  if (format === 'xlsx') return xlsxRows({ sheet, areNumbersKeys: numericKeys === 'accepted', settingsOf })
  return textSource(textFormats[format](values), { encoding, settingsOf })
}

/** End of the names of files, if it is not that of their format. */
const endings: Partial<Readonly<Record<RowFormat, string>>> = { fixed: 'txt' }

/** The end of the names of files of a format. */
export function endingOf(format: RowFormat): string {
  return endings[format] ?? format
}

/** Problems of settings that do not fit their format, by name. `columns`: those that rows must have. */
export function formatProblems(
  values: FormatValues,
  columns: readonly string[],
): Readonly<Record<string, string | null>> {
  const { format, rows, sheet, numericKeys, fields, headLines } = values
  const only = (isGiven: boolean, ...formats: readonly RowFormat[]) =>
    !isGiven || formats.includes(format) ? null : `is for the format ${formats.join(' or ')}; remove it, or set format`
  return {
    rows: only(rows !== null, 'json', 'xml'),
    sheet: only(sheet !== null, 'xlsx'),
    numericKeys: only(numericKeys === 'accepted', 'xlsx'),
    headLines: only(headLines > 0, 'fixed'),
    fields: format === 'fixed' ? fieldsProblem(fields, columns) : only(fields !== null, 'fixed'),
  }
}

function fieldsProblem(fields: ReadonlyMap<string, Field> | null, columns: readonly string[]): string | null {
  if (fields === null) return 'is missing; it must say where the columns of the format fixed are'
  const known = new Set([...fields.keys()].map(plainName))
  const missing = columns.find((column) => !known.has(plainName(column)))
  return missing === undefined ? null : `must have the column ${missing}, which the settings of columns name`
}
