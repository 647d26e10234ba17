import { StreamError, toStreamError } from '../../errors.ts'
import type { Entity } from '../../events/topics.ts'
import type { ReadEntity } from '../kit/source.ts'
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
  toEntity(key: string, rows: readonly FileRow[], placeOf: (row: FileRow) => string): ReadEntity<E>
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
  readonly keys: ReadonlySet<string>
  /** Keys with several rows, where each key has one. */
  readonly repeated: ReadonlySet<string>
  /** Problem of the first row without a certain key; null: all keys are certain. */
  readonly keyProblem: string | null
}

/** The key of a row; null: it means nothing. Throws for an odd row: its cells may have shifted. */
export function certainKey<E extends Entity>(meaning: RowMeaning<E>, row: FileRow, place: string): string | null {
  if (row.odd !== null) {
    throw new StreamError('source_data_invalid', `${place} ${row.odd}; correct the row at the vendor`)
  }
  return meaning.keyOf(row, place)
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
  const [keys, repeated] = [new Set<string>(), new Set<string>()]
  const counts = { rows: 0, odd: 0, first: null as string | null, keyProblem: null as string | null }
  for await (const row of form.rows(content, name, meaning.columns)) {
    counts.rows += 1
    try {
      const found = certainKey(meaning, row, placeOf(row))
      if (found === null) continue
      const key = detached(found)
      if (!meaning.joinsRows && keys.has(key)) repeated.add(key)
      keys.add(key)
      meaning.toEntity(key, [row], placeOf)
    } catch (error) {
      const { message } = toStreamError(error)
      counts.odd += 1
      counts.first ??= message
      if (!hasKey(meaning, row, placeOf(row))) counts.keyProblem ??= message
    }
  }
  if (counts.odd > counts.rows * form.mostOdd) {
    const message =
      `${counts.odd} of ${counts.rows} rows of the file ${name} can't be read, more than ${form.mostOdd * 100} %: ` +
      `nothing of it was taken. The first: ${counts.first}`
    throw new StreamError('source_data_invalid', message, { field: `settings.${form.settingsOf}.mostOddPercent` })
  }
  return { rows: counts.rows, keys, repeated, keyProblem: counts.keyProblem }
}

/** The same text as a value of its own: a part of a text keeps all of it in memory, and keys stay until the file is read. */
function detached(key: string): string {
  return JSON.parse(JSON.stringify(key)) as string
}

function hasKey<E extends Entity>(meaning: RowMeaning<E>, row: FileRow, place: string): boolean {
  try {
    certainKey(meaning, row, place)
    return true
  } catch {
    return false
  }
}
