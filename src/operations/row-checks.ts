import { toChange } from '../configuration/changes.ts'
import { checkNotes } from '../configuration/document-rows.ts'
import type { StoredKind } from '../configuration/document-schemas.ts'
import { documentOfRow, stays } from '../configuration/stored-documents.ts'
import { CONFIGURATION_CHANGES, CONNECTIONS, PRODUCT_METADATA } from '../configuration/tables.ts'
import { requestRows } from '../control/keyed-requests.ts'
import { orderHoldRows } from '../control/order-holds.ts'
import { pauseRows } from '../control/pauses.ts'
import { processRows } from '../control/processes.ts'
import { publicationRows } from '../control/publish-again.ts'
import { controlRows } from '../control/read-control.ts'
import { subscriptionRows } from '../control/replays/feed-new-connections.ts'
import { replayRows } from '../control/replays/replay.ts'
import { runPlaces, runRows } from '../control/runs.ts'
import type { RowType } from '../platform/dynamodb/rows.ts'
import type { Item } from '../platform/dynamodb/tables.ts'
import { ALL_JOBS } from '../platform/jobs.ts'
import { PARKED } from '../platform/runtime/parked-item.ts'
import { decodeParked } from '../platform/runtime/parking.ts'
import { checkpoints } from '../platform/runtime/positions.ts'
import { deliveryRows } from '../processors/delivery/deliveries.ts'
import { orderCallRows } from '../processors/delivery/order-calls.ts'
import { pageRows } from '../processors/entity-states.ts'
import { deadLetterRows, shelvedRows } from '../projections/dead-letter-row.ts'
import { entityRows } from '../projections/entity-row.ts'
import { countType, isCount } from '../projections/feed-counts.ts'
import { META, metaType, toRow } from '../projections/feed-table.ts'
import { feeds } from '../projections/feeds.ts'
import { figuresRows } from '../projections/figures.ts'
import { fulfilmentRuns, isFulfilmentRuns } from '../projections/fulfilment-runs.ts'
import { indexedOrders } from '../projections/order-index.ts'
import { orderSteps } from '../projections/order-steps.ts'
import { isLane, outgoingOrders } from '../projections/outgoing-events.ts'
import { laneRows } from '../projections/outgoing-lanes.ts'
import type { Feed } from '../projections/projection.ts'
import { rebuildRows } from '../projections/rebuild/rebuild.ts'
import { stagedRows } from '../projections/staged-row.ts'
import { OUTGOING_EVENTS } from '../projections/tables.ts'
import { countsRows } from '../projections/task-counts.ts'
import { recipientRows } from './notifications/recipient-row.ts'
import { subscriptionRows as outgoingRows } from './outgoing/subscription-row.ts'

/** Decodes a row in the same way as the lists do. Throws `row_unreadable`. */
export type CheckRow = (item: Item) => void

/** Checks for the rows of each table. Tables whose rows may have any value are missing. */
export const rowChecks: ReadonlyMap<string, CheckRow> = new Map<string, CheckRow>([
  [CONNECTIONS, checkConfigured],
  [PRODUCT_METADATA, (item) => checkDocument('product-metadata', item)],
  [CONFIGURATION_CHANGES, toChange],
  ...[
    pauseRows,
    orderHoldRows,
    controlRows,
    runRows,
    runPlaces,
    requestRows,
    publicationRows,
    subscriptionRows,
    processRows,
  ].map(ofType),
  ...[deadLetterRows, shelvedRows, entityRows, stagedRows, countsRows].map(ofType),
  ...[orderSteps, indexedOrders, figuresRows].map(ofType),
  ofType(recipientRows),
  ofType(outgoingRows),
  [OUTGOING_EVENTS, checkOutgoing],
  ...[deliveryRows, orderCallRows, pageRows, checkpoints].map(ofType),
  ...[replayRows, rebuildRows].map(ofJobs),
  ...feeds.map(ofFeed),
  [PARKED, decodeParked],
])

function ofType({ table, decode }: Pick<RowType<object>, 'table' | 'decode'>): [string, CheckRow] {
  return [table, decode]
}

/** Checks only the shelf with jobs; the other one contains only pointers. */
function ofJobs({ table, decode }: Pick<RowType<object>, 'table' | 'decode'>): [string, CheckRow] {
  return [table, (item) => void (item['shelf'] === ALL_JOBS && decode(item))]
}

function ofFeed(feed: Feed): [string, CheckRow] {
  const ofMeta = (item: Item) => void (isCount(feed, item) ? countType : metaType)(feed.table).decode(item)
  return [feed.table, (item) => (item['pk'] === META ? ofMeta(item) : void toRow(feed, item))]
}

function checkOutgoing(item: Item): void {
  if (isLane(item)) laneRows.decode(item)
  else if (isFulfilmentRuns(item)) fulfilmentRuns.decode(item)
  else outgoingOrders.decode(item)
}

function checkConfigured(item: Item): void {
  const { kind } = item
  const kinds = ['system', 'connection', 'recipient', 'subscription'] as const
  const own = kinds.find((one) => one === kind)
  if (own !== undefined) checkDocument(own, item)
}

function checkDocument(kind: StoredKind, item: Item): void {
  checkNotes({ kind, id: String(item[kind === 'product-metadata' ? 'connection' : 'id']) }, item)
  if (stays(item)) documentOfRow(kind, item)
}
