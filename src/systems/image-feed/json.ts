import { parseTexts } from '../../platform/json.ts'
import { type FeedRecord, feedCutShortError, feedError } from './record.ts'
import { memberOf, valuesAt } from './value-path.ts'

/**
 * Rows of JSON: the members of the list at `items` (a path of names; empty: the document itself). Numbers are the text
 * they are. Throws `source_data_invalid` for a document that is not whole, or has no list there.
 */
export async function* jsonRecords(text: AsyncIterable<string>, items: string): AsyncGenerator<FeedRecord> {
  const document = parseWhole((await Array.fromAsync(text)).join(''))
  const rows = items === '' ? document : items.split('.').reduce(memberOf, document)
  if (!Array.isArray(rows)) {
    const where = items === '' ? 'it is no list itself' : `it has no list at "${items}"`
    throw feedError(`${where}; settings.items is the path to its list of images`, 'settings.items')
  }
  for (const [index, row] of rows.entries()) {
    yield {
      place: `row ${index + 1}`,
      values: (name) => valuesAt(row, name),
      names: () => Object.keys(Object(row) as object),
    }
  }
}

function parseWhole(text: string): unknown {
  try {
    return parseTexts(text)
  } catch (cause) {
    throw feedCutShortError('it is not whole JSON', cause)
  }
}
