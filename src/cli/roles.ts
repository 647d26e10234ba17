import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { cursorKey } from '../api/cursor-key.ts'
import { type RunningApi, startApi } from '../api/server.ts'
import { dispatchStage } from '../control/dispatch.ts'
import { createSyncRequester } from '../control/request-sync.ts'
import { runScheduler } from '../control/scheduler.ts'
import { tickLog } from '../control/ticks.ts'
import type { Read, System } from '../core/model.ts'
import { createResolver } from '../core/references.ts'
import { watchConfiguration } from '../core/watch-configuration.ts'
import { StreamError } from '../errors.ts'
import type { TopicKind } from '../events/topics.ts'
import { type RunningStage, runStage } from '../platform/runtime/run-stage.ts'
import type { Stage } from '../platform/runtime/stage.ts'
import { topology } from '../processors/topology.ts'
import { createReader } from '../producers/create-reader.ts'
import { runWorker } from '../producers/worker.ts'
import { deadLetterStage } from '../projections/dead-letters.ts'
import { imageFeed } from '../projections/image-feed.ts'
import { inventoryFeed } from '../projections/inventory-feed.ts'
import { productFeed } from '../projections/product-feed.ts'
import { feedStage } from '../projections/run-projection.ts'
import { taskStage } from '../projections/tasks.ts'
import { type Clients, createClients } from '../systems/clients.ts'
import { configurationPart, cutDatePart, requestParts } from './control-parts.ts'
import { deadLetterParts } from './dead-letter-parts.ts'
import { type FollowedConfiguration, followConfiguration } from './follow-configuration.ts'
import type { Platform } from './platform.ts'
import { createSinkParts } from './sink-parts.ts'

export const roles = ['producer', 'processor', 'projector', 'api'] as const
export type Role = (typeof roles)[number]

export interface RoleOptions {
  /** False: reads run on request alone. */
  readonly schedules: boolean
}

export interface RunningRoles {
  /** Where the API listens, if it is one of the roles. */
  readonly api: RunningApi | null
  /** Finishes what is under way, then ends (Guarantee 10). */
  close(): Promise<void>
}

/** A part of a role that runs until it is closed. */
interface Part {
  readonly name: string
  close(): Promise<void>
  /** What is wrong; null while nothing is. */
  problem?(): string | null
}

const CONFIGURATION_EVERY_MS = 2_000
const RUNS_AT_ONCE = 8

/** Starts roles in this process. The topics of every configured system are made first. */
export async function startRoles(
  platform: Platform,
  chosen: readonly Role[],
  options: RoleOptions,
): Promise<RunningRoles> {
  const { tables, clock, logger } = platform
  const onProblem = (err: unknown) => logger.warn({ err }, 'the configuration could not be read; the last one stays')
  const watch = await watchConfiguration(tables, clock, { everyMs: CONFIGURATION_EVERY_MS, onProblem })
  const resolveSecret = createResolver(platform.config.environment, (path) => readFile(path, 'utf8'))
  // One client a system: its limit of requests holds for its reads and its deliveries together.
  const clients = createClients({ clock, logger, resolveSecret })
  const parts: Part[] = []
  let followed: FollowedConfiguration | undefined
  const close = async () => {
    // First: what it would start while the others end would not be ended.
    await followed?.close()
    await Promise.all(parts.map((part) => part.close()))
    await watch.close()
  }
  try {
    followed = await followConfiguration(platform, watch)
    if (chosen.includes('producer')) parts.push(...(await startProducer(platform, followed, clients, options)))
    if (chosen.includes('processor')) parts.push(...(await startProcessor(platform, followed, clients)))
    if (chosen.includes('projector')) parts.push(...(await startProjector(platform)))
    const api = chosen.includes('api') ? await startApiRole(platform, parts) : null
    if (api !== null) parts.push({ name: 'api', close: () => api.close() })
    return { api, close }
  } catch (error) {
    await close()
    throw error
  }
}

