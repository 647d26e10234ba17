import { StreamError } from '../../errors.ts'
import type { Entity } from '../../events/topics.ts'
import type { ReadEntity, UnreadableEntity } from '../kit/source.ts'
import type { FileRow } from './file-row.ts'
import { certainKey, dataOf, type FileForm, type Inspected, type RowMeaning } from './inspect-file.ts'
import type { FileContent } from './row-source.ts'

/** Rows that are held where several make one entity. */
const MOST_JOINED = 1_000_000

/** Some entities of a file. */
export interface FilePage<E extends Entity> {
  readonly entities: readonly ReadEntity<E>[]
  /** Rows that can't be read: each is reported and delays no other (Guarantee 5). */
  readonly unreadable: readonly UnreadableEntity[]
  readonly lastNumber: number
}

/** The second pass over an inspected file: its entities, in pages, in the order of the file. */
export async function* filePages<E extends Entity>(
  content: FileContent,
  name: string,
  { form, meaning, pageSize }: { readonly form: FileForm; readonly meaning: RowMeaning<E>; readonly pageSize: number },
  { repeated }: Inspected,
): AsyncGenerator<FilePage<E>> {
  const placeOf = (row: FileRow) => `${name}, ${row.place}`
  const page = { entities: [] as ReadEntity<E>[], unreadable: [] as UnreadableEntity[], lastNumber: 0 }
  const take = (): FilePage<E> => ({
    entities: page.entities.splice(0),
    unreadable: page.unreadable.splice(0),
    lastNumber: page.lastNumber,
  })
  const add = (key: string, rows: readonly FileRow[]) => {
    try {
      if (repeated.has(key)) throw repeatedError(key, name)
      const data = dataOf(meaning, key, rows, placeOf)
      const [first] = rows
      const raw = rows.length === 1 && first !== undefined ? JSON.stringify(first.all()) : rawOf(rows)
      page.entities.push({ key: meaning.entityKey?.(data) ?? key, occurredAt: null, deleted: false, data, raw })
    } catch (error) {
      page.unreadable.push({ key, error, raw: rawOf(rows) })
    }
  }
  const joined = new Map<string, FileRow[]>()
  const lacking = new Set<string>()
  let held = 0
  const takeRow = (row: FileRow) => {
    page.lastNumber = row.number
    try {
      const key = certainKey(meaning, row, placeOf)
      if (key === null) return
      if (!meaning.joinsRows) add(key, [row])
      else {
        held += 1
        if (held > MOST_JOINED) throw tooManyError(name)
        const rows = joined.get(key)
        if (rows === undefined) joined.set(key, [row])
        else rows.push(row)
      }
    } catch (error) {
      if (error instanceof StreamError && error.code === 'value_too_large') throw error
      if (meaning.joinsRows) lacking.add(likelyKey(meaning, row) ?? '')
      page.unreadable.push({ key: placeOf(row), error, raw: rawOf([row]) })
    }
  }
  for await (const rows of form.rows(content, name, meaning.columns)) {
    for (const row of rows) {
      takeRow(row)
      if (page.entities.length + page.unreadable.length >= pageSize) yield take()
    }
  }
  for (const [key, rows] of joined) {
    if (lacking.has(key)) page.unreadable.push({ key, error: lackingError(key, name), raw: rawOf(rows) })
    else add(key, rows)
    if (page.entities.length + page.unreadable.length >= pageSize) yield take()
  }
  if (page.entities.length + page.unreadable.length > 0) yield take()
}

/** The key of an odd row if its cells have not shifted: what has several rows would lack this one. */
function likelyKey<E extends Entity>(meaning: RowMeaning<E>, row: FileRow): string | null {
  try {
    return meaning.keyOf(row, '')
  } catch {
    return null
  }
}

function lackingError(key: string, name: string): StreamError {
  const message = `a row of ${key} in the file ${name} can't be read, so nothing of it was taken; correct the row at the vendor`
  return new StreamError('source_data_invalid', message, { field: 'key' })
}

function rawOf(rows: readonly FileRow[]): string {
  return JSON.stringify(rows.map((row) => row.all()))
}

function repeatedError(key: string, name: string): StreamError {
  const message = `${key} has several rows in the file ${name}, so none of them counts; leave one row for each at the vendor`
  return new StreamError('source_data_invalid', message, { field: 'key' })
}

function tooManyError(name: string): StreamError {
  const message = `the file ${name} has more than ${MOST_JOINED} rows, several for each key; split it`
  return new StreamError('value_too_large', message)
}
