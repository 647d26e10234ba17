import { pipeline, Readable } from 'node:stream'
import { CsvError, parse } from 'csv-parse'
import { withoutEnd } from '../../platform/without-end.ts'
import { type FeedRecord, feedCutShortError, feedError } from './record.ts'

export interface CsvDialect {
  readonly delimiter: string
  /** Null: no cell is quoted. */
  readonly quote: string | null
  /** Whether a file without a line break at its end was cut short. */
  readonly endsWithLineBreak: boolean
}

/** What csv-parse gives of a record with `raw`: its text as it stands in the file. */
interface ParsedRecord {
  readonly record: readonly string[]
  readonly raw: string
}

/** Longest text of one row: a quote that is never closed ends here, and not with the file. */
const LONGEST_ROW = 1024 * 1024

/**
 * Rows of CSV (RFC 4180, in its dialect); the first line names the columns, in any order and case. Throws
 * `source_data_invalid` for a file that was cut short, or lacks one of the columns `needed`.
 */
export async function* csvRecords(
  text: AsyncIterable<string>,
  dialect: CsvDialect,
  needed: readonly string[],
): AsyncGenerator<FeedRecord> {
  const end = { last: '' }
  let header: readonly string[] | undefined
  for await (const { cells, line } of withLines(parsed(watched(text, end), dialect))) {
    if (header === undefined) {
      header = cells.map(normal)
      checkHeader(header, needed)
      continue
    }
    yield toRecord(header, cells, line)
  }
  if (header === undefined) throw feedCutShortError('it is empty')
  if (dialect.endsWithLineBreak && end.last !== '\n' && end.last !== '\r') {
    throw feedCutShortError('it does not end with a line break (settings.lastLineBreak: optional, where it never does)')
  }
}

const normal = (name: string): string => name.trim().toLowerCase()

async function* watched(text: AsyncIterable<string>, end: { last: string }): AsyncGenerator<string> {
  for await (const chunk of text) {
    end.last = chunk.at(-1) ?? end.last
    yield chunk
  }
}

async function* parsed(text: AsyncIterable<string>, dialect: CsvDialect): AsyncGenerator<ParsedRecord> {
  const { delimiter, quote } = dialect
  const options = { raw: true, relax_column_count: true, max_record_size: LONGEST_ROW, delimiter, quote, escape: quote }
  const parser = parse(options)
  // What breaks ends the parser, which is read here.
  pipeline(Readable.from(text), parser, () => undefined)
  try {
    for await (const record of parser) yield record as ParsedRecord
  } catch (cause) {
    throw cause instanceof CsvError ? feedCutShortError(cause.message, cause) : cause
  }
}

/** The records with the line each begins in; empty lines are passed over. */
async function* withLines(
  records: AsyncIterable<ParsedRecord>,
): AsyncGenerator<{ readonly cells: readonly string[]; readonly line: number }> {
  let next = 1
  for await (const { record, raw } of records) {
    const line = next
    next += withoutEnd(raw, '\r\n').split(/\r\n|\r|\n/).length
    if (record.length > 1 || record[0]?.trim() !== '') yield { cells: record, line }
  }
}

function checkHeader(header: readonly string[], needed: readonly string[]): void {
  const missing = needed.find((name) => !header.includes(normal(name)))
  if (missing === undefined) return
  throw feedError(`its first line has no column "${missing}"; it has: ${header.join(', ').slice(0, 500)}`, missing)
}

function toRecord(header: readonly string[], cells: readonly string[], line: number): FeedRecord {
  const place = `line ${line}`
  if (cells.length < header.length) throw feedCutShortError(`${place} has ${cells.length} columns of ${header.length}`)
  const surplus = cells.slice(header.length).some((cell) => cell.trim() !== '')
  if (surplus) throw feedCutShortError(`${place} has ${cells.length} columns of ${header.length}: a cell is not quoted`)
  return {
    place,
    values: (name) => cells.filter((_, index) => header[index] === normal(name)),
    names: () => header,
  }
}
