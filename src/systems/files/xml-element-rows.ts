import { xmlRows } from '../kit/xml-rows.ts'
import type { FileRow } from './file-row.ts'
import { neededFields } from './needed-fields.ts'
import { nestedRow } from './nested-row.ts'
import type { TextRows } from './row-source.ts'

/**
 * Rows of XML: the elements at a path of names; null: every child of the root. Columns are paths of children, and
 * `@attributes`. A document that is not closed was cut short.
 */
export function xmlElementRows(path: string | null): TextRows {
  return async function* (text, needed, words): AsyncGenerator<readonly FileRow[]> {
    const fields = neededFields(needed, words)
    const form = { path, pathSetting: `${words.settingsOf}.rows`, mayBeEmpty: true, words }
    let number = 0
    for await (const { value, odd, line } of xmlRows(text, form)) {
      // Many documents are one line.
      number += 1
      const row = nestedRow({ ...contentOf(value, odd), number, place: `row ${number} (line ${line})` }, words)
      fields.note(row)
      yield [row]
    }
    fields.assertFound()
  }
}

function contentOf(value: unknown, odd: string | null) {
  if (typeof value !== 'string') return { value, odd }
  return { value: {}, odd: odd ?? (value.trim() === '' ? null : 'has a text, but no elements') }
}
