import type { Config } from '../config.ts'
import { restoreTables } from '../operations/backup/restore-tables.ts'
import { tableDeps } from '../operations/wiring.ts'
import { createGroupAdmin } from '../platform/kafka/kafkajs-groups.ts'
import { createLogger } from '../platform/logger.ts'
import { systemClock } from '../platform/system-clock.ts'
import { systemTypes } from '../systems/systems.ts'
import { commandUser } from './arguments.ts'
import { openBackupFolder } from './backup-folder.ts'
import type { Given } from './command.ts'
import { commandConfig } from './command-config.ts'
import type { restore } from './commands/backup.ts'
import { openTables } from './platform.ts'

export async function restoreCommand({ dir: folder, overwrite, yes, json }: Given<typeof restore>): Promise<void> {
  const config = commandConfig()
  const backup = await openBackupFolder(folder)
  const { tables, storedItems: items, close } = await openTables(config)
  try {
    const groups = await openGroups(config)
    const operations = tableDeps({ tables, systemTypes, clock: systemClock, config })
    const deps = { ...operations, items, groups, topicPrefix: config.topicPrefix }
    const wanted = { overwrite, confirm: yes }
    const restored = await restoreTables(deps, commandUser(), backup, wanted).finally(() => groups.close())
    if (json) return console.log(JSON.stringify({ folder, ...restored }))
    const { tables: count, items: written, groups: removed } = restored
    console.log(
      `${written} items of ${count} tables as of ${backup.manifest.started_at}; ${removed} consumer groups resume there`,
    )
  } finally {
    close()
  }
}

function openGroups({ kafka }: Config) {
  const logger = createLogger({ level: 'silent', name: 'waldstream' })
  return createGroupAdmin({ ...kafka, clientId: 'waldstream', logger })
}
