import { parse } from 'csv-parse/sync'
import { StreamError } from '../../errors.ts'

const COLUMNS = ['sku', 'url', 'position', 'label', 'role'] as const
type Column = (typeof COLUMNS)[number]

/** One row of the feed; `line` is where it begins in the file, from 1. */
export interface FeedRow {
  readonly line: number
  readonly cells: Readonly<Record<Column, string>>
}

/** What csv-parse gives of a record with `raw`: its text as it stands in the file. */
interface ParsedRecord {
  readonly record: readonly string[]
  readonly raw: string
}

/**
 * Rows of the CSV (RFC 4180; a header line names the columns, in any order; others are passed over). A file that was
 * cut short is refused as a whole, `source_data_invalid`: half a file would take away images that still exist.
 */
export function parseFeed(text: string): FeedRow[] {
  if (!/\r?\n$/.test(text)) {
    throw new StreamError('source_data_invalid', 'the image feed does not end with a line break: it was cut short')
  }
  const [header, ...records] = withLines(readRecords(text))
  const names = (header?.record ?? []).map((name) => name.trim().toLowerCase())
  const places = placesOf(names)
  return records.map(({ record, line }) => {
    if (record.length < names.length) {
      const reason = `has ${record.length} columns of ${names.length}; the file was cut short or is no CSV`
      throw new StreamError('source_data_invalid', `the image feed's line ${line} ${reason}`, { field: `line ${line}` })
    }
    const cell = (column: Column) => record[places[column]]?.trim() ?? ''
    return { line, cells: Object.fromEntries(COLUMNS.map((name) => [name, cell(name)])) as FeedRow['cells'] }
  })
}

/** The records with the line each begins in; empty lines are passed over. */
function withLines(records: readonly ParsedRecord[]): { readonly record: readonly string[]; readonly line: number }[] {
  let next = 1
  return records.flatMap(({ record, raw }) => {
    const line = next
    next += raw.replace(/[\r\n]+$/, '').split('\n').length
    return record.length === 1 && record[0] === '' ? [] : [{ record, line }]
  })
}

function readRecords(text: string): readonly ParsedRecord[] {
  try {
    const options = { bom: true, raw: true, relax_column_count: true } as const
    return parse(text, options) as unknown as readonly ParsedRecord[]
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new StreamError('source_data_invalid', `the image feed can't be read as CSV: ${reason}`, { cause })
  }
}

function placesOf(names: readonly string[]): Readonly<Record<Column, number>> {
  for (const required of ['sku', 'url'] as const) {
    if (names.includes(required)) continue
    throw new StreamError('source_data_invalid', `the image feed's first line has no column "${required}"`, {
      field: required,
    })
  }
  return Object.fromEntries(COLUMNS.map((name) => [name, names.indexOf(name)])) as Readonly<Record<Column, number>>
}
