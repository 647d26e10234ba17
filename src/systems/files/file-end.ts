import { type FileWords, fileCutShortError } from '../kit/file-errors.ts'
import type { FileRow } from './file-row.ts'

/** Passes a text on and notes its last character. */
export async function* notingEnd(text: AsyncIterable<string>, end: { last: string }): AsyncGenerator<string> {
  for await (const chunk of text) {
    if (chunk !== '') end.last = chunk.slice(-1)
    yield chunk
  }
}

/**
 * Throws `source_data_invalid` for a file of lines that was cut short: its last line has no line break or, where it
 * needs none, is odd. `last`: its last row; undefined: it has none.
 */
export function assertWholeEnd(
  end: { readonly last: string },
  endsWithLineBreak: boolean,
  last: FileRow | undefined,
  words: FileWords,
): void {
  if (endsWithLineBreak && !/[\r\n]$/.test(end.last)) {
    const way = `if it never does, set settings.${words.lastLineBreakSetting ?? 'lastLineBreak'} to optional`
    throw fileCutShortError(words, `it does not end with a line break (${way})`)
  }
  if (last !== undefined && !endsWithLineBreak && last.odd !== null) {
    throw fileCutShortError(words, `${last.place}, its last one, ${last.odd}`)
  }
}
