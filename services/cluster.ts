import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { JAR_SERVERS, type JarServer, kafka } from './jar-servers.ts'
import { ensureJars } from './jars.ts'
import { findJava, hasCompiler } from './java.ts'
import { environmentOf, type ServiceName } from './names.ts'
import { reservePort } from './ports.ts'
import { untilReady } from './ready.ts'
import { logTail, serverLog } from './server-log.ts'
import { type RunningServer, startSupervisor } from './supervisor.ts'

/** A server that can be stopped and started again, on the same port and data. */
export interface ClusterServer {
  readonly name: string
  readonly port: number
  /** Resolves when it answers. */
  start(): Promise<void>
  /** Stops it, gracefully with `SIGTERM`, at once with `SIGKILL`; resolves when it is gone. */
  end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void>
}

export interface Cluster {
  /** Brokers that replicate each other's data, a registry and DynamoDB Local, as `KAFKA_BROKERS` and so on. */
  readonly env: Readonly<Record<string, string>>
  readonly brokers: readonly ClusterServer[]
  readonly registry: ClusterServer
  readonly dynamodb: ClusterServer
  stop(): Promise<void>
}

export interface ClusterOptions {
  readonly dataDir: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly brokers: number
  readonly log: (line: string) => void
}

const HOST = '127.0.0.1'

/**
 * Several brokers of one cluster as Java programs, for tests in which one of them, or another server, is down. Resolves
 * when all of them answer. They end with `stop` and with this process.
 */
export async function startCluster(options: ClusterOptions): Promise<Cluster> {
  const java = await findJava(options.env)
  if (java.why !== undefined) throw new Error(`a cluster needs Java: ${java.why}`)
  const signal = new AbortController().signal
  const jars = await ensureJars(['kafka', 'registry', 'dynamodb'], { env: options.env, log: options.log, signal })
  await mkdir(join(options.dataDir, 'log'), { recursive: true })
  const supervisor = await startSupervisor()
  const numbers = Array.from({ length: options.brokers }, (_, index) => index + 1)
  const inner = await Promise.all(numbers.map(reservePort))
  const outer = await Promise.all([...numbers, 'registry', 'dynamodb'].map(reservePort))
  const run = {
    ...options,
    java: java.command,
    compiles: await hasCompiler(java.command, options.env),
    jars,
    supervisor,
    signal,
  }
  const server = (name: ServiceName, id: string, index: number, more: Partial<Place> = {}) =>
    clusterServer({ ...run, name, id, port: outer[index]?.port ?? 0, ...more })
  const controllers = inner.map(({ port }) => `${HOST}:${port}`)
  const brokers = numbers.map((id, index) =>
    server('kafka', `kafka-${id}`, index, { innerPort: inner[index]?.port ?? 0, member: { id, controllers } }),
  )
  const [registry, dynamodb] = [
    server('registry', 'registry', numbers.length),
    server('dynamodb', 'dynamodb', numbers.length + 1),
  ]
  const stop = async () => {
    await supervisor.stop()
    for (const port of [...inner, ...outer]) port.release()
  }
  try {
    await Promise.all([...brokers, registry, dynamodb].map((one) => one.start()))
  } catch (error) {
    await stop()
    throw error
  }
  const address = (name: ServiceName, { port }: ClusterServer) => ({ name, host: HOST, port })
  const others = environmentOf([address('registry', registry), address('dynamodb', dynamodb)], options.env)
  const env = { ...others, KAFKA_BROKERS: brokers.map(({ port }) => `${HOST}:${port}`).join(',') }
  return { env, brokers, registry, dynamodb, stop }
}

interface Place extends ClusterOptions {
  readonly java: string
  readonly compiles: boolean
  readonly jars: string
  readonly supervisor: Awaited<ReturnType<typeof startSupervisor>>
  readonly signal: AbortSignal
  readonly name: ServiceName
  readonly id: string
  readonly port: number
  readonly innerPort?: number
  readonly member?: { readonly id: number; readonly controllers: readonly string[] }
}

function clusterServer(place: Place): ClusterServer {
  const { name, id, port, signal } = place
  const dataDir = join(place.dataDir, id)
  const { compiles, innerPort = 0 } = place
  const jarPlace = { jars: join(place.jars, name), dataDir, inMemory: false, port, innerPort, compiles }
  const server = name === 'kafka' ? kafka(jarPlace, place.member) : JAR_SERVERS[name](jarPlace)
  let running: RunningServer | undefined
  return {
    name: id,
    port,
    async start() {
      await prepare(place, server, dataDir)
      running = await runProgram(place, id, server.program, dataDir)
      const failed = running.exited.then(async ({ reason }): Promise<never> => {
        throw new Error(`${id} ended with ${reason}; ${await logTail(serverLog(place.dataDir, id))}`)
      })
      failed.catch(() => undefined)
      await untilReady(name, HOST, port, { signal, failed })
    },
    async end(how) {
      if (running === undefined) return
      process.kill(running.pid, how)
      await running.exited
      running = undefined
    },
  }
}

async function prepare(place: Place, { files, prepare: first }: JarServer, dataDir: string): Promise<void> {
  await mkdir(dataDir, { recursive: true })
  for (const [file, text] of Object.entries(files)) await writeFile(file, text)
  if (first === undefined || existsSync(first.unless)) return
  const { code, reason } = await (await runProgram(place, `${place.id}-prepare`, first.program, dataDir)).exited
  if (code !== 0) throw new Error(`preparing the data of ${place.id} ended with ${reason}`)
}

async function runProgram(place: Place, id: string, program: JarServer['program'], cwd: string) {
  const inherited = Object.entries(place.env).filter((entry): entry is [string, string] => entry[1] !== undefined)
  const env = { ...Object.fromEntries(inherited), ...program.env }
  const logFile = serverLog(place.dataDir, id)
  return await place.supervisor.run({ id, command: place.java, args: program.args, env, cwd, logFile })
}
