import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import type { RunningApi } from '../api/server.ts'
import { folderRulesOf } from '../configuration/folder-rules.ts'
import { createResolver } from '../configuration/references.ts'
import { roleRulesOf } from '../configuration/role-rules.ts'
import { watchConfiguration } from '../configuration/watch-configuration.ts'
import { type Heartbeat, startHeartbeat } from '../control/processes.ts'
import type { Demo } from '../operations/demo.ts'
import { openPostOffice } from '../operations/post-office.ts'
import { productVersion } from '../operations/product-version.ts'
import type { AccountStanding } from '../platform/governor/governor.ts'
import { createSharedGovernors } from '../platform/governor/governors.ts'
import type { Sample } from '../platform/metrics/meter.ts'
import { networkRulesOf } from '../platform/network-rules.ts'
import { closeExpressionThreads } from '../rules/mapping/evaluate.ts'
import { createClients } from '../systems/clients.ts'
import { type FollowedConfiguration, followConfiguration } from './follow-configuration.ts'
import type { Platform } from './platform.ts'
import { openCircuits, type RunningPart } from './running-part.ts'
import { startApiRole } from './start-api-role.ts'
import { startProcessor } from './start-processor.ts'
import { startProducer } from './start-producer.ts'
import { startProjector } from './start-projector.ts'

export const roles = ['producer', 'processor', 'projector', 'api'] as const
export type Role = (typeof roles)[number]

export interface RoleOptions {
  /** False: reads run only on request. */
  readonly schedules: boolean
  /** Faults of the demo, for its API. */
  readonly demo?: Demo
  /** Folder of the built control tower; absent: the package's own. */
  readonly page?: string
}

export interface RunningRoles {
  /** The running API; null: not one of the roles. */
  readonly api: RunningApi | null
  readonly parts: readonly RunningPart[]
  /** Use of the accounts that the process calls. */
  accounts(): readonly AccountStanding[]
  /** Gauges of the whole installation; null: another role exports them. */
  readonly installation: (() => Promise<readonly Sample[]>) | null
  /** Finishes the work in progress, then ends (Guarantee 10). */
  close(): Promise<void>
}

const CONFIGURATION_EVERY_MS = 2_000

/** Starts roles in this process, after creating the topics of all configured systems. */
export async function startRoles(
  platform: Platform,
  chosen: readonly Role[],
  options: RoleOptions,
): Promise<RunningRoles> {
  const { tables, clock, logger } = platform
  const onProblem = (err: unknown) => logger.warn({ err }, 'could not read the configuration; keeping the last one')
  const watch = await watchConfiguration(tables, clock, { everyMs: CONFIGURATION_EVERY_MS, onProblem })
  const resolveSecret = createResolver(platform.config.environment)
  const network = networkRulesOf(platform.config.environment)
  // One client per system, so that its limits apply to reads and deliveries together.
  const owner = `${hostname()}-${process.pid}-${randomUUID().slice(0, 8)}`
  const governors = createSharedGovernors(tables, clock, owner, platform.meter)
  const mayUseRole = roleRulesOf(platform.config.environment)
  const folderOf = folderRulesOf(platform.config.environment)
  const post = openPostOffice(platform)
  const deps = { clock, logger, governors, network, mayUseRole, folderOf, post, resolveSecret }
  const clients = createClients({ ...deps, systemTypes: platform.systemTypes })
  const parts: RunningPart[] = []
  let followed: FollowedConfiguration | undefined
  let heartbeat: Heartbeat | undefined
  const close = async () => {
    // First, so that it does not start stages while the others are closing.
    await followed?.close()
    await Promise.all(parts.map((part) => part.close()))
    await closeExpressionThreads()
    await governors.close()
    await watch.close()
    await heartbeat?.close()
  }
  try {
    const own = { roles: chosen, version: productVersion(), node: process.version }
    const report = () => ({ circuits: openCircuits(parts), accounts: clients.accounts() })
    heartbeat = await startHeartbeat(platform, own, report)
    followed = await followConfiguration(platform, watch)
    if (chosen.includes('producer')) await startProducer(platform, followed, clients, options, parts)
    if (chosen.includes('processor')) await startProcessor(platform, followed, clients, parts)
    if (chosen.includes('projector')) await startProjector(platform, followed, parts)
    const role = chosen.includes('api') ? await startApiRole(platform, followed, parts, governors, options) : null
    return {
      api: role?.api ?? null,
      parts,
      accounts: () => governors.standing(),
      installation: role === null ? null : () => role.samples(),
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}
