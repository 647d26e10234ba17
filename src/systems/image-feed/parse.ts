import { StreamError } from '../../errors.ts'
import { peek } from './body.ts'
import { type CsvDialect, csvRecords } from './csv.ts'
import { jsonRecords } from './json.ts'
import type { FeedRecord } from './record.ts'
import { type ColumnName, type Columns, type FeedRow, neededColumns, readRows } from './rows.ts'
import { xmlRecords } from './xml.ts'

export const formats = ['csv', 'json', 'xml'] as const
export type Format = (typeof formats)[number]

/** How a feed is written. */
export interface FeedForm {
  /** Null: its media type decides, else how it begins. */
  readonly format: Format | null
  readonly csv: CsvDialect
  /** Path to the rows of JSON and XML. */
  readonly items: string
  readonly columns: Columns
  /** Columns that the settings name: a feed without one of them is not the one they were made for. */
  readonly named: ReadonlySet<ColumnName>
  /** What parts several addresses in one cell. */
  readonly separator: string | null
}

/**
 * The rows of a feed. Throws `source_data_invalid` for one that was cut short or is another than the form says, and
 * `target_unavailable` for a web page in its place.
 */
export async function parseFeed(
  text: AsyncIterable<string>,
  form: FeedForm,
  contentType: string | null = null,
): Promise<FeedRow[]> {
  const { head, all } = await peek(text, (taken) => taken.join('').trimStart().length >= PAGE.length)
  const begin = head.join('').trimStart()
  assertNoPage(begin, form.format === null ? contentType : null)
  return await readRows(recordsOf(form.format ?? formatOf(begin, contentType), all, form), form.columns, form.separator)
}

function recordsOf(format: Format, text: AsyncIterable<string>, form: FeedForm): AsyncIterable<FeedRecord> {
  switch (format) {
    case 'csv':
      return csvRecords(text, form.csv, neededColumns(form.columns, form.named))
    case 'json':
      return jsonRecords(text, form.items)
    case 'xml':
      return xmlRecords(text, form.items)
  }
}

const PAGE = '<!doctype html'

/** A gateway's or maintenance page is no feed, whatever its status says. Some feeds are said to be HTML, and are not. */
function assertNoPage(begin: string, contentType: string | null): void {
  if (!/^<(!doctype html|html)/i.test(begin) && !(contentType ?? '').includes('text/html')) return
  throw new StreamError(
    'target_unavailable',
    "a web page came in the image feed's place: maintenance, or another address",
  )
}

function formatOf(begin: string, contentType: string | null): Format {
  const type = (contentType ?? '').split(';')[0]?.trim().toLowerCase() ?? ''
  if (/[/+]json$/.test(type)) return 'json'
  if (/[/+]xml$/.test(type)) return 'xml'
  if (/\/csv$|\/tab-separated-values$/.test(type)) return 'csv'
  if (/^[[{]/.test(begin)) return 'json'
  return begin.startsWith('<') ? 'xml' : 'csv'
}
