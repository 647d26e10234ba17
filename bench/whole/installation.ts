import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { demoEnvironment, demoNetworks } from '../../demo/endpoints.ts'
import { readOptions } from '../../demo/options.ts'
import { type SimulatorAddresses, startSimulators } from '../../demo/simulators.ts'
import { applyConfiguration } from '../../src/configuration/apply-configuration.ts'
import { loadConfiguration } from '../../src/configuration/load-configuration.ts'
import type { Configuration } from '../../src/configuration/model.ts'
import { systemTypes } from '../../src/systems/systems.ts'
import { startFaultProxy } from '../../test/worlds/fault-proxy.ts'
import { type BenchServers, openServers } from '../servers.ts'

/** The product as `npm start` runs it: simulators, and every role in one process of its own. */
export interface Installation {
  readonly api: string
  /** Its own topics and tables. */
  readonly servers: BenchServers
  readonly simulators: SimulatorAddresses
  /** Of the roles, so far. */
  cpuSeconds(): Promise<number>
  /** Requests by which rows were read of DynamoDB, so far. */
  tableReads(): number
  close(): Promise<void>
}

export interface InstallationOptions {
  /** Orders that the shop has at the beginning. */
  readonly orders: number
  /** Product export of the shop; undefined: the one that comes along. */
  readonly catalog?: string
  readonly schedules: boolean
  /** What is run, made of the configuration of `npm start`. */
  readonly configure: (demo: Configuration) => Configuration
  readonly log: (line: string) => void
  readonly signal: AbortSignal
}

const DEMO = fileURLToPath(new URL('../../config/demo', import.meta.url))
const CHILD = fileURLToPath(new URL('roles-child.ts', import.meta.url))
const READS = ['GetItem', 'BatchGetItem', 'Query', 'Scan', 'TransactGetItems']

export async function openInstallation(servers: BenchServers, options: InstallationOptions): Promise<Installation> {
  const { log, signal } = options
  const folder = await mkdtemp(join(tmpdir(), 'waldstream-bench-'))
  const closers = [() => rm(folder, { recursive: true, force: true })]
  const close = async () => {
    for (let end = closers.pop(); end !== undefined; end = closers.pop()) await end()
  }
  try {
    const catalog = options.catalog === undefined ? [] : ['--catalog', options.catalog]
    const demo = readOptions(['--orders', String(options.orders), '--once', ...catalog])
    if (demo === null) throw new Error('the options of the demo are none')
    const simulators = await startSimulators({ ...demo, dataDir: folder }, signal)
    closers.push(() => simulators.stop())
    const { addresses } = simulators
    const own = await openServers(log, signal, {
      ...servers.env,
      API_PORT: '0',
      API_REQUESTS_PER_MINUTE: '10000000',
      ...demoEnvironment(demo, addresses),
      ...demoNetworks({}, addresses),
    })
    closers.push(() => own.close())
    const { platform } = own
    const configuration = options.configure(await loadConfiguration(DEMO, platform.config.environment, systemTypes))
    await platform.createTopics(configuration.systems)
    await applyConfiguration(platform.tables, configuration)
    const proxy = await startFaultProxy(own.env['DYNAMODB_ENDPOINT'] ?? '')
    closers.push(() => proxy.close())
    const child = fork(CHILD, [options.schedules ? 'schedules' : 'requests'], {
      env: { ...own.env, DYNAMODB_ENDPOINT: proxy.url, SECRET_ENV_NAMES: secretNames(configuration) },
    })
    const exited = once(child, 'exit')
    closers.push(async () => {
      if (child.connected) child.disconnect()
      await exited
    })
    const failed = exited.then(([code]): never => {
      throw new Error(`the roles ended with ${code}`)
    })
    failed.catch(() => undefined)
    const answer = async <T>(): Promise<T> => {
      const [said] = (await Promise.race([once(child, 'message'), failed])) as [T]
      return said
    }
    const api = await answer<string>()
    return {
      api,
      servers: own,
      simulators: addresses,
      async cpuSeconds() {
        child.send('cpu')
        return await answer<number>()
      },
      tableReads: () => proxy.seen.filter((action) => READS.includes(action)).length,
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

/** The variables that each system names: the roles take a variable for none that it was not given to. */
function secretNames({ systems }: Configuration): string {
  const given = systems.flatMap(({ id, secrets }) =>
    Object.values(secrets).flatMap((reference) =>
      reference.startsWith('env:') ? [`${id}=${reference.slice('env:'.length)}`] : [],
    ),
  )
  return given.join(',')
}
