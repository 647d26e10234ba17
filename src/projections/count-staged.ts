import { rowsOf, rowType, text } from '../platform/dynamodb/rows.ts'
import type { Tables } from '../platform/dynamodb/tables.ts'
import type { StagedStatus } from './list-staged.ts'
import { type StagedRow, shelfOf } from './staged-row.ts'
import { STAGED, STAGED_BY_STATUS } from './tables.ts'

/** Rows counted at most; beyond this it is enough to know that there are more. */
const MOST = 1_000

/** How many entities of a connection have a status. */
export interface StagedCount {
  readonly count: number
  /** True: there are more than `count`. */
  readonly more: boolean
  /** ISO 8601: since when the oldest of them has had the status; null: none has it. */
  readonly since: string | null
}

const countedRows = rowType<Pick<StagedRow, 'id' | 'by_status' | 'updated_at'>>(STAGED, ['id'], {
  id: text,
  by_status: text,
  updated_at: text,
})

export async function countStaged(
  tables: Tables,
  { connection, entity }: { readonly connection: string; readonly entity: string },
  status: StagedStatus,
): Promise<StagedCount> {
  const shelf = { partition: shelfOf(connection, entity), index: STAGED_BY_STATUS }
  const range = { ...shelf, beginsWith: `${status}#`, limit: MOST + 1 }
  const rows = await rowsOf(tables, countedRows).queryParts(range)
  return { count: Math.min(rows.length, MOST), more: rows.length > MOST, since: rows[0]?.updated_at ?? null }
}

/** How many of them have had the status since before a time, counted up to a thousand. */
export async function countStagedBefore(
  tables: Tables,
  { connection, entity }: { readonly connection: string; readonly entity: string },
  status: StagedStatus,
  before: string,
): Promise<number> {
  const shelf = { partition: shelfOf(connection, entity), index: STAGED_BY_STATUS }
  const range = { ...shelf, from: `${status}#`, before: `${status}#${before}`, limit: MOST }
  return (await rowsOf(tables, countedRows).queryParts(range)).length
}
