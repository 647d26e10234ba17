import { StreamError } from '../../errors.ts'
import type { FileWords } from './file-errors.ts'
import { JsonReader, type JsonRow } from './json-reader.ts'
import { LONGEST_ROW } from './row-limits.ts'
import { linesOf } from './text-lines.ts'

const TOO_LONG = `is longer than ${LONGEST_ROW} characters`

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
