import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import type { RunningApi } from '../api/server.ts'
import { createResolver } from '../configuration/references.ts'
import { roleRulesOf } from '../configuration/role-rules.ts'
import { watchConfiguration } from '../configuration/watch-configuration.ts'
import { type Heartbeat, startHeartbeat } from '../control/processes.ts'
import type { Demo } from '../operations/demo.ts'
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
  /** False: reads run on request alone. */
  readonly schedules: boolean
  /** For the API of a demo. */
  readonly demo?: Demo
  /** Where the control tower is built; without it where the package has it. */
  readonly page?: string
}

export interface RunningRoles {
  /** Where the API listens, if it is one of the roles. */
  readonly api: RunningApi | null
  readonly parts: readonly RunningPart[]
  /** How the accounts that it calls are used. */
  accounts(): readonly AccountStanding[]
  /** Gauges of the whole installation; null: another role exports them. */
  readonly installation: (() => Promise<readonly Sample[]>) | null
  /** Finishes what is under way, then ends (Guarantee 10). */
  close(): Promise<void>
}

const CONFIGURATION_EVERY_MS = 2_000

/** Starts roles in this process. The topics of every configured system are made first. */
export async function startRoles(
  platform: Platform,
  chosen: readonly Role[],
  options: RoleOptions,
): Promise<RunningRoles> {
  const { tables, clock, logger } = platform
  const onProblem = (err: unknown) => logger.warn({ err }, 'the configuration could not be read; the last one stays')
  const watch = await watchConfiguration(tables, clock, { everyMs: CONFIGURATION_EVERY_MS, onProblem })
  const resolveSecret = createResolver(platform.config.environment)
  const network = networkRulesOf(platform.config.environment)
  // One client a system: its limit of requests holds for its reads and its deliveries together.
  const owner = `${hostname()}-${process.pid}-${randomUUID().slice(0, 8)}`
  const governors = createSharedGovernors(tables, clock, owner, platform.meter)
  const mayUseRole = roleRulesOf(platform.config.environment)
  const deps = { clock, logger, governors, network, mayUseRole, resolveSecret }
  const clients = createClients({ ...deps, systemTypes: platform.systemTypes })
  const parts: RunningPart[] = []
  let followed: FollowedConfiguration | undefined
  let heartbeat: Heartbeat | undefined
  const close = async () => {
    // First: what it would start while the others end would not be ended.
    await followed?.close()
    await Promise.all(parts.map((part) => part.close()))
    await closeExpressionThreads()
    await governors.close()
    await watch.close()
    await heartbeat?.close()
  }
  try {
    const own = { roles: chosen, version: productVersion(), node: process.version }
    const told = () => ({ circuits: openCircuits(parts), accounts: clients.accounts() })
    heartbeat = await startHeartbeat(platform, own, told)
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