async function startProducer(
  platform: Platform,
  followed: FollowedConfiguration,
  clients: Clients,
  options: RoleOptions,
): Promise<Part[]> {
  const { tables, clock, logger, config } = platform
  const configuration = () => followed.current()
  const reader = (read: Read, system: System) => createReader(read, system, { clock, clients })
  const workerId = `${hostname()}-${process.pid}-${randomUUID().slice(0, 8)}`
  const ending = new AbortController()
  const shared = { ...platform, topicPrefix: config.topicPrefix, configuration }
  const own = { createReader: reader, workerId, concurrency: RUNS_AT_ONCE, leaseMs: config.runLeaseMs }
  // First: when it can't start, there is no work yet that would go on behind the caller's back.
  const dispatching = await part(platform, dispatchStage(tables))
  const work = [runWorker({ ...shared, ...own }, ending.signal)]
  if (options.schedules) {
    const reads = () => configuration().systems.flatMap((system) => system.reads)
    const requester = createSyncRequester(shared)
    work.push(runScheduler({ reads, requester, ticks: tickLog(tables), clock, logger, signal: ending.signal }))
  }
  const close = async () => {
    ending.abort()
    await Promise.all(work)
  }
  return [{ name: 'runs', close }, dispatching]
}

async function startProcessor(platform: Platform, followed: FollowedConfiguration, clients: Clients): Promise<Part[]> {
  const { config } = platform
  const configuration = () => followed.current()
  const deps = { ...platform, topicPrefix: config.topicPrefix, configuration }
  const stages = topology.map((row) => row.stage(deps) as Stage<TopicKind>)
  const sinks = createSinkParts(platform, clients, configuration)
  // A sink that can't be made, for want of a secret, keeps no other from its work (Guarantee 5); readiness tells of it.
  const following = followed.follow((configuration) => sinks.follow(configuration))
  try {
    const parts = await Promise.all(stages.map((stage) => part(platform, stage)))
    await following
    return [sinks, ...parts]
  } catch (error) {
    await following
    await sinks.close()
    throw error
  }
}

async function startProjector(platform: Platform): Promise<Part[]> {
  const { tables, reporter, clock, logger, config } = platform
  const deps = { tables, reporter, clock, logger, settleMs: config.feedSettleMs }
  const stages = [
    feedStage(productFeed, deps),
    feedStage(inventoryFeed, deps),
    feedStage(imageFeed, deps),
    taskStage({ tables }),
    deadLetterStage({ tables }),
  ] as readonly Stage<TopicKind>[]
  return await Promise.all(stages.map((stage) => part(platform, stage)))
}

async function startApiRole(platform: Platform, parts: readonly Part[]): Promise<RunningApi> {
  const { tables, clock, logger, config, admin } = platform
  const checks = {
    tables: async () => void (await tables.get('connections', { kind: 'revision', id: 'configuration' })),
    broker: async () => void (await admin.ends(`${config.topicPrefix}orders`)),
    consumers: async () => {
      const ill = parts.flatMap(({ name, problem }) => (problem?.() ? [`${name}: ${problem()}`] : []))
      if (ill.length > 0) throw new StreamError('target_unavailable', ill.join('; '))
    },
  }
  return await startApi({
    tables,
    clock,
    logger,
    checks,
    cursorKey: await cursorKey(tables, config.cursorKey),
    settleMs: config.feedSettleMs,
    shards: config.partitions,
    ...deadLetterParts(platform),
    configuration: configurationPart(tables, config.environment),
    setCutDate: cutDatePart(tables),
    ...requestParts(platform),
    ...config.api,
  })
}

async function part<K extends TopicKind>(platform: Platform, stage: Stage<K>): Promise<Part> {
  const running: RunningStage = await runStage(stage, { ...platform, topicPrefix: platform.config.topicPrefix })
  return { name: stage.name, close: () => running.close(), problem: () => running.problem() }
}
