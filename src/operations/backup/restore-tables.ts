import { StreamError } from '../../errors.ts'
import type { StoredItem, StoredItems } from '../../platform/dynamodb/stored-items.ts'
import type { GroupAdmin } from '../../platform/kafka/kafkajs-groups.ts'
import { feeds } from '../../projections/feeds.ts'
import { LANES } from '../../projections/outgoing-lanes.ts'
import { OUTGOING_EVENTS } from '../../projections/tables.ts'
import { noteChange } from '../audit.ts'
import { assertConfirmed } from '../confirmation.ts'
import type { TableDeps } from '../dependencies.ts'
import type { Principal } from '../principal.ts'
import { assertReachesEverything } from './assert-reaches-everything.ts'
import type { Backup } from './backup.ts'
import { backupTables, CHECKPOINTS } from './backup-tables.ts'

interface RestoreDeps extends Pick<TableDeps, 'audit'> {
  readonly items: StoredItems
  readonly groups: Pick<GroupAdmin, 'remove'>
  readonly topicPrefix: string
}

interface RestoreRequest {
  /** Overwrites existing items, to continue an interrupted restore. */
  readonly overwrite: boolean
  readonly confirm: boolean
}

/** The result of a restore. */
export interface Restored {
  readonly tables: number
  readonly items: number
  /** Consumer groups that resume at the positions of the backup. */
  readonly groups: number
}

/** Never empty, since refused commands are recorded in it too. A restore only adds to it. */
const APPENDED_TO = 'audit'
const PUBLISHED = 'published'

/**
 * Writes a backup into empty tables. Removes the consumer groups from the broker first and writes positions last: until
 * then sinks refuse to start, so an interrupted restore delivers nothing. Afterwards the processes repeat everything
 * since the backup, which changes nothing in the shop or the ERP (Guarantee 3). Throws `state_conflict` while processes
 * run or tables have items, `configuration_invalid` for another TOPIC_PREFIX, and `confirmation_needed`.
 */
export async function restoreTables(
  deps: RestoreDeps,
  by: Principal,
  backup: Backup,
  { overwrite, confirm }: RestoreRequest,
): Promise<Restored> {
  assertReachesEverything(by)
  const { manifest } = backup
  assertSamePrefix(manifest.topic_prefix, deps.topicPrefix)
  const copied = new Map(manifest.tables.map(({ table, items }) => [table, items]))
  // Skips tables that this version has and the backup lacks, and the reverse.
  const tables = backupTables.filter((table) => copied.has(table)).toReversed()
  if (!overwrite) await assertEmpty(deps.items, tables)
  const items = tables.reduce((sum, table) => sum + (copied.get(table) ?? 0), 0)
  assertConfirmed(by, 'a restore', { 'items to write': items }, confirm)
  const groups = await groupsOf(backup)
  await deps.groups.remove(groups)
  const feedGroups = new Set(feeds.map(({ name }) => deps.topicPrefix + name))
  for (const table of tables) {
    for await (const page of backup.pages(table)) {
      await deps.items.write(
        table,
        page.flatMap((item) => restored(table, item, feedGroups)),
      )
    }
  }
  await noteChange(deps, by, { what: 'tables.restore', target: null, after: { from: manifest.started_at, items } })
  return { tables: tables.length, items, groups: groups.length }
}

function assertSamePrefix(copied: string, prefix: string): void {
  if (copied === prefix) return
  const message = `TOPIC_PREFIX is "${prefix}", but the backup's positions belong to the topics of "${copied}"; set TOPIC_PREFIX="${copied}"`
  throw new StreamError('configuration_invalid', message, { field: 'TOPIC_PREFIX' })
}

async function assertEmpty(items: StoredItems, tables: readonly string[]): Promise<void> {
  const filled: string[] = []
  for (const table of tables) if (table !== APPENDED_TO && !(await items.isEmpty(table))) filled.push(table)
  if (filled.length === 0) return
  const message =
    `a backup can be restored only into empty tables; these have items: ${filled.join(', ')}. Choose another TABLE_PREFIX, ` +
    'or overwrite them with --overwrite, which also continues an interrupted restore'
  throw new StreamError('state_conflict', message)
}

async function groupsOf(backup: Backup): Promise<readonly string[]> {
  const groups = new Set<string>()
  for await (const page of backup.pages(CHECKPOINTS)) {
    for (const item of page) groups.add(item['group']?.S ?? '')
  }
  groups.delete('')
  return [...groups].toSorted()
}

/** The item to write back; none if it would hide work that has to be repeated. */
function restored(table: string, item: StoredItem, feedGroups: ReadonlySet<string>): readonly StoredItem[] {
  // Feed tables are rebuilt from the beginning of their topics.
  if (table === CHECKPOINTS && feedGroups.has(item['group']?.S ?? '')) return []
  // The backup lacks later publications, so content equal to the backup's may still be a change.
  if (table === PUBLISHED) return [{ ...item, state: { S: 'publishing' } }]
  // A lane is progress, but its table is copied with the data: events up to its position may not be in the copy. Without
  // a position the groups append them again; most get the same places. Overwrites a newer lane, so it is not left out.
  if (table === OUTGOING_EVENTS && item['owner']?.S === LANES) {
    return [Object.fromEntries(Object.entries(item).filter(([name]) => name === 'owner' || name === 'place'))]
  }
  return [item]
}
