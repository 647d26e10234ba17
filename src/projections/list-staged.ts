import { isoTime } from '../events/times.ts'
import { rowsOf } from '../platform/dynamodb/rows.ts'
import type { Tables } from '../platform/dynamodb/tables.ts'
import { type StagedRow, shelfOf, stagedRows } from './staged-row.ts'
import { STAGED_BY_STATUS } from './tables.ts'

/** Statuses that a staged entity may have. */
export const stagedStatuses = [
  'processing',
  'waiting',
  'succeeded',
  'failed',
  'ignored',
  'superseded',
  'canceled',
  'unknown',
] as const
export type StagedStatus = (typeof stagedStatuses)[number]

/** Null: any. Times are milliseconds of the last change; `until` is exclusive. */
export interface StagedFilter {
  readonly connection: string
  readonly entity: string
  readonly status: StagedStatus | null
  readonly key: string | null
  readonly since: number | null
  readonly until: number | null
}

export interface StagedPage {
  readonly rows: readonly StagedRow[]
  /** Place of the last row; null at the end. */
  readonly next: string | null
}

/** Last changed first, after the place `after`. A row that changes meanwhile moves to the front. */
export async function listStaged(
  tables: Tables,
  filter: StagedFilter,
  limit: number,
  after: string | null,
): Promise<StagedPage> {
  const found = filter.key === null ? await byTime(tables, filter, limit, after) : await ofKey(tables, filter, after)
  const rows = found.toSorted((a, b) => compare(stagedPlace(b), stagedPlace(a))).slice(0, limit)
  const last = rows.at(-1)
  return { rows, next: last === undefined || found.length <= limit ? null : stagedPlace(last) }
}

/** updated_at#id: position of a row in its list. */
export function stagedPlace({ updated_at, id }: Pick<StagedRow, 'updated_at' | 'id'>): string {
  return `${updated_at}#${id}`
}

/**
 * The index sorts by status first, so that the few failed ones are found among many. Without a status, all statuses are
 * queried.
 */
async function byTime(
  tables: Tables,
  filter: StagedFilter,
  limit: number,
  after: string | null,
): Promise<readonly StagedRow[]> {
  const { connection, entity, since, until, status } = filter
  const ends = [after, until === null ? null : isoTime(until)].filter((end) => end !== null).toSorted()
  const rows = rowsOf(tables, stagedRows)
  const found = await Promise.all(
    (status === null ? stagedStatuses : [status]).map((one) =>
      rows.query({
        partition: shelfOf(connection, entity),
        index: STAGED_BY_STATUS,
        descending: true,
        limit: limit + 1,
        from: `${one}#${since === null ? '' : isoTime(since)}`,
        // `$` is the character after `#`.
        before: ends[0] === undefined ? `${one}$` : `${one}#${ends[0]}`,
      }),
    ),
  )
  return found.flat()
}

/** One row for each source that has the key. */
async function ofKey(
  tables: Tables,
  { connection, entity, key, status, since, until }: StagedFilter,
  after: string | null,
): Promise<readonly StagedRow[]> {
  const range = { partition: shelfOf(connection, entity), beginsWith: `${key}#` }
  return (await rowsOf(tables, stagedRows).query(range)).filter(
    (row) =>
      row.key === key &&
      (status === null || row.status === status) &&
      (since === null || row.updated_at >= isoTime(since)) &&
      (until === null || row.updated_at < isoTime(until)) &&
      (after === null || stagedPlace(row) < after),
  )
}
/** Compares as keys sort. */
function compare(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b))
}
