import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { cursorKey } from '../api/cursor-key.ts'
import { type RunningApi, startApi } from '../api/server.ts'
import { dispatchStage } from '../control/dispatch.ts'
import { feedNewConnections } from '../control/replays/feed-new-connections.ts'
import { runReplays } from '../control/replays/replay-worker.ts'
import { createSyncRequester } from '../control/request-sync.ts'
import { runScheduler, type ScheduledRead } from '../control/scheduler.ts'
import { SWEEP } from '../control/sweeps.ts'
import type { Read, System } from '../core/model.ts'
import { createResolver } from '../core/references.ts'
import { type ConfigurationWatch, watchConfiguration } from '../core/watch-configuration.ts'
import { StreamError } from '../errors.ts'
import type { TopicKind } from '../events/topics.ts'
import { type RunningStage, runStage } from '../platform/runtime/run-stage.ts'
import type { Stage } from '../platform/runtime/stage.ts'
import { type AnySink, createSink, sinkKinds } from '../processors/sinks/create-sink.ts'
import { sinkStage } from '../processors/sinks/run-sink.ts'
import { topology } from '../processors/topology.ts'
import { createReader } from '../producers/create-reader.ts'
import { runWorker } from '../producers/worker.ts'
import { deadLetterStage } from '../projections/dead-letters.ts'
import { imageFeed } from '../projections/image-feed.ts'
import { inventoryFeed } from '../projections/inventory-feed.ts'
import { productFeed } from '../projections/product-feed.ts'
import { runRebuilds } from '../projections/rebuild/rebuild-worker.ts'
import { feedStage } from '../projections/run-projection.ts'
import { taskStage } from '../projections/tasks.ts'
import { type Clients, createClients } from '../systems/clients.ts'
import { deadLetterParts } from './dead-letter-parts.ts'
import type { Platform } from './platform.ts'
import { rebuildParts, replayParts, sourceTargets } from './resync-parts.ts'

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
  const close = async () => {
    await Promise.all(parts.map((part) => part.close()))
    await watch.close()
  }
  try {
    await platform.createTopics(watch.current().systems.map((system) => system.id))
    if (chosen.includes('producer')) parts.push(...(await startProducer(platform, watch, clients, options)))
    if (chosen.includes('processor')) parts.push(...(await startProcessor(platform, watch, clients)))
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
  watch: ConfigurationWatch,
  clients: Clients,
  options: RoleOptions,
): Promise<Part[]> {
  const { tables, clock, logger, config } = platform
  const configuration = () => watch.current()
  const reader = (read: Read, system: System) => createReader(read, system, { clock, clients })
  const workerId = `${hostname()}-${process.pid}-${randomUUID().slice(0, 8)}`
  const ending = new AbortController()
  const shared = { ...platform, topicPrefix: config.topicPrefix, configuration }
  const own = { createReader: reader, workerId, concurrency: RUNS_AT_ONCE, leaseMs: config.runLeaseMs }
  const work = [runWorker({ ...shared, ...own }, ending.signal)]
  if (options.schedules) {
    const reads = () => configuration().systems.flatMap((system) => system.reads.flatMap(withSweep))
    work.push(runScheduler({ reads, requester: createSyncRequester(shared), clock, logger, signal: ending.signal }))
  }
  const { replayDeps } = replayParts(platform)
  work.push(runReplays({ ...replayDeps, logger }, ending.signal))
  work.push(feedNewConnections({ ...replayDeps, tables, logger, configuration, targets: sourceTargets }, ending.signal))
  const close = async () => {
    ending.abort()
    await Promise.all(work)
  }
  return [{ name: 'runs', close }, await part(platform, dispatchStage(tables))]
}

/** A read's schedules: of its runs, and of its sweeps. */
function withSweep(read: Read): readonly ScheduledRead[] {
  return read.sweep === undefined ? [read] : [read, { ...read, schedule: read.sweep.schedule, trigger: SWEEP }]
}

async function startProcessor(platform: Platform, watch: ConfigurationWatch, clients: Clients): Promise<Part[]> {
  const { config } = platform
  const configuration = () => watch.current()
  const deps = { ...platform, topicPrefix: config.topicPrefix, configuration }
  const stages = topology.map((row) => row.stage(deps) as Stage<TopicKind>)
  for (const system of watch.current().systems) {
    for (const kind of sinkKinds(system.type)) {
      const sink = await createSink(system, kind, clients)
      if (sink !== undefined) stages.push(anySinkStage(system, sink, deps))
    }
  }
  return await Promise.all(stages.map((stage) => part(platform, stage)))
}

function anySinkStage(system: Parameters<typeof sinkStage>[0], sink: AnySink, deps: Parameters<typeof sinkStage>[2]) {
  return sinkStage(system, sink as never, deps) as Stage<TopicKind>
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
  const ending = new AbortController()
  const rebuilding = runRebuilds(rebuildParts(platform).buildDeps, ending.signal)
  const close = async () => {
    ending.abort()
    await rebuilding
  }
  return [{ name: 'rebuilds', close }, ...(await Promise.all(stages.map((stage) => part(platform, stage))))]
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
    replays: replayParts(platform).replays,
    rebuilds: rebuildParts(platform).rebuilds,
    ...config.api,
  })
}

async function part<K extends TopicKind>(platform: Platform, stage: Stage<K>): Promise<Part> {
  const running: RunningStage = await runStage(stage, { ...platform, topicPrefix: platform.config.topicPrefix })
  return { name: stage.name, close: () => running.close(), problem: () => running.problem() }
}
