import type { Static, TSchema } from 'typebox'
import { Check } from 'typebox/value'
import type { Item } from '../../platform/dynamodb/tables.ts'

/**
 * What readers keep between runs, whichever process does them. Losing it loses no event that was published; what a reader
 * knows only by it, as that an order had a part for an address that is gone, it does not report any more.
 */
export interface ReaderNotes {
  /** Those that are there, by id. */
  find(ids: readonly string[]): Promise<ReadonlyMap<string, Item>>
  /** Each in the place of the one with its id. */
  keep(notes: readonly (Item & { readonly id: string })[]): Promise<void>
}

/** Remembers nothing. */
export const noNotes: ReaderNotes = { find: async () => new Map(), keep: async () => undefined }

/** The note with an id. Undefined: there is none, or it has another form than it is kept in, which is as if it were lost. */
export function noteOf<const S extends TSchema>(
  notes: ReadonlyMap<string, Item>,
  id: string,
  schema: S,
): Static<S> | undefined {
  const note: unknown = notes.get(id)
  return Check(schema, note) ? note : undefined
}
