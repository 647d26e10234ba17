import { toStreamError } from '../errors.ts'
import type { BatchContext } from '../platform/runtime/stage.ts'

/** Rows inserted at once; before each part the stage checks that it still owns the partition. */
const INSERTED_AT_ONCE = 400

interface Missing<C, R> {
  /** The row of a change whose row did not exist when it was read; undefined: it exists, or nothing is to be written. */
  rowOf(change: C): R | undefined
  /** Returns the rows whose keys exist by now. */
  insert(rows: readonly R[]): Promise<readonly R[]>
}

/**
 * Inserts the rows that did not exist, many per request. Returns the changes that are left: of rows that exist, and of a
 * part with a row that does not fit. Written one by one, each tells its own failure.
 */
export async function insertMissing<C, R extends object>(
  changes: readonly C[],
  { rowOf, insert }: Missing<C, R>,
  context: Pick<BatchContext, 'assertOwned'>,
): Promise<readonly C[]> {
  const rows = new Map<R, C>()
  for (const change of changes) {
    const row = rowOf(change)
    if (row !== undefined) rows.set(row, change)
  }
  const missing = [...rows.keys()]
  const inserted = new Set<C | undefined>()
  for (let from = 0; from < missing.length; from += INSERTED_AT_ONCE) {
    const part = missing.slice(from, from + INSERTED_AT_ONCE)
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
