import type { StoredItems } from '../../platform/dynamodb/stored-items.ts'
import { noteChange } from '../audit.ts'
import type { TableDeps } from '../dependencies.ts'
import type { Principal } from '../principal.ts'
import { assertReachesEverything } from './assert-reaches-everything.ts'
import type { BackupTarget, CopiedTable, Manifest } from './backup.ts'
import { backupTables } from './backup-tables.ts'

interface BackUpDeps extends Pick<TableDeps, 'audit' | 'clock'> {
  readonly items: Pick<StoredItems, 'read'>
  readonly topicPrefix: string
  /** Version of the product. */
  readonly version: string
}

/**
 * Copies the tables while everything runs. Copies positions and cut dates first, so that a restored installation
 * repeats whatever happened during the copy. Throws `request_invalid` unless the caller has access to everything.
 */
export async function backUpTables(deps: BackUpDeps, by: Principal, target: BackupTarget): Promise<Manifest> {
  assertReachesEverything(by)
  const started_at = new Date(deps.clock.now()).toISOString()
  const tables: CopiedTable[] = []
  for (const table of backupTables) tables.push(await target.add(table, deps.items.read(table)))
  const manifest: Manifest = { format: 1, version: deps.version, started_at, topic_prefix: deps.topicPrefix, tables }
  await target.finish(manifest)
  await noteChange(deps, by, { what: 'tables.backup', target: null, after: { tables: tables.length } })
  return manifest
}
