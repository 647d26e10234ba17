import { feeds } from '../../projections/feeds.ts'
import { REBUILDS } from '../../projections/rebuild/rebuild.ts'
import { tableDefinitions } from '../table-definitions.ts'

/** Consumer positions. */
export const CHECKPOINTS = 'checkpoints'
/** Cut dates of reads. */
const SYNC_CONTROL = 'sync_control'

/**
 * Progress of consumers and reads. Copied first and restored last: repeated work changes nothing (Guarantee 3), but
 * work that a backup marks as done without its result would be lost (Guarantee 1).
 */
const PROGRESS: readonly string[] = [CHECKPOINTS, SYNC_CONTROL]

const FEED_TABLES: readonly string[] = feeds.map(({ table }) => table)

/** Tables that a backup leaves out, with the reason: rows of running processes, and data that the topics hold. */
export const leftOutTables: ReadonlyMap<string, string> = new Map([
  ['processes', 'written by running processes'],
  ['call_slots', 'written by running processes'],
  ...FEED_TABLES.map((table) => [table, 'the projector rebuilds it from its topic'] as const),
  [REBUILDS, 'rebuilds of feed tables'],
])

/** Tables of a backup, in the order in which they are copied. They are restored in reverse. */
export const backupTables: readonly string[] = [
  ...PROGRESS,
  ...tableDefinitions.map(({ name }) => name).filter((name) => !PROGRESS.includes(name) && !leftOutTables.has(name)),
]
