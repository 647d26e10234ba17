import { ExactNumber } from '../../platform/json.ts'
import { fileError } from '../kit/file-errors.ts'
import { JsonReader, type JsonRow } from '../kit/json-reader.ts'
import type { FileRow } from './file-row.ts'
import { neededFields } from './needed-fields.ts'
import { nestedRow } from './nested-row.ts'
import type { TextRows } from './row-source.ts'

/**
 * Rows of JSON: the members of the list at a path of names; null: the document itself is the list. Numbers keep their
 * digits. A document that is not closed was cut short.
 */
export function jsonRows(path: string | null): TextRows {
  return async function* (text, needed, words): AsyncGenerator<readonly FileRow[]> {
    const reader = new JsonReader(path === null ? [] : path.split('.'), words, (digits) => new ExactNumber(digits))
    const fields = neededFields(needed, words)
    let number = 0
    const rowOf = ({ value, odd }: JsonRow<ExactNumber>): FileRow => {
      number += 1
      const row = nestedRow({ value, odd, number, place: `row ${number}` }, words)
      fields.note(row)
      return row
    }
    for await (const chunk of text) {
      reader.write(chunk)
      yield reader.take().map(rowOf)
    }
    reader.end()
    yield reader.take().map(rowOf)
    if (!reader.found) {
      const setting = `settings.${words.settingsOf}.rows`
      const where = path === null ? 'it is not a list itself' : `it has no list at ${path}`
      throw fileError(words, `${where}; set ${setting} to the path of its list of rows`, setting)
    }
    fields.assertFound()
  }
}
