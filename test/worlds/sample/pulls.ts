import { createPullNotes } from '../../../src/operations/pulls/note-pulls.ts'
import type { Tables } from '../../../src/platform/dynamodb/tables.ts'
import { silentLogger } from '../stage-context.ts'

const readers = [
  { connection: 'outdoor-nordwand', feed: 'products', age: 42_000, behind: 51_000, rows: 3, complete: true },
  { connection: 'outdoor-nordwand', feed: 'inventory', age: 12_000, behind: 19_000, rows: 18, complete: true },
  { connection: 'outdoor-nordwand', feed: 'images', age: 97_200_000, behind: 97_209_000, rows: 0, complete: true },
  { connection: 'bikes-nordwand', feed: 'inventory', age: 4_000, behind: 0, rows: 500, complete: false },
]

/** A shop that pulls, and one that has just begun to. */
export async function addPulls(tables: Tables, now: number): Promise<void> {
  const notes = createPullNotes({ tables, clock: { sleep: async () => undefined }, logger: silentLogger })
  for (const { connection, feed, age, behind, rows, complete } of readers) {
    const reader = connection.split('-')[0] ?? ''
    notes.note({
      feed,
      reader: `key-${reader}`,
      name: `${reader} shop`,
      filter: { connection, sources: null, from: null, to: null },
      continued: true,
      at: now - age,
      rows,
      complete,
      frontier: now - behind,
      generation: 1,
      places: {},
    })
  }
  await notes.close()
}
