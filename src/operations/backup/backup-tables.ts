import { feeds } from '../../projections/feeds.ts'
import { REBUILDS } from '../../projections/rebuild/rebuild.ts'
import { tableDefinitions } from '../table-definitions.ts'

/** Consumer positions. */
export const CHECKPOINTS = 'checkpoints'
/** Cut dates of reads. */
const SYNC_CONTROL = 'sync_control'

/**
 * How far things are. Copied first and restored last: work that is done twice changes nothing (Guarantee 3), but work that
 * a copy calls done and does not hold would be missing (Guarantee 1).
 */
const PROGRESS: readonly string[] = [CHECKPOINTS, SYNC_CONTROL]

const FEED_TABLES: readonly string[] = feeds.map(({ table }) => table)

/** Not in a backup: rows of running processes, and what the topics hold. */
export const leftOutTables: ReadonlyMap<string, string> = new Map([
  ['processes', 'running processes write it'],
  ['call_slots', 'running processes write it'],
  ...FEED_TABLES.map((table) => [table, 'the projector makes it from its topic'] as const),
  [REBUILDS, 'rebuilds of feed tables'],
])

/** Tables of a backup, in the order in which they are copied. They are restored in reverse. */
export const backupTables: readonly string[] = [
  ...PROGRESS,
  ...tableDefinitions.map(({ name }) => name).filter((name) => !PROGRESS.includes(name) && !leftOutTables.has(name)),
]
