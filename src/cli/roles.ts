import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { cursorKey } from '../api/cursor-key.ts'
import { type RunningApi, startApi } from '../api/server.ts'
import { dispatchStage } from '../control/dispatch.ts'
import { createSyncRequester } from '../control/request-sync.ts'
import { runScheduler } from '../control/scheduler.ts'
import type { Read, System } from '../core/model.ts'
import { createRecentEvents } from '../core/recent-events.ts'
import { createResolver } from '../core/references.ts'
import { type ConfigurationWatch, watchConfiguration } from '../core/watch-configuration.ts'
import { StreamError } from '../errors.ts'
import type { TopicKind } from '../events/topics.ts'
import { type RunningStage, runStage } from '../platform/runtime/run-stage.ts'
import type { Stage } from '../platform/runtime/stage.ts'
import { type AnySink, createSink, sinkKinds, targetsOf } from '../processors/sinks/create-sink.ts'
import { sinkStage } from '../processors/sinks/run-sink.ts'
import { topology } from '../processors/topology.ts'
import { createReader } from '../producers/create-reader.ts'
import { runWorker } from '../producers/worker.ts'
import { deadLetterStage } from '../projections/dead-letters.ts'
import { createFindProducts } from '../projections/find-products.ts'
import { imageFeed } from '../projections/image-feed.ts'
import { inventoryFeed } from '../projections/inventory-feed.ts'
import { productFeed } from '../projections/product-feed.ts'
import { feedStage } from '../projections/run-projection.ts'
import { stagedOrdersStage, stagedStage } from '../projections/staged.ts'
import { taskStage } from '../projections/tasks.ts'
import { type Clients, createClients } from '../systems/clients.ts'
import { deadLetterParts } from './dead-letter-parts.ts'
import { parkingStages } from './parking-stages.ts'
import type { Platform } from './platform.ts'

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
  /** Why its records are held back on purpose; null while they are not. */
  heldBack?(): string | null
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
  const close = async () => {
    await Promise.all(parts.map((part) => part.close()))
    await watch.close()
  }
  try {
    await platform.createTopics(watch.current().systems.map((system) => system.id))
    if (chosen.includes('producer')) await startProducer(platform, watch, clients, options, parts)
    if (chosen.includes('processor'))
      await startStages(platform, await processorStages(platform, watch, clients), parts)
    if (chosen.includes('projector')) await startStages(platform, projectorStages(platform, watch), parts)
    const api = chosen.includes('api') ? await startApiRole(platform, watch, parts) : null
    return { api, close }
  } catch (error) {
    await close()
    throw error
  }
}

async function startProducer(
  platform: Platform,
  watch: ConfigurationWatch,
  clients: Clients,
  options: RoleOptions,
  parts: Part[],
): Promise<void> {
  const { tables, clock, logger, config } = platform
  const configuration = () => watch.current()
  const reader = (read: Read, system: System) => createReader(read, system, { clock, clients })
  const workerId = `${hostname()}-${process.pid}-${randomUUID().slice(0, 8)}`
  const ending = new AbortController()
  const shared = { ...platform, topicPrefix: config.topicPrefix, configuration }
  const own = { createReader: reader, workerId, concurrency: RUNS_AT_ONCE, leaseMs: config.runLeaseMs }
  const work = [runWorker({ ...shared, ...own }, ending.signal)]
  if (options.schedules) {
    const reads = () => configuration().systems.flatMap((system) => system.reads)
    work.push(runScheduler({ reads, requester: createSyncRequester(shared), clock, logger, signal: ending.signal }))
  }
  const close = async () => {
    ending.abort()
    await Promise.all(work)
  }
  parts.push({ name: 'runs', close })
  await startStages(platform, [dispatchStage(tables)], parts)
}

async function processorStages(
  platform: Platform,
  watch: ConfigurationWatch,
  clients: Clients,
): Promise<readonly Stage<TopicKind>[]> {
  const { config } = platform
  const configuration = () => watch.current()
  const products = createFindProducts({ ...platform, shards: config.partitions })
  const deps = { ...platform, topicPrefix: config.topicPrefix, configuration, products }
  const stages = topology.map((row) => row.stage(deps) as Stage<TopicKind>)
  for (const system of watch.current().systems) {
    for (const kind of sinkKinds(system.type)) {
      const sink = await createSink(system, kind, clients)
      if (sink !== undefined) stages.push(anySinkStage(system, sink, deps))
    }
  }
  return stages
}

function anySinkStage(system: Parameters<typeof sinkStage>[0], sink: AnySink, deps: Parameters<typeof sinkStage>[2]) {
  return sinkStage(system, sink as never, deps) as Stage<TopicKind>
}

function projectorStages(platform: Platform, watch: ConfigurationWatch): readonly Stage<TopicKind>[] {
  const { tables, reporter, clock, logger, config } = platform
  const deps = { tables, reporter, clock, logger, settleMs: config.feedSettleMs }
  return [
    feedStage(productFeed, deps),
    feedStage(inventoryFeed, deps),
    feedStage(imageFeed, deps),
    taskStage({ tables }),
    deadLetterStage({ tables }),
    stagedStage({ tables }),
    ...targetsOf('vendor-orders', watch.current().systems).map(({ id }) => stagedOrdersStage(id, { tables })),
  ] as readonly Stage<TopicKind>[]
}

async function startApiRole(platform: Platform, watch: ConfigurationWatch, parts: Part[]): Promise<RunningApi> {
  const { tables, clock, logger, config, admin } = platform
  const checks = {
    tables: async () => void (await tables.get('connections', { kind: 'revision', id: 'configuration' })),
    broker: async () => void (await admin.ends(`${config.topicPrefix}orders`)),
    consumers: async () => {
      const ill = parts.flatMap(({ name, problem }) => (problem?.() ? [`${name}: ${problem()}`] : []))
      if (ill.length > 0) throw new StreamError('target_unavailable', ill.join('; '))
    },
  }
  const reader = await platform.openReader()
  parts.push({ name: 'reader', close: () => reader.close() })
  const api = await startApi({
    tables,
    clock,
    logger,
    checks,
    cursorKey: await cursorKey(tables, config.cursorKey),
    settleMs: config.feedSettleMs,
    shards: config.partitions,
    ...deadLetterParts(platform),
    mapping: {
      recentEvents: createRecentEvents({ ...platform, topicPrefix: config.topicPrefix }),
      products: createFindProducts({ ...platform, shards: config.partitions }),
    },
    staged: { reader, codec: platform.codec, topicPrefix: config.topicPrefix },
    parkingStages: async () => parkingStages(watch.current().systems),
    heldBack: () => parts.flatMap(({ name, heldBack }) => (heldBack?.() ? [`${name}: ${heldBack()}`] : [])),
    ...config.api,
  })
  parts.push({ name: 'api', close: () => api.close() })
  return api
}

/** Those that have started are among the parts also when another could not: whoever gives up closes them. */
async function startStages<K extends TopicKind>(
  platform: Platform,
  stages: readonly Stage<K>[],
  parts: Part[],
): Promise<void> {
  const start = async (stage: Stage<K>) => {
    const running: RunningStage = await runStage(stage, { ...platform, topicPrefix: platform.config.topicPrefix })
    parts.push({
      name: stage.name,
      close: () => running.close(),
      problem: () => running.problem(),
      heldBack: () => stage.heldBack?.() ?? null,
    })
  }
  const started = await Promise.allSettled(stages.map(start))
  const failed = started.find(({ status }) => status === 'rejected')
  if (failed?.status === 'rejected') throw failed.reason
}
