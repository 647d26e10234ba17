import { READER_NOTES } from '../control/tables.ts'
import type { Item, Tables } from '../platform/dynamodb/tables.ts'

/**
 * What readers keep between runs, whichever process does them. Losing it loses no event that was published; what a reader
 * knows only by it, as that an order had a part for an address that is gone, it does not tell any more.
 */
export interface ReaderNotes {
  /** Those that are there, by id. */
  find(ids: readonly string[]): Promise<ReadonlyMap<string, Item>>
  /** Each in the place of the one with its id. */
  keep(notes: readonly (Item & { readonly id: string })[]): Promise<void>
}

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

/** Remembers nothing. */
export const noNotes: ReaderNotes = { find: async () => new Map(), keep: async () => undefined }
