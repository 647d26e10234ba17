import { availableParallelism } from 'node:os'
import closeWithGrace from 'close-with-grace'
import { type Config, configFromEnvironment } from '../config.ts'
import { loadConfiguration } from '../configuration/load-configuration.ts'
import { upgradeReferences } from '../configuration/upgrade-references.ts'
import { applyConfiguration } from '../operations/apply-folder.ts'
import { tableDeps } from '../operations/wiring.ts'
import { commandUser, wholeOption } from './arguments.ts'
import type { Given } from './command.ts'
import type { run } from './commands/run.ts'
import { noted } from './noted.ts'
import { observeProcess } from './observe-process.ts'
import { answerParent, observeWorkers } from './observe-workers.ts'
import { openMetricsPort } from './open-metrics-port.ts'
import { openPlatform, type Platform } from './platform.ts'
import { refuseDataLoss } from './refuse-data-loss.ts'
import { type Role, type RunningRoles, roles, startRoles } from './roles.ts'
import { UsageError } from './usage-error.ts'
import { KILL_AFTER_MS, startWorker, superviseWorkers, usualWorkers, type Worker } from './workers.ts'

const GRACE_MS = 30_000
/** A little longer than the time after which workers are killed. */
const WORKERS_GRACE_MS = KILL_AFTER_MS + 3_000
/** Roles that may run several workers, which share the partitions through their consumer groups. */
const SHARED: readonly Role[] = ['processor', 'projector']
const MOST_WORKERS = 64

export async function runCommand(values: Given<typeof run>): Promise<void> {
  const wanted = [...roles, 'all'] as readonly string[]
  if (values.role === undefined || !wanted.includes(values.role)) {
    throw new UsageError(`--role must be one of ${wanted.join(', ')}`)
  }
  const config = configFromEnvironment()
  const shared = SHARED.find((role) => role === values.role)
  if (shared === undefined && values.workers !== undefined) {
    throw new UsageError(`--workers can be used only with the roles ${SHARED.join(' and ')}`)
  }
  const usual = usualWorkers(availableParallelism(), config.partitions)
  const count = shared === undefined ? 1 : wholeOption('workers', values.workers, { usual, most: MOST_WORKERS })
  const end = untilSignal(count === 1 ? GRACE_MS : WORKERS_GRACE_MS)
  try {
    if (shared !== undefined && count > 1) return await runWorkers(config, shared, count, end.signaled)
    const platform = await openPlatform(config)
    const chosen = values.role === 'all' ? roles : [values.role as Role]
    await work(platform, chosen, end.signaled).finally(() => platform.close())
  } finally {
    end.ended()
  }
}

/** Applies the configuration once, then starts `count` worker processes. */
async function runWorkers(config: Config, role: Role, count: number, signaled: Promise<void>): Promise<void> {
  const platform = await openPlatform(config)
  await prepare(platform).finally(() => platform.close())
  // Workers have no port of their own: this process asks them and serves all metrics.
  const { CONFIG_DIR: _applied, ...given } = config.environment
  const env = { ...given, METRICS_PORT: 'off' }
  const args = ['run', '--role', role, '--workers', '1']
  const workers = Array.from({ length: count }, (_, index) =>
    startWorker(args, { ...env, ...instanceOf(config, index) }),
  )
  const { logger } = platform
  const port = await openWorkersPort(config, workers, platform)
  logger.info({ role, workers: count, metrics: port?.url }, 'started workers')
  await superviseWorkers(workers, signaled, logger).finally(() => port?.close())
}

/** Ends the workers if the port cannot be opened, because the command has failed then. */
async function openWorkersPort(config: Config, workers: readonly Worker[], { clock, logger, meter }: Platform) {
  const observed = observeWorkers(
    workers.flatMap(({ peer }) => peer ?? []),
    clock,
  )
  try {
    return await openMetricsPort(config, { contentType: meter.contentType, logger }, observed)
  } catch (error) {
    await superviseWorkers(workers, Promise.resolve(), logger).catch(() => undefined)
    throw error
  }
}

/** Each worker has its own static name in its consumer groups. */
function instanceOf({ kafka: { instanceId } }: Config, index: number): Readonly<Record<string, string>> {
  return instanceId === null ? {} : { KAFKA_INSTANCE_ID: `${instanceId}-${index}` }
}

async function work(platform: Platform, chosen: readonly Role[], signaled: Promise<void>): Promise<void> {
  let running: RunningRoles | undefined
  const { config, logger, meter } = platform
  const observed = observeProcess(platform, chosen, () => running)
  if (config.metrics !== null || process.connected) meter.countProcess()
  if (process.connected) answerParent(process, observed)
  const port = await openMetricsPort(config, { contentType: meter.contentType, logger }, observed)
  try {
    await prepare(platform)
    running = await startRoles(platform, chosen, { schedules: true })
    logger.info({ roles: chosen, api: running.api?.url, metrics: port?.url }, 'running')
    await signaled
    await running.close()
  } finally {
    await port?.close()
  }
}

/** Work to do once before the roles start. */
async function prepare(platform: Platform): Promise<void> {
  await refuseDataLoss(platform)
  const { configDir, environment } = platform.config
  if (configDir !== null) {
    const by = commandUser('CONFIG_DIR')
    await noted(by, { what: 'run', target: null }, async () => {
      const configuration = await loadConfiguration(configDir, environment, platform.systemTypes)
      // Nobody can decide here: documents changed elsewhere stay, with a warning at each start until the folder
      // contains them.
      const wanted = { configuration, reason: null, changedSince: 'keep' } as const
      const { kept } = await applyConfiguration(tableDeps(platform), by, wanted)
      for (const { kind, id, by: author, at } of kept) {
        platform.logger.warn(
          { kind, id, by: author, at },
          'keeping a document that was changed elsewhere since CONFIG_DIR was applied',
        )
      }
    })
  }
  await upgradeStored(platform)
}

/** Upgrades references that an earlier version stored. */
async function upgradeStored({ tables, config, clock, logger }: Platform): Promise<void> {
  const done = await upgradeReferences(tables, config.environment, new Date(clock.now()).toISOString())
  if (done.addresses.length + done.cleared.length + done.changes > 0) logger.warn(done, 'upgraded stored references')
  for (const what of done.unresolved)
    logger.error({ what }, 'cannot resolve the address of a system; set the variable or file that it refers to')
}

/**
 * Listens from the beginning, because a process may already handle records when it is signaled during its start
 * (Guarantee 10). A worker also ends when its channel to its parent process closes, which happens when the parent ends.
 */
function untilSignal(graceMs: number): { readonly signaled: Promise<void>; ended(): void } {
  const [signaled, ended] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const grace = closeWithGrace({ delay: graceMs, logger: false }, async ({ err }) => {
    if (err !== undefined) console.error(err)
    signaled.resolve()
    await ended.promise
  })
  if (process.connected) {
    process.once('disconnect', () => signaled.resolve())
    process.channel?.unref()
  }
  return {
    signaled: signaled.promise,
    ended() {
      ended.resolve()
      // A failed start sets its own exit code.
      grace.uninstall()
    },
  }
}
