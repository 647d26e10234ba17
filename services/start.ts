import { readFile, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { assertRoom, prepareFolder } from './data-folder.ts'
import { dockerWay } from './docker-way.ts'
import { jarWay } from './jar-way.ts'
import { acquireLock, type Lock, LockedError } from './lock.ts'
import { ADDRESS_VARIABLE, environmentOf, type ServiceName } from './names.ts'
import type { StartContext, StartedWay, Way } from './way.ts'

export type { ServiceName } from './names.ts'

type WayName = 'docker' | 'jars'

/**
 * Services that answer. `env`: addresses of all needed services; `how`: one line about how they were started and why.
 */
export interface BackingServices {
  readonly env: Readonly<Record<string, string>>
  readonly how: string
  /** Stops what was started here and resolves when it is gone. Servers named in the environment are left alone. */
  stop(): Promise<void>
}

export interface StartOptions {
  /** Folder of the servers' data and logs. One process at a time; the next start uses its content. */
  readonly dataDir: string
  readonly env: Readonly<Record<string, string | undefined>>
  /** Default: kafka, registry, dynamodb. */
  readonly needs?: readonly ServiceName[]
  /**
   * True: tables and schemas are lost when the servers stop, which makes them several times faster. Default: they are
   * stored.
   */
  readonly inMemory?: boolean
  readonly log?: (line: string) => void
  /** Aborted: stops what was begun, and the start rejects with its reason. */
  readonly signal?: AbortSignal
}

const WAYS: Readonly<Record<WayName, Way>> = { docker: dockerWay, jars: jarWay }

function forcedWay(env: StartOptions['env']): WayName | undefined {
  const value = env['SERVICES']
  if (value === undefined || value === '') return undefined
  if (value === 'docker' || value === 'jars') return value
  throw new Error(`SERVICES is "${value}": set it to docker or jars, or leave it out`)
}

async function lockData(dataDir: string): Promise<Lock> {
  await prepareFolder(dataDir)
  await assertRoom(dataDir)
  try {
    return await acquireLock(join(dataDir, 'services.lock'))
  } catch (error) {
    if (!(error instanceof LockedError)) throw error
    const message = `${dataDir} is in use by process ${error.pid}: stop that one first, or choose another data folder`
    throw new Error(message, { cause: error })
  }
}

/** How the data in the folder was written (Docker or jars): the other way would not find it. */
async function keptWay(dataDir: string): Promise<WayName | undefined> {
  const kept = await readFile(join(dataDir, 'way'), 'utf8').catch(() => undefined)
  return kept === 'docker' || kept === 'jars' ? kept : undefined
}

/** Data written one way is not visible the other way, which would start empty next to it. */
function otherWay(dataDir: string, kept: WayName, forced: WayName): Error {
  const writer = kept === 'docker' ? 'Docker' : 'Java'
  return new Error(
    `${dataDir} has data of ${writer}, which SERVICES=${forced} can't use: leave SERVICES out, set SERVICES=${kept}, ` +
      'or start over with npm start -- --fresh (npm run services -- --data another-folder)',
  )
}

function noWay(names: readonly ServiceName[], whys: ReadonlyMap<WayName, string>, untried: string): Error {
  const variables = names.map((name) => ADDRESS_VARIABLE[name]).join(', ')
  return new Error(
    [
      `${names.join(', ')} can't be started here. Three ways to fix it, each is enough:`,
      `  1. Use servers that already run: set ${variables}.`,
      `  2. Docker: ${whys.get('docker') ?? untried}. Start an engine that can pull images.`,
      `  3. Java 17 and Maven: ${whys.get('jars') ?? untried}. Install what is missing.`,
    ].join('\n'),
  )
}

interface Choice {
  readonly started: StartedWay
  readonly how: string
}

async function startByFirstWay(
  names: readonly ServiceName[],
  order: readonly WayName[],
  ways: Readonly<Record<WayName, Way>>,
  context: StartContext,
): Promise<Choice> {
  const whys = new Map<WayName, string>()
  for (const name of order) {
    context.signal.throwIfAborted()
    const way = await ways[name].open(names, context)
    if (!way.possible) {
      whys.set(name, way.why)
      continue
    }
    const started = await way.start()
    await writeFile(join(context.dataDir, 'way'), name)
    const place = name === 'docker' ? 'in Docker' : 'as jars'
    return { started, how: `${names.join(', ')} ${place}: ${[...whys.values(), way.because].join(', ')}` }
  }
  const reason = context.env['SERVICES']
    ? 'SERVICES names the other way'
    : `${context.dataDir} has data of the other way`
  throw noWay(names, whys, `not tried, for ${reason}`)
}

async function startMissing(names: readonly ServiceName[], options: StartOptions, ways: typeof WAYS): Promise<Choice> {
  const { env, inMemory = false, log = () => undefined, signal = new AbortController().signal } = options
  const forced = forcedWay(env)
  const dataDir = resolve(options.dataDir)
  const lock = await lockData(dataDir)
  try {
    const kept = await keptWay(dataDir)
    if (forced !== undefined && kept !== undefined && forced !== kept) throw otherWay(dataDir, kept, forced)
    const order: readonly WayName[] = forced ? [forced] : kept ? [kept] : ['docker', 'jars']
    const { started, how } = await startByFirstWay(names, order, ways, { dataDir, inMemory, env, log, signal, lock })
    const stop = async () => {
      await started.stop()
      await lock.release()
    }
    return { started: { addresses: started.addresses, stop }, how }
  } catch (error) {
    await lock.release()
    throw error
  }
}

/**
 * Makes the backing services available and resolves when each of them answers. Per service, an address in the
 * environment comes first; the rest is started with Docker if an engine answers, otherwise from jars (`SERVICES` forces
 * one). They stop with `stop`, with a failed start, and with this process, however it ends. Rejects with one message
 * for people.
 */
export async function startServices(options: StartOptions, ways: typeof WAYS = WAYS): Promise<BackingServices> {
  const { env, needs = ['kafka', 'registry', 'dynamodb'] } = options
  const given = needs.filter((name) => env[ADDRESS_VARIABLE[name]])
  const missing = needs.filter((name) => !given.includes(name))
  const fromEnv = Object.fromEntries(given.map((name) => [ADDRESS_VARIABLE[name], env[ADDRESS_VARIABLE[name]] ?? '']))
  const named = given.map((name) => `${name} from ${ADDRESS_VARIABLE[name]}`)
  if (missing.length === 0) return { env: fromEnv, how: named.join(', '), stop: async () => undefined }
  const { started, how } = await startMissing(missing, options, ways)
  let stopped: Promise<void> | undefined
  return {
    env: { ...fromEnv, ...environmentOf(started.addresses, env) },
    how: [...named, how].join('; '),
    stop: () => (stopped ??= started.stop()),
  }
}
