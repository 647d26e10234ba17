import { StreamError } from '../../errors.ts'
import { addressColumns, type ImageColumn } from '../kit/gallery-rows.ts'
import type { JsonValue } from '../kit/json-reader.ts'
import { peek } from '../kit/unpack.ts'
import { type CsvDialect, csvRecords } from './csv.ts'
import { jsonRecords } from './json.ts'
import { jsonLinesRecords } from './json-lines.ts'
import { type NextPage, nextPageOf } from './next-page.ts'
import { type FeedRecord, feedError } from './record.ts'
import { type FeedRow, neededColumns, type RowForm, readRows } from './rows.ts'
import { inTurns } from './turns.ts'
import { xmlRecords } from './xml.ts'

export const formats = ['csv', 'json', 'jsonl', 'xml'] as const
export type Format = (typeof formats)[number]

/** How a feed is formatted. */
export interface FeedForm extends RowForm {
  /** Null: detected from its media type or its first characters. */
  readonly format: Format | null
  readonly csv: CsvDialect
  /** Path to the rows in JSON and XML. */
  readonly items: string
  /** Columns named in the settings: a feed without one of them is the wrong feed. */
  readonly named: ReadonlySet<ImageColumn>
}

/** The rows of a document, and its next page. */
export interface FeedPage {
  readonly rows: FeedRow[]
  readonly next: NextPage | null
}

/**
 * Parses the rows of a feed. Throws `source_data_invalid` for a feed that was cut short or has another form, and
 * `target_unavailable` for a web page in its place.
 */
export async function parseFeed(
  text: AsyncIterable<string>,
  form: FeedForm,
  contentType: string | null = null,
  charactersAtOnce?: number,
): Promise<FeedPage> {
  let begun = false
  const sizeOf = (chunk: string) => {
    begun ||= chunk.trim() !== ''
    return begun ? chunk.length : 0
  }
  const { head, all } = await peek(boundBlanks(inTurns(text, charactersAtOnce)), BEGIN, sizeOf)
  const begin = head.join('').trimStart()
  assertNoPage(begin, form.format === null ? contentType : null)
  const format = form.format ?? formatOf(begin, contentType)
  const around: { value: JsonValue } = { value: null }
  const seen = { records: 0 }
  const rows = await readRows(counted(recordsOf(format, all, form, around), seen), form)
  // The root of XML is its outermost object, and it has a name.
  const envelope = form.items.split('.').slice(format === 'xml' ? 1 : 0, -1)
  return { rows, next: nextPageOf(around.value, seen.records, envelope) }
}

/** Counts records: those without an image are not rows, but the totals of a document include them. */
async function* counted(records: AsyncIterable<FeedRecord>, seen: { records: number }): AsyncGenerator<FeedRecord> {
  for await (const record of records) {
    seen.records += 1
    yield record
  }
}

async function* recordsOf(
  format: Format,
  text: AsyncIterable<string>,
  form: FeedForm,
  around: { value: JsonValue },
): AsyncGenerator<FeedRecord> {
  switch (format) {
    case 'csv': {
      const { columns, named } = form
      const url = addressColumns.flatMap((name) => columns[name])
      const needed = neededColumns(columns, named)
      return yield* csvRecords(text, form.csv, { needed, sku: columns.sku, url, position: columns.position })
    }
    case 'json':
      around.value = yield* jsonRecords(text, form.items)
      return
    case 'jsonl':
      return yield* jsonLinesRecords(text)
    case 'xml':
      around.value = yield* xmlRecords(text, form.items)
      return
  }
}

/** More leading blanks than this mean that there is no feed. */
const MOST_BLANKS = 1024 * 1024

/** Throws for a file that starts with too many blanks to be a feed. */
async function* boundBlanks(text: AsyncIterable<string>): AsyncGenerator<string> {
  let blanks = 0
  let begun = false
  for await (const chunk of text) {
    begun ||= chunk.trim() !== ''
    blanks += begun ? 0 : chunk.length
    if (blanks > MOST_BLANKS) throw feedError(`it begins with more than ${MOST_BLANKS} blanks`)
    yield chunk
  }
}

/** Number of first characters needed to detect the format. */
const BEGIN = 4096

/**
 * A gateway's or maintenance page is not a feed, whatever its status. If the format is configured, a wrong media type
 * text/html is ignored.
 */
function assertNoPage(begin: string, contentType: string | null): void {
  if (!/^<(!doctype html|html)/i.test(begin) && !(contentType ?? '').includes('text/html')) return
  throw new StreamError(
    'target_unavailable',
    'received a web page in place of the image feed: maintenance, or a wrong address',
  )
}

function formatOf(begin: string, contentType: string | null): Format {
  const type = (contentType ?? '').split(';')[0]?.trim().toLowerCase() ?? ''
  if (/[/+](x-)?(ndjson|jsonl|jsonlines|json-lines|json-seq|json-stream)$/.test(type)) return 'jsonl'
  const isObject = /^[\s\p{Cc}]*\{/u.test(begin)
  if (isObject && hasObjectLines(begin)) return 'jsonl'
  if (/[/+]json$/.test(type)) return 'json'
  if (/[/+]xml$/.test(type)) return 'xml'
  if (/\/csv$|\/tab-separated-values$/.test(type)) return 'csv'
  if (isObject || begin.startsWith('[')) return 'json'
  return begin.startsWith('<') ? 'xml' : 'csv'
}

/** Whether the first line is an object and the next line starts another. */
function hasObjectLines(begin: string): boolean {
  const [first = '', second = ''] = begin.split('\n').filter((line) => line.trim() !== '')
  return /^[\s\p{Cc}]*\{.*\}\s*$/u.test(first) && /^[\s\p{Cc}]*\{/u.test(second) && isJson(first)
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text.replaceAll(/\p{Cc}/gu, ''))
    return true
  } catch {
    return false
  }
}
