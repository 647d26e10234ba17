import type { TableDefinition } from '../platform/dynamodb/tables.ts'
import { feedTable } from './feed-table.ts'
import { feeds } from './feeds.ts'
import { rebuildTables } from './rebuild/rebuild.ts'

/** One row per task and entity (`connection#key`; `*#key` as read, before it is routed). */
export const SYNC_ENTITIES = 'sync_entities'
/** One row per task: its version grows with each report; stores the counts of a large task. */
export const SYNC_TASK_COUNTS = 'sync_task_counts'
/** One row per dead letter. */
export const DEAD_LETTERS = 'dead_letters'
/** Summaries of dead letters by the time of their first failure: open ones (`active`), and the others (`ended`). */
export const DEAD_LETTER_SHELVES = 'dead_letter_shelves'

/** One row per view, connection, entity and key: positions of the staged events, and their outcome. */
export const STAGED = 'staged'
/** Local index of `staged`, on status and the time of its last change. */
export const STAGED_BY_STATUS = 'by-status'

/** One row per step of an order, by shop and order number. */
export const ORDER_STEPS = 'order_steps'

/** One row per order, party that may find it, and SKU or person to find it by. */
export const ORDER_INDEX = 'order_index'

/** One row per order event of subscriptions, one per partition that these events come from, and one per fulfilment. */
export const OUTGOING_EVENTS = 'outgoing_events'

/** One row per connection and five minutes: outcomes of its entities. */
export const FIGURES = 'figures'

export const projectionTables: readonly TableDefinition[] = [
  ...feeds.map(feedTable),
  { name: SYNC_ENTITIES, partitionKey: 'task', sortKey: 'entity', expires: 'expires' },
  { name: SYNC_TASK_COUNTS, partitionKey: 'task', expires: 'expires' },
  { name: DEAD_LETTERS, partitionKey: 'id', expires: 'expires' },
  { name: DEAD_LETTER_SHELVES, partitionKey: 'shelf', sortKey: 'place', expires: 'expires' },
  {
    name: STAGED,
    partitionKey: 'shelf',
    sortKey: 'id',
    expires: 'expires',
    localIndexes: [{ name: STAGED_BY_STATUS, sortKey: 'by_status' }],
  },
  { name: ORDER_STEPS, partitionKey: 'order', sortKey: 'step', expires: 'expires' },
  { name: ORDER_INDEX, partitionKey: 'found_by', sortKey: 'place', expires: 'expires' },
  { name: OUTGOING_EVENTS, partitionKey: 'owner', sortKey: 'place', expires: 'expires' },
  { name: FIGURES, partitionKey: 'connection', sortKey: 'from', expires: 'expires' },
  ...rebuildTables,
]
