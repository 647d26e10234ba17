import { backUpTables } from '../operations/backup/back-up-tables.ts'
import { productVersion } from '../operations/product-version.ts'
import { tableDeps } from '../operations/wiring.ts'
import { systemClock } from '../platform/system-clock.ts'
import { systemTypes } from '../systems/systems.ts'
import { commandUser } from './arguments.ts'
import { createBackupFolder } from './backup-folder.ts'
import type { Given } from './command.ts'
import { commandConfig } from './command-config.ts'
import type { backup } from './commands/backup.ts'
import { openTables } from './platform.ts'

export async function backupCommand({ dir: folder, json }: Given<typeof backup>): Promise<void> {
  const config = commandConfig()
  const { tables, storedItems, close } = await openTables(config)
  try {
    const operations = tableDeps({ tables, systemTypes, clock: systemClock, config })
    const deps = { ...operations, items: storedItems, topicPrefix: config.topicPrefix, version: productVersion() }
    const manifest = await backUpTables(deps, commandUser(), await createBackupFolder(folder))
    const items = manifest.tables.reduce((sum, table) => sum + table.items, 0)
    if (json) return console.log(JSON.stringify({ folder, ...manifest }))
    console.log(`${folder}: ${items} items of ${manifest.tables.length} tables, as of ${manifest.started_at}`)
  } finally {
    close()
  }
}
