import type { TableDefinition } from '../platform/dynamodb/tables.ts'
import { jobTable } from '../platform/jobs.ts'
import { auditTables } from './audit-trail.ts'
import { filedTables } from './filed-fulfilments.ts'
import { keyTables } from './keys/api-key.ts'
import { processTables } from './processes.ts'
import { REPLAYS } from './replays/replay.ts'
import { shareTables } from './shares/share-link.ts'

/** One row per read: its cut date, lease, and the runs that are due and under way. */
export const SYNC_CONTROL = 'sync_control'
/** One row per run; a run is a task. */
export const SYNC_RUNS = 'sync_runs'
/** Lists of runs by the time they were requested: all of them (`*`), and those of each read. */
export const SYNC_RUN_LISTS = 'sync_run_lists'
/** Requests by the idempotency key of their caller, with the answers. */
export const REQUESTS = 'requests'
/** One row per entity ever published: used to detect that nothing changed. */
export const PUBLISHED = 'published'

/** One row per connection and read that it subscribes to: whether stored events were replayed for it. */
export const SUBSCRIPTIONS = 'subscriptions'

/**
 * What readers store between runs: for a file what shows that it has not changed, for addresses in it what they
 * answered, for orders which parts they had.
 */
export const READER_NOTES = 'reader_notes'

export const controlTables: readonly TableDefinition[] = [
  { name: SYNC_CONTROL, partitionKey: 'read' },
  { name: SYNC_RUNS, partitionKey: 'id', expires: 'expires' },
  { name: SYNC_RUN_LISTS, partitionKey: 'list', sortKey: 'place', expires: 'expires' },
  { name: REQUESTS, partitionKey: 'id', expires: 'expires' },
  { name: PUBLISHED, partitionKey: 'id', expires: 'expires' },
  { name: SUBSCRIPTIONS, partitionKey: 'connection', sortKey: 'read' },
  { name: READER_NOTES, partitionKey: 'id', expires: 'expires' },
  jobTable(REPLAYS),
  ...keyTables,
  ...auditTables,
  ...processTables,
  ...shareTables,
  ...filedTables,
]
