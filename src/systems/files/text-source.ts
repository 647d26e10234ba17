import { decoded } from '../kit/decode-text.ts'
import { unpacked } from '../kit/unpack.ts'
import type { RowSource, RowWords, TextRows } from './row-source.ts'

/** Largest file, unpacked. */
export const MOST_BYTES = 8 * 1024 ** 3

export interface TextForm {
  /** Null: as the file's mark or its declaration says, else UTF-8. */
  readonly encoding: string | null
  /** Entity whose settings the messages name. */
  readonly settingsOf: string
}

/** Rows of a file that is text in some encoding, as it is or gzipped. */
export function textSource(rows: TextRows, { encoding, settingsOf }: TextForm): RowSource {
  return (content, name, needed) => {
    const words = wordsOf(name, settingsOf)
    const bytes = unpacked(content.open(), { encoding: null, most: MOST_BYTES, words })
    return rows(decoded(bytes, { setting: encoding, contentType: null, words }), needed, words)
  }
}

/** What messages about a file say. */
export function wordsOf(name: string, settingsOf: string): RowWords {
  return {
    what: `the file ${name}`,
    name,
    settingsOf,
    encodingSetting: `${settingsOf}.encoding`,
    formatSetting: `${settingsOf}.format`,
    lastLineBreakSetting: `${settingsOf}.lastLineBreak`,
    otherKind: `set settings.${settingsOf}.format to its format, or deliver text, as it is, gzipped or in a ZIP file`,
  }
}
