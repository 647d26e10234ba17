import { READER_NOTES } from '../control/tables.ts'
import type { Tables } from '../platform/dynamodb/tables.ts'
import type { ReaderNotes } from '../systems/kit/reader-notes.ts'

/** Reader notes in their table. */
export function createReaderNotes(tables: Pick<Tables, 'getMany' | 'putMany'>): ReaderNotes {
  return {
    async find(ids) {
      const items = await tables.getMany(
        READER_NOTES,
        ids.map((id) => ({ id })),
      )
      return new Map(items.map((item) => [String(item['id']), item]))
    },
    keep: async (notes) => await tables.putMany(READER_NOTES, notes),
  }
}
