import { StreamError } from '../../errors.ts'
import type { Keyset } from './source.ts'

/** Rows of one response, and whether there are more. */
export interface Answer<Row> {
  readonly rows: readonly Row[]
  readonly more: boolean
}

/** A source that can filter and sort by (changed at, id), but not by both in one condition. */
export interface KeysetSource<Row> {
  /** Rows of the window with the change time `last.changedAt` and a higher id, sorted by id. */
  ties(last: Keyset): Promise<Answer<Row>>
  /** Rows of the window changed after `last` (null: from its start), sorted by (changed at, id). */
  later(last: Keyset | null): Promise<Answer<Row>>
  keyOf(row: Row): Keyset
}

export interface RowsPage<Row> {
  readonly rows: readonly Row[]
  readonly reached: Keyset
  readonly requestedAt: number
}

/**
 * Pages through a closed window by keyset: a row that changes during paging leaves the window and shifts no other row,
 * unlike with page numbers. All rows of one second are read by id before the time advances (Guarantee 6).
 */
export async function* keysetPages<Row>(
  source: KeysetSource<Row>,
  after: Keyset | null,
  now: () => number,
): AsyncGenerator<RowsPage<Row>> {
  let last = after
  let inTies = after !== null
  for (;;) {
    const requestedAt = now()
    const answer: Answer<Row> = inTies && last !== null ? await source.ties(last) : await source.later(last)
    const end = answer.rows.at(-1)
    if (end !== undefined) {
      const reached = source.keyOf(end)
      assertProgress(last, reached)
      if (answer.more) assertSorted(answer.rows.map((row) => source.keyOf(row)))
      last = reached
      yield { rows: answer.rows, reached, requestedAt }
    }
    if (!inTies && (end === undefined || !answer.more)) return
    // A full page may end within a second; the time advances when that second is finished.
    inTies = !inTies || (answer.more && end !== undefined)
  }
}

/** Detects a source that ignores the sort order; reading it would never end. */
export function assertProgress(last: Keyset | null, reached: Keyset): void {
  if (last === null || reached.changedAt > last.changedAt) return
  if (reached.changedAt === last.changedAt && BigInt(reached.id) > BigInt(last.id)) return
  throw new StreamError(
    'source_data_invalid',
    `the source does not sort by change time and id: ${reached.changedAt}, ${reached.id} came after ${last.changedAt}, ${last.id}`,
  )
}

/** Checks the order of a partial result: if it were unsorted, rows that were left out would be lost. */
function assertSorted(rows: readonly Keyset[]): void {
  for (const [index, row] of rows.entries()) assertProgress(rows[index - 1] ?? null, row)
}
