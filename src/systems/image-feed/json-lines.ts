import { StreamError } from '../../errors.ts'
import { jsonRecord } from './json.ts'
import { JsonReader, type JsonRow } from './json-reader.ts'
import { type FeedRecord, feedCutShortError, LONGEST_ROW } from './record.ts'

/** A line with its number; `text` null: it is longer than a row may be. */
interface Line {
  readonly number: number
  readonly text: string | null
}

/**
 * Rows of JSON Lines: one JSON object per line. Any other line is odd and does not stop the others. Throws
 * `source_data_invalid` if it is the last line: then the file was cut short.
 */
export async function* jsonLinesRecords(text: AsyncIterable<string>): AsyncGenerator<FeedRecord> {
  let last: { readonly row: JsonRow; readonly place: string } | undefined
  for await (const line of linesOf(text)) {
    if (last !== undefined) yield jsonRecord(last.row, last.place)
    last = { row: rowOf(line), place: `line ${line.number}` }
  }
  if (last === undefined) throw feedCutShortError('it is empty')
  if (last.row.odd !== null) throw feedCutShortError(`its last row, ${last.place}, ${last.row.odd}`)
  yield jsonRecord(last.row, last.place)
}

function rowOf({ text }: Line): JsonRow {
  if (text === null) return { value: null, odd: `is longer than ${LONGEST_ROW} characters` }
  const reader = new JsonReader(null)
  try {
    reader.write(text)
    reader.end()
  } catch (error) {
    if (!(error instanceof StreamError)) throw error
    return { value: null, odd: 'is not JSON' }
  }
  return reader.take()[0] ?? { value: null, odd: 'is not JSON' }
}

/** Lines that are not blank; a record separator (RFC 7464) counts as blank. */
async function* linesOf(text: AsyncIterable<string>): AsyncGenerator<Line> {
  let number = 1
  let parts: string[] = []
  let size = 0
  const add = (part: string) => {
    size += part.length
    if (size <= LONGEST_ROW) parts.push(part)
    else parts = []
  }
  const lineOf = (): Line | null => {
    const whole = parts.join('')
    const isLong = size > LONGEST_ROW
    parts = []
    size = 0
    return isLong ? { number, text: null } : /^[\s\p{Cc}]*$/u.test(whole) ? null : { number, text: whole }
  }
  for await (const chunk of text) {
    let from = 0
    for (let end = chunk.indexOf('\n'); end !== -1; end = chunk.indexOf('\n', from)) {
      add(chunk.slice(from, end))
      const line = lineOf()
      if (line !== null) yield line
      number += 1
      from = end + 1
    }
    add(chunk.slice(from))
  }
  const line = lineOf()
  if (line !== null) yield line
}
