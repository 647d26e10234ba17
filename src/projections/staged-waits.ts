import { orNull, rowsOf, rowType, text } from '../platform/dynamodb/rows.ts'
import type { Tables } from '../platform/dynamodb/tables.ts'
import { type StagedRow, shelfOf } from './staged-row.ts'
import { STAGED, STAGED_BY_STATUS } from './tables.ts'

/** Rows examined. */
const MOST = 100

/** What entities of a connection wait for, by stage and reason. */
export interface StagedWait {
  readonly stage: string
  readonly code: string | null
  /** Of the one that has waited longest. */
  readonly message: string | null
  /** Among the hundred rows examined. */
  readonly count: number
  /** ISO 8601: when that one was first reported; its attempts are later. */
  readonly since: string
}

const waitingRows = rowType<Pick<StagedRow, 'id' | 'by_status' | 'stage' | 'code' | 'message' | 'first_at'>>(
  STAGED,
  ['id'],
  { id: text, by_status: text, stage: text, code: orNull(text), message: orNull(text), first_at: text },
)

/** Why entities wait, longest wait first. */
export async function stagedWaits(
  tables: Tables,
  { connection, entity }: { readonly connection: string; readonly entity: string },
): Promise<readonly StagedWait[]> {
  const rows = await rowsOf(tables, waitingRows).queryParts({
    partition: shelfOf(connection, entity),
    index: STAGED_BY_STATUS,
    beginsWith: 'waiting#',
    limit: MOST,
  })
  return [...Map.groupBy(rows, ({ stage, code }) => JSON.stringify([stage, code])).values()]
    .flatMap((alike) => {
      const [oldest] = alike.toSorted((a, b) => a.first_at.localeCompare(b.first_at))
      if (oldest === undefined) return []
      const { stage, code, message, first_at: since } = oldest
      return [{ stage, code, message, count: alike.length, since }]
    })
    .toSorted((a, b) => a.since.localeCompare(b.since))
}
