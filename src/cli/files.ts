import { folderRulesOf } from '../configuration/folder-rules.ts'
import { createResolver } from '../configuration/references.ts'
import { roleRulesOf } from '../configuration/role-rules.ts'
import { proposeSettings } from '../operations/propose-settings.ts'
import { createGovernors } from '../platform/governor/governors.ts'
import { createLogger } from '../platform/logger.ts'
import { networkRulesOf } from '../platform/network-rules.ts'
import { systemClock } from '../platform/system-clock.ts'
import { createClients } from '../systems/clients.ts'
import { commandUser } from './arguments.ts'
import type { Given } from './command.ts'
import { commandConfig } from './command-config.ts'
import type { filesSample } from './commands/files.ts'
import { onTables } from './open-operations.ts'
import { withProgress } from './progress.ts'
import { proposalText } from './proposal-text.ts'

/** A large file takes its time; nobody waits longer for a proposal. */
const LIMIT_MS = 10 * 60_000

export async function sampleFilesCommand({ system, entity, json }: Given<typeof filesSample>): Promise<void> {
  const { environment, logLevel } = commandConfig()
  const clients = createClients({
    clock: systemClock,
    logger: createLogger({ level: logLevel, name: 'files sample' }),
    governors: createGovernors(systemClock),
    network: networkRulesOf(environment),
    mayUseRole: roleRulesOf(environment),
    folderOf: folderRulesOf(environment),
    resolveSecret: createResolver(environment),
  })
  const proposals = await withProgress('reading files', json, () =>
    onTables((operations) =>
      proposeSettings(
        { ...operations, clients },
        commandUser(),
        { system, entity: entity ?? null },
        AbortSignal.timeout(LIMIT_MS),
      ),
    ),
  )
  console.log(json ? JSON.stringify({ proposals }) : proposalText(proposals))
}
