import { delimitedRows } from './delimited-rows.ts'
import { jsonLinesRows } from './json-lines-rows.ts'
import { jsonRows } from './json-rows.ts'
import type { RowSource, TextRows } from './row-source.ts'
import { textSource } from './text-source.ts'
import { xlsxRows } from './xlsx-rows.ts'
import { xmlElementRows } from './xml-element-rows.ts'

/** Formats of files that are read. */
export const rowFormats = ['csv', 'jsonl', 'json', 'xml', 'xlsx'] as const
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
  xml: ({ rows }) => xmlElementRows(rows),
}

/** How rows are read by the settings of an entity. */
export function rowSource(values: FormatValues, settingsOf: string): RowSource {
  const { format, sheet, numericKeys, encoding } = values
  if (format === 'xlsx') return xlsxRows({ sheet, areNumbersKeys: numericKeys === 'accepted', settingsOf })
  return textSource(textFormats[format](values), { encoding, settingsOf })
}

/** Formats whose rows lie at a path. */
const PATH_FORMATS: readonly RowFormat[] = ['json', 'xml']

/** Problems of settings that do not fit their format, by name. */
export function formatProblems({
  format,
  rows,
  sheet,
  numericKeys,
}: FormatValues): Readonly<Record<string, string | null>> {
  const hasPath = PATH_FORMATS.includes(format)
  return {
    sheet: sheet === null || format === 'xlsx' ? null : 'is for the format xlsx; remove it, or set format',
    numericKeys:
      numericKeys === 'refused' || format === 'xlsx' ? null : 'is for the format xlsx; remove it, or set format',
    rows: rows === null || hasPath ? null : `is for the format ${PATH_FORMATS.join(' or ')}; remove it, or set format`,
  }
}
