import { JsonReader, type JsonRow, type JsonValue } from '../kit/json-reader.ts'
import { type FeedRecord, feedError, feedWords } from './record.ts'
import { namesOf, valuesAt } from './value-path.ts'

/**
 * Rows of JSON: the members of the list at `items` (a path of names; empty: the document itself). Numbers stay text.
 * Returns the content around the list. Throws `source_data_invalid` for an incomplete document, or if the path has no
 * list.
 */
export async function* jsonRecords(
  text: AsyncIterable<string>,
  items: string,
): AsyncGenerator<FeedRecord, JsonValue, undefined> {
  const reader = new JsonReader(items === '' ? [] : items.split('.'), feedWords)
  let count = 0
  const records = () =>
    reader.take().map((row) => {
      count += 1
      return jsonRecord(row, `row ${count}`)
    })
  for await (const chunk of text) {
    reader.write(chunk)
    yield* records()
  }
  reader.end()
  yield* records()
  if (!reader.found) {
    const where = items === '' ? 'it is not a list itself' : `it has no list at "${items}"`
    throw feedError(`${where}; set settings.items to the path of its list of images`, 'settings.items')
  }
  return reader.around
}

export function jsonRecord({ value, odd }: JsonRow, place: string): FeedRecord {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
  const problem = odd ?? (isObject ? null : 'is not an object')
  return {
    place,
    odd: problem === null ? null : `${place} ${problem}`,
    values: (name) => valuesAt(value, name),
    names: () => namesOf(value),
  }
}
