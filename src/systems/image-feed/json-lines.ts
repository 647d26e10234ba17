import { type JsonLine, jsonLines } from '../kit/json-lines.ts'
import { jsonRecord } from './json.ts'
import { type FeedRecord, feedCutShortError, feedWords } from './record.ts'

/**
 * Rows of JSON Lines: one JSON object per line. Any other line is odd and does not stop the others. Throws
 * `source_data_invalid` if it is the last line: then the file was cut short.
 */
export async function* jsonLinesRecords(text: AsyncIterable<string>): AsyncGenerator<FeedRecord> {
  let last: JsonLine | undefined
  for await (const next of jsonLines(text, feedWords)) {
    if (last !== undefined) yield recordOf(last)
    last = next
  }
  if (last === undefined) throw feedCutShortError('it is empty')
  if (last.row.odd !== null) throw feedCutShortError(`its last row, line ${last.line}, ${last.row.odd}`)
  yield recordOf(last)
}

function recordOf({ row, line }: JsonLine): FeedRecord {
  return jsonRecord(row, `line ${line}`)
}
