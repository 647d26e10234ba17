import { CONNECTIONS } from '../configuration/tables.ts'
import { listStaged as listRows, type StagedFilter } from '../projections/list-staged.ts'
import { type Payloads, type ShownRow, showStaged } from '../projections/show-staged.ts'
import { noteReading } from './audit.ts'
import type { OperationDeps } from './dependencies.ts'
import { ownerOfResult, ownMessage, ownShown, seesWhole } from './own-part.ts'
import { may, type Principal } from './principal.ts'
import { type Page, sees, within } from './scope.ts'
import { unknownConnection } from './unknown-connection.ts'

export { stagedStatuses } from '../projections/list-staged.ts'
export { viewOf, views } from '../projections/staged-row.ts'

export interface WantedStaged {
  readonly filter: StagedFilter
  readonly payloads: Payloads
  readonly limit: number
  readonly after: string | null
}

/**
 * Staged entities of a connection, last changed first: their status, the target's answer, and the events as read and
 * mapped. Throws `not_found` for an unknown connection: an empty list would look as if the connection had no staged
 * entities.
 */
export async function listStaged(
  deps: Pick<OperationDeps, 'tables' | 'staged' | 'audit'>,
  by: Principal,
  { filter, payloads, limit, after }: WantedStaged,
): Promise<Page<ShownRow>> {
  const { connection } = filter
  if (!sees(by.scope, { connection })) throw await unknownConnection(deps.tables, by, connection)
  const page = await listRows(deps.tables, filter, limit, after)
  if (page.rows.length === 0) {
    const configured = await deps.tables.get(CONNECTIONS, { kind: 'connection', id: connection })
    if (configured === undefined) throw await unknownConnection(deps.tables, by, connection)
  }
  if (payloads !== 'places') await noteReading(deps, by, `${connection} ${filter.entity}`)
  const { items, next } = await showStaged(deps.staged, page, payloads, may(by, 'persons:read'))
  const own = items.map((row) => (seesWhole(by, row.source) ? row : ownRow(row, deps.staged.topicPrefix)))
  const ownerOf = ({ source, status, answer: { code } }: ShownRow) =>
    ownerOfResult(by, { source, connection, status, code })
  return { items: within(by.scope, own, ownerOf), next }
}

/** The row for callers who do not see the system that it was read from. */
function ownRow(row: ShownRow, topicPrefix: string): ShownRow {
  const { as_read, as_mapped, stage, answer } = row
  return {
    ...row,
    as_read: ownShown(as_read, topicPrefix),
    as_mapped: ownShown(as_mapped, topicPrefix),
    answer: { ...answer, message: ownMessage(stage, answer) },
  }
}
