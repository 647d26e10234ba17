import { dirname, join } from 'node:path'
import { prepareFolder } from '../services/data-folder.ts'
import { acquireLock, DamagedLockError, LockedError } from '../services/lock.ts'
import { startServices } from '../services/start.ts'
import { checkAddress } from '../src/api/access.ts'
import { configFromEnvironment, processEnvironment } from '../src/config.ts'
import { StreamError } from '../src/errors.ts'
import { assertFree } from './assert-free.ts'
import { assertOwnShell } from './demo-files.ts'
import type { Ending } from './ending.ts'
import type { DemoOptions } from './options.ts'
import type { Progress } from './progress.ts'
import { startSimulators } from './simulators.ts'

/** What the environment says wrongly is told before anything starts; what it leaves out is started. */
export async function checkEnvironment(): Promise<void> {
  const env = processEnvironment()
  assertOwnShell(env)
  const later = (name: string): string => env[name]?.trim() || 'later'
  const { api, metrics } = configFromEnvironment({
    KAFKA_BROKERS: later('KAFKA_BROKERS'),
    SCHEMA_REGISTRY_URL: later('SCHEMA_REGISTRY_URL'),
    ...(env['AWS_REGION'] ? {} : { DYNAMODB_ENDPOINT: later('DYNAMODB_ENDPOINT') }),
  })
  checkAddress(api.host, api.token !== null || api.oidc !== null)
  await assertFree(api, { host: 'API_HOST', port: 'API_PORT' })
  if (metrics !== null) await assertFree(metrics, { host: 'METRICS_HOST', port: 'METRICS_PORT' })
}

/** One at a time on the same data; the lock lies beside the folder, which --fresh removes. */
export async function lockData(options: Pick<DemoOptions, 'dataDir'>, ending: Ending): Promise<void> {
  await prepareFolder(dirname(options.dataDir)).catch((error: unknown) => {
    throw new StreamError('configuration_invalid', messageOf(error), { cause: error })
  })
  try {
    const lock = await acquireLock(`${options.dataDir}.lock`)
    ending.add(() => lock.release())
  } catch (error) {
    if (error instanceof DamagedLockError) {
      throw new StreamError('state_conflict', error.message, { cause: error })
    }
    if (!(error instanceof LockedError)) throw error
    const message = `process ${error.pid} already runs on this data (${options.dataDir}): end it first, or choose another --seed`
    throw new StreamError('state_conflict', message, { cause: error })
  }
}

/** Services and simulators side by side. When one of them can't start, the other is ended too. */
export async function startAround(options: DemoOptions, progress: Progress, ending: Ending, signal: AbortSignal) {
  const dataDir = join(options.dataDir, 'services')
  const failed = new AbortController()
  const abort = AbortSignal.any([signal, failed.signal])
  const starting = [
    startServices({ dataDir, env: processEnvironment(), log: progress.line, signal: abort }).then((services) => {
      ending.add(() => services.stop())
      return services
    }),
    startSimulators(options, abort).then((simulators) => {
      ending.add(() => simulators.stop())
      return simulators
    }),
  ] as const
  try {
    const [services, simulators] = await Promise.all(starting)
    return { services, simulators }
  } catch (error) {
    failed.abort()
    await Promise.allSettled(starting)
    if (error instanceof StreamError) throw error
    const isInUse = error instanceof Error && error.cause instanceof LockedError
    throw new StreamError(isInUse ? 'state_conflict' : 'services_missing', messageOf(error), { cause: error })
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
