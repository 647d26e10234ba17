import { StreamError } from '../../errors.ts'
import type { FileWords } from './file-errors.ts'
import { JsonReader, type JsonRow } from './json-reader.ts'
import { LONGEST_ROW } from './row-limits.ts'

const TOO_LONG = `is longer than ${LONGEST_ROW} characters`

/** A line with its number; `text` null: it is longer than a row may be. */
interface Line {
  readonly number: number
  readonly text: string | null
}

/** A line of JSON Lines as a row. */
export interface JsonLine<N = never> {
  readonly line: number
  readonly row: JsonRow<N>
}

/** Values of JSON Lines: one for each line that is not blank. A line that is not JSON is odd and does not stop the others. */
export async function* jsonLines<N = never>(
  text: AsyncIterable<string>,
  words: FileWords,
  numberOf?: (text: string) => N | string,
): AsyncGenerator<JsonLine<N>> {
  for await (const { number, text: line } of linesOf(text)) {
    const reader = new JsonReader<N>(null, words, numberOf)
    yield { line: number, row: line === null ? { value: null, odd: TOO_LONG } : rowOf(line, reader) }
  }
}

function rowOf<N>(line: string, reader: JsonReader<N>): JsonRow<N> {
  try {
    reader.write(line)
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
