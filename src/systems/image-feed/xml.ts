import type { JsonValue } from '../kit/json-reader.ts'
import { xmlRows } from '../kit/xml-rows.ts'
import { type FeedRecord, feedWords } from './record.ts'
import { namesOf, valuesAt } from './value-path.ts'
import { createSurroundings } from './xml-surroundings.ts'

/**
 * Rows of XML: the elements at `items` (a path of names from the root; empty: every child of the root). Returns the
 * content around the rows. Throws `source_data_invalid` for an incomplete document, or if it has no such element.
 */
export async function* xmlRecords(
  text: AsyncIterable<string>,
  items: string,
): AsyncGenerator<FeedRecord, JsonValue, undefined> {
  const path = items === '' ? null : items
  const around = createSurroundings(path?.split('.') ?? null)
  const form = { path, pathSetting: 'items', mayBeEmpty: false, words: feedWords, around }
  for await (const { value, odd, line } of xmlRows(text, form)) {
    const place = `line ${line}`
    yield {
      place,
      odd: odd === null ? null : `${place} ${odd}`,
      values: (name) => valuesAt(value, name),
      names: () => namesOf(value),
    }
  }
  return around.value
}
