import type { Static, TSchema } from 'typebox'
import { Check } from 'typebox/value'
import type { Item } from '../../platform/dynamodb/tables.ts'

/**
 * Notes that readers store between runs, shared by all processes. Losing them loses no published event, but a reader no
 * longer reports what it knew only from them, for example a part of an order whose address is gone.
 */
export interface ReaderNotes {
  /** Stored notes by id; missing ones are left out. */
  find(ids: readonly string[]): Promise<ReadonlyMap<string, Item>>
  /** Stores notes; each replaces the note with its id. */
  keep(notes: readonly (Item & { readonly id: string })[]): Promise<void>
}

/** Stores nothing. */
export const noNotes: ReaderNotes = { find: async () => new Map(), keep: async () => undefined }

/** The note with an id. Undefined if there is none or its format is outdated, which counts as lost. */
export function noteOf<const S extends TSchema>(
  notes: ReadonlyMap<string, Item>,
  id: string,
  schema: S,
): Static<S> | undefined {
  const note: unknown = notes.get(id)
  return Check(schema, note) ? note : undefined
}
