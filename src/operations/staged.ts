import { CONNECTIONS } from '../configuration/tables.ts'
import { inventoryFeed } from '../projections/inventory-feed.ts'
import { listStaged as listRows, type StagedFilter } from '../projections/list-staged.ts'
import { type Payloads, type ShownRow, showStaged } from '../projections/show-staged.ts'
import { noteReading } from './audit.ts'
import type { FeedDeps } from './chosen-view.ts'
import type { OperationDeps } from './dependencies.ts'
import type { ServedRow } from './feed-ages.ts'
import { readFeedItems } from './feed-items.ts'
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

/** Columns of the data of stock as shops read it. */
export const servedStockColumns = inventoryFeed.data

/** Stock as shops read it now. */
export type ServedStock = Pick<ServedRow, 'data' | 'as_of' | 'stale'>

export interface StagedItem extends ShownRow {
  /** Null: the entity is not stock, readers of the feed have no row of it or a deleted one, or only places are asked for. */
  readonly as_served: ServedStock | null
}

/**
 * Staged entities of a connection, last changed first: their status, the target's answer, and the events as read and
 * mapped; of stock also what shops read. Throws `not_found` for an unknown connection: an empty list would look as if the
 * connection had no staged entities.
 */
export async function listStaged(
  deps: Pick<OperationDeps, 'staged' | 'audit'> & FeedDeps,
  by: Principal,
  { filter, payloads, limit, after }: WantedStaged,
): Promise<Page<StagedItem>> {
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
  const seen = within(by.scope, own, ownerOf)
  const served = payloads === 'places' ? [] : await servedStock(deps, by, filter, seen)
  const toItem = (row: ShownRow): StagedItem => {
    const found = served.find(({ source, key }) => source === row.source && key === row.key)
    return { ...row, as_served: found === undefined ? null : servedPart(found) }
  }
  return { items: within(by.scope, seen.map(toItem), ownerOf), next }
}

const servedPart = ({ data, as_of, stale }: ServedRow): ServedStock => ({ data, as_of, stale })

/** The rows of the stock feed for these entities. */
async function servedStock(
  deps: FeedDeps,
  by: Principal,
  { connection, entity }: StagedFilter,
  rows: readonly ShownRow[],
): Promise<readonly ServedRow[]> {
  if (entity !== inventoryFeed.entity || rows.length === 0) return []
  const keys = [...new Set(rows.map(({ key }) => key))].map((key) => [key])
  const { rows: found } = await readFeedItems(deps, by, { feed: inventoryFeed, connection, sources: null, keys })
  return found.filter(({ deleted }) => !deleted)
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
