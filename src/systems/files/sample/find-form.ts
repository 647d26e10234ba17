import { decoded } from '../../kit/decode-text.ts'
import { fileCutShortError } from '../../kit/file-errors.ts'
import { unpacked } from '../../kit/unpack.ts'
import type { FormatValues } from '../row-format.ts'
import type { FileContent, RowWords } from '../row-source.ts'
import { MOST_BYTES } from '../text-source.ts'
import { findDelimited } from './find-delimited.ts'
import { type FoundEncoding, findEncoding } from './find-encoding.ts'
import { findJsonPath, findXmlPath } from './find-row-path.ts'
import type { Unpacked } from './unpack-sample.ts'

/** How a file is written. */
export interface FoundForm {
  /** With these its rows are read. */
  readonly values: FormatValues
  /** Null: it is no text. */
  readonly encoding: FoundEncoding | null
  readonly notes: readonly string[]
}

/** Characters that show the format. */
const HEAD = 64 * 1024

/** Finds the form of a file. `configured`: settings that a person has made. Throws `source_data_invalid`. */
export async function findForm(found: Unpacked, configured: FormatValues, words: RowWords): Promise<FoundForm> {
  const values: FormatValues = { ...configured, ...PLAIN }
  if (found.kind === 'workbook') return { values: { ...values, format: 'xlsx' }, encoding: null, notes: [] }
  const bytes = bytesOf(found.content, words)
  const encoding = await findEncoding(bytes())
  const open = () => decoded(bytes(), { setting: encoding.setting, contentType: null, words })
  const { head, last } = await endsOf(open())
  if (head.trim() === '') throw fileCutShortError(words, 'it is empty')
  const own = await formOf(head, open, words)
  const isOfLines = own.format === 'csv' || own.format === 'jsonl'
  const lastLineBreak = isOfLines && !/[\r\n]$/.test(last) ? 'optional' : 'required'
  const { notes = [], ...form } = own
  return { values: { ...values, ...form, encoding: encoding.setting, lastLineBreak }, encoding, notes }
}

/** What is found anew, whatever the settings say. */
const PLAIN = {
  format: 'csv',
  encoding: null,
  delimiter: ',',
  quote: '"',
  rows: null,
  fields: null,
  headLines: 0,
  numericKeys: 'refused',
} as const satisfies Partial<FormatValues>

type Form = Partial<FormatValues> & { readonly notes?: readonly string[] }

function bytesOf(content: FileContent, words: RowWords) {
  return () => unpacked(content.open(), { encoding: null, most: MOST_BYTES, words })
}

async function endsOf(text: AsyncIterable<string>) {
  let [head, last] = ['', '']
  for await (const chunk of text) {
    if (head.length < HEAD) head += chunk.slice(0, HEAD)
    if (chunk !== '') last = chunk.slice(-1)
  }
  return { head, last }
}

async function formOf(head: string, open: () => AsyncIterable<string>, words: RowWords): Promise<Form> {
  const begin = head.replace(/^[\s\p{Cc}\ufeff]+/u, '')
  if (begin.startsWith('<')) return { format: 'xml', rows: await findXmlPath(open(), words) }
  if (isJsonLines(begin, words.name)) return { format: 'jsonl' }
  if (/^[[{]/.test(begin)) return { format: 'json', rows: await findJsonPath(open(), words) }
  const form = await findDelimited(open, words)
  if (form === null) return { format: 'csv', notes: oneColumnNotes(begin) }
  const delimiter = form.delimiter === '\t' ? 'tab' : form.delimiter
  return { format: 'csv', delimiter, quote: form.quote ?? 'none' }
}

/** An object in each line. One line alone is a document if it has a list of objects, unless its name says otherwise. */
function isJsonLines(begin: string, name: string): boolean {
  const [first = '', ...more] = begin.split('\n').filter((line) => line.trim() !== '')
  const value = objectIn(first)
  if (value === null) return false
  if (more.length > 0) return more.every((line) => line.trimStart().startsWith('{'))
  return /\.(?:jsonl|ndjson)\b/i.test(name) || !hasListOfObjects(value)
}

function hasListOfObjects(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  if (Array.isArray(value)) return value.some((one) => typeof one === 'object' && one !== null)
  return Object.values(value).some(hasListOfObjects)
}

function objectIn(line: string): object | null {
  try {
    const value: unknown = JSON.parse(line)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : null
  } catch {
    return null
  }
}

/** Lines of one length have fixed places, whose names only a person knows. */
function oneColumnNotes(begin: string): readonly string[] {
  const lines = begin
    .split('\n')
    .slice(0, 200)
    .map((line) => line.replace(/\r$/, ''))
    .filter((line) => line !== '')
  const [first = ''] = lines
  const isFixed = lines.length > 1 && lines.slice(0, -1).every((line) => line.length === first.length)
  const what = 'no delimiter was found that gives its rows two columns'
  if (!isFixed) return [what]
  const starts = Array.from(first, (_, at) => at).filter(
    (at) =>
      at === 0 ||
      (lines.every((line) => (line[at - 1] ?? ' ') === ' ') && lines.some((line) => (line[at] ?? ' ') !== ' ')),
  )
  const places = starts.map((at, index) => `${at + 1}+${(starts[index + 1] ?? first.length) - at}`).join(', ')
  return [
    `${what}, but its lines all have ${first.length} characters: it may be of the format fixed, with columns at ${places}; set format and fields`,
  ]
}
