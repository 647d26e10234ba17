import { StreamError, toStreamError } from '../../errors.ts'
import type { Entity, TopicEvents } from '../../events/topics.ts'
import { FingerprintSet } from '../../platform/fingerprint-set.ts'
import type { FileRow } from './file-row.ts'
import type { FileContent, RowSource } from './row-source.ts'

/** What the rows of a file mean. */
export interface RowMeaning<E extends Entity> {
  /** A file without one of these columns is the wrong file. */
  readonly columns: readonly string[]
  /** Whether several rows make one entity; they may be anywhere in the file. */
  readonly joinsRows: boolean
  /** `place`: `stock.csv, line 7`. Null: the row is declared to mean nothing. Throws for a row without a certain key. */
  keyOf(row: FileRow, place: string): string | null
  /** Throws for rows that can't be read. */
  dataOf(key: string, rows: readonly FileRow[], placeOf: (row: FileRow) => string): TopicEvents[E]['data']
  /** Key of the entity with this content; if absent, it is that of its rows. */
  readonly entityKey?: (data: TopicEvents[E]['data']) => string
}

export interface FileForm {
  readonly rows: RowSource
  /** Share of rows that may be unreadable. */
  readonly mostOdd: number
  /** Entity whose settings messages name. */
  readonly settingsOf: string
}

/** What a first pass over a whole file found. */
export interface Inspected {
  readonly rows: number
  /** How many keys it has. */
  readonly keys: number
  /** Keys with several rows, where each key has one. */
  readonly repeated: ReadonlySet<string>
  /** Problem of the first row without a certain key; null: all keys are certain. */
  readonly keyProblem: string | null
}

type PlaceOf = (row: FileRow) => string

/** The key of a row; null: it means nothing. Throws for an odd row: its cells may have shifted. */
export function certainKey<E extends Entity>(meaning: RowMeaning<E>, row: FileRow, placeOf: PlaceOf): string | null {
  if (row.odd !== null) {
    throw new StreamError('source_data_invalid', `${placeOf(row)} ${row.odd}; correct the row at the vendor`)
  }
  return withPlaces((place) => meaning.keyOf(row, place(row)), placeOf)
}

/** What rows of a key say. Throws for rows that can't be read. */
export function dataOf<E extends Entity>(
  meaning: RowMeaning<E>,
  key: string,
  rows: readonly FileRow[],
  placeOf: PlaceOf,
): TopicEvents[E]['data'] {
  return withPlaces((place) => meaning.dataOf(key, rows, place), placeOf)
}

/** Only problems name places, and rows are many: a place is made when its row is read once more. */
function withPlaces<T>(read: (placeOf: PlaceOf) => T, placeOf: PlaceOf): T {
  try {
    return read(() => '')
  } catch {
    return read(placeOf)
  }
}

/**
 * Reads the whole file before anything of it is published, so that half a file or a wrong one changes nothing. Throws
 * `source_data_invalid`.
 */
export async function inspectFile<E extends Entity>(
  content: FileContent,
  name: string,
  form: FileForm,
  meaning: RowMeaning<E>,
): Promise<Inspected> {
  const placeOf = (row: FileRow) => `${name}, ${row.place}`
  const keys = new FingerprintSet()
  const suspects = new Set<string>()
  const counts = { rows: 0, odd: 0, first: null as string | null, keyProblem: null as string | null }
  for await (const rows of form.rows(content, name, meaning.columns)) {
    for (const row of rows) {
      counts.rows += 1
      try {
        const key = certainKey(meaning, row, placeOf)
        if (key === null) continue
        if (!keys.add(key) && !meaning.joinsRows) suspects.add(detached(key))
        dataOf(meaning, key, [row], placeOf)
      } catch (error) {
        const { message } = toStreamError(error)
        counts.odd += 1
        counts.first ??= message
        if (!hasKey(meaning, row)) counts.keyProblem ??= message
      }
    }
  }
  if (counts.odd > counts.rows * form.mostOdd) {
    const message =
      `${counts.odd} of ${counts.rows} rows of the file ${name} can't be read, more than ${form.mostOdd * 100} %: ` +
      `nothing of it was taken. The first: ${counts.first}`
    throw new StreamError('source_data_invalid', message, { field: `settings.${form.settingsOf}.mostOddPercent` })
  }
  const repeated = suspects.size === 0 ? suspects : await repeatedOf(suspects, content, name, form, meaning)
  // Each of the others has the fingerprint of another key.
  const count = keys.size + suspects.size - repeated.size
  return { rows: counts.rows, keys: count, repeated, keyProblem: counts.keyProblem }
}

/** Those of the keys that have several rows. */
async function repeatedOf<E extends Entity>(
  suspects: ReadonlySet<string>,
  ...[content, name, form, meaning]: Parameters<typeof inspectFile<E>>
): Promise<ReadonlySet<string>> {
  const [once, repeated] = [new Set<string>(), new Set<string>()]
  for await (const keys of keysOf(content, name, form, meaning)) {
    for (const key of keys) {
      if (!suspects.has(key)) continue
      if (once.has(key)) repeated.add(detached(key))
      else once.add(detached(key))
    }
  }
  return repeated
}

/** The keys of all rows that have a certain one, some at a time, in the order of the file. */
export async function* keysOf<E extends Entity>(
  content: FileContent,
  name: string,
  form: FileForm,
  meaning: RowMeaning<E>,
): AsyncGenerator<readonly string[]> {
  for await (const rows of form.rows(content, name, meaning.columns)) {
    yield rows.flatMap((row) => {
      try {
        const key = certainKey(meaning, row, ({ place }) => `${name}, ${place}`)
        return key === null ? [] : [key]
      } catch {
        return []
      }
    })
  }
}

/** The same text as a value of its own: a part of a text keeps all of it in memory, and these stay until the file is read. */
function detached(key: string): string {
  return JSON.parse(JSON.stringify(key)) as string
}

function hasKey<E extends Entity>(meaning: RowMeaning<E>, row: FileRow): boolean {
  try {
    certainKey(meaning, row, () => '')
    return true
  } catch {
    return false
  }
}
