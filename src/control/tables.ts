import type { TableDefinition } from '../platform/dynamodb/tables.ts'

/** A row per read: its cut date, lease and which runs are due and under way. */
export const SYNC_CONTROL = 'sync_control'
/** A row per run; a run is a task. */
export const SYNC_RUNS = 'sync_runs'
/** A row per entity ever published: what tells that nothing changed. */
export const PUBLISHED = 'published'

export const controlTables: readonly TableDefinition[] = [
  { name: SYNC_CONTROL, partitionKey: 'read' },
  { name: SYNC_RUNS, partitionKey: 'id' },
  { name: PUBLISHED, partitionKey: 'id' },
]
