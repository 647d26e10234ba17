import { toStreamError } from '../errors.ts'
import type { BatchContext } from '../platform/runtime/stage.ts'

/** Rows inserted at once, a few requests side by side; before each part the stage checks that it still owns the partition. */
export const MANY = 400
/** One request after the other: many stages insert at the same time, and none is to wait behind the rows of another. */
export const ONE_REQUEST = 25

interface Missing<C, R> {
  /** The row of a change whose row did not exist when it was read; undefined: it exists, or nothing is to be written. */
  rowOf(change: C): R | undefined
  /** Returns the rows whose keys exist by now. */
  insert(rows: readonly R[]): Promise<readonly R[]>
  readonly atOnce: number
}

/**
 * Inserts the rows that did not exist, many per request. Returns the changes that are left: of rows that exist, and of a
 * part with a row that does not fit. Written one by one, each tells its own failure.
 */
export async function insertMissing<C, R extends object>(
  changes: readonly C[],
  { rowOf, insert, atOnce }: Missing<C, R>,
  context: Pick<BatchContext, 'assertOwned'>,
): Promise<readonly C[]> {
  const rows = new Map<R, C>()
  for (const change of changes) {
    const row = rowOf(change)
    if (row !== undefined) rows.set(row, change)
  }
  const missing = [...rows.keys()]
  const inserted = new Set<C | undefined>()
  for (let from = 0; from < missing.length; from += atOnce) {
    const part = missing.slice(from, from + atOnce)
    context.assertOwned()
    const left = new Set(await insert(part).catch((error: unknown) => unlessOurs(error, part)))
    for (const row of part) if (!left.has(row)) inserted.add(rows.get(row))
  }
  return changes.filter((change) => !inserted.has(change))
}

function unlessOurs<R>(error: unknown, part: readonly R[]): readonly R[] {
  if (toStreamError(error).policy !== 'dead-letter') throw error
  return part
}
