import { ExactNumber } from '../../platform/json.ts'
import { fileCutShortError } from '../kit/file-errors.ts'
import { jsonLines } from '../kit/json-lines.ts'
import { assertWholeEnd, notingEnd } from './file-end.ts'
import type { FileRow } from './file-row.ts'
import { neededFields } from './needed-fields.ts'
import { nestedRow } from './nested-row.ts'
import type { TextRows } from './row-source.ts'

/** Rows of JSON Lines: one object in each line. Numbers keep their digits. */
export function jsonLinesRows(endsWithLineBreak: boolean): TextRows {
  return async function* (text, needed, words): AsyncGenerator<readonly FileRow[]> {
    const end = { last: '' }
    const fields = neededFields(needed, words)
    let last: FileRow | undefined
    for await (const { line, row } of jsonLines(notingEnd(text, end), words, (digits) => new ExactNumber(digits))) {
      if (last !== undefined) yield [last]
      const next = nestedRow({ ...row, number: line, place: `line ${line}` }, words)
      fields.note(next)
      last = next
    }
    if (last === undefined) throw fileCutShortError(words, 'it is empty')
    assertWholeEnd(end, endsWithLineBreak, last, words)
    fields.assertFound()
    yield [last]
  }
}
