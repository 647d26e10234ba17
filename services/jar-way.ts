import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { JAR_SERVERS, type JarServer, type JavaProgram } from './jar-servers.ts'
import { ensureJars, missingJars } from './jars.ts'
import { findJava, findMaven, hasCompiler } from './java.ts'
import type { Address, ServiceName } from './names.ts'
import { type ReservedPort, reservePort } from './ports.ts'
import { untilReady } from './ready.ts'
import { serverLog } from './server-log.ts'
import { type RunningServer, type Supervisor, startSupervisor } from './supervisor.ts'
import type { StartContext, StartedWay, Way } from './way.ts'
import { isFull, type ServerPlace, watchDisk, whyEnded } from './why-ended.ts'

const HOST = '127.0.0.1'

interface JarRun extends StartContext {
  readonly java: string
  readonly compiles: boolean
  readonly jars: string
  readonly supervisor: Supervisor
  readonly ports: ReservedPort[]
  /** Aborted when the servers must stop: a server that ends then is not restarted. */
  readonly ending: AbortSignal
}

async function runProgram(run: JarRun, id: string, program: JavaProgram, cwd: string): Promise<RunningServer> {
  const logFile = serverLog(run.dataDir, id)
  const inherited = Object.entries(run.env).filter((entry): entry is [string, string] => entry[1] !== undefined)
  const env = { ...Object.fromEntries(inherited), ...program.env }
  const server = await run.supervisor.run({ id, command: run.java, args: program.args, env, cwd, logFile })
  await run.lock.add(server.pid)
  return server
}

async function prepareData(run: JarRun, name: ServiceName, { prepare }: JarServer, dataDir: string): Promise<void> {
  if (prepare === undefined || existsSync(prepare.unless)) return
  const id = `${name}-prepare`
  const logFile = serverLog(run.dataDir, id)
  await writeFile(logFile, '')
  const { exited } = await runProgram(run, id, prepare.program, dataDir)
  const { code, reason } = await exited
  if (code !== 0) throw new Error(await whyEnded({ dataDir, logFile }, `preparing its data ended with ${reason}`))
}

async function takePort(run: JarRun): Promise<number> {
  const reserved = await reservePort()
  run.ports.push(reserved)
  return reserved.port
}

async function startServer(run: JarRun, name: ServiceName): Promise<Address> {
  const dataDir = join(run.dataDir, name)
  await mkdir(dataDir, { recursive: true })
  const [port, innerPort] = [await takePort(run), await takePort(run)]
  const { inMemory, compiles } = run
  const server = JAR_SERVERS[name]({ jars: join(run.jars, name), dataDir, inMemory, port, innerPort, compiles })
  for (const [file, text] of Object.entries(server.files)) await writeFile(file, text)
  await prepareData(run, name, server, dataDir)
  const logFile = serverLog(run.dataDir, name)
  await writeFile(logFile, '')
  const kept: KeptServer = { name, port, program: server.program, dataDir, logFile }
  void keepRunning(run, kept, await startProgram(run, kept, run.signal))
  return { name, host: HOST, port }
}

/** A server that is restarted when it ends. */
interface KeptServer extends ServerPlace {
  readonly name: ServiceName
  readonly port: number
  readonly program: JavaProgram
}

/** Resolves when it answers; rejects with one sentence. */
async function startProgram(run: JarRun, server: KeptServer, signal: AbortSignal): Promise<RunningServer> {
  const { name, port, program, dataDir } = server
  const running = await runProgram(run, name, program, dataDir)
  const failed = running.exited.then(({ reason }): never => {
    throw new Error(`it ended with ${reason}`)
  })
  failed.catch(() => undefined)
  try {
    await untilReady(name, HOST, port, { signal, failed })
    return running
  } catch (error) {
    signal.throwIfAborted()
    end(running)
    throw new Error(await whyEnded(server, messageOf(error)), { cause: error })
  }
}

/** A server that answers wrongly must be stopped, because it holds its port and files. */
function end({ pid }: RunningServer): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It has ended.
  }
}

/** Reports a server that ends at once, and restarts it on the same port and data as soon as possible. */
async function keepRunning(run: JarRun, server: KeptServer, first: RunningServer): Promise<void> {
  const { name } = server
  for (let running = first; ; ) {
    const { reason } = await running.exited
    if (run.ending.aborted) return
    const why = await whyEnded(server, `it ended with ${reason}`)
    run.log(`${name} has ended: ${why}; restarting it as soon as possible`)
    const again = await startAgain(run, server)
    if (again === undefined) return
    run.log(`${name} is running again`)
    running = again
  }
}

/** Milliseconds. */
const AGAIN = { firstMs: 1_000, longestMs: 20_000 }

/** Undefined: the servers must stop. */
async function startAgain(run: JarRun, server: KeptServer): Promise<RunningServer | undefined> {
  let told = ''
  for (let waitMs = AGAIN.firstMs; ; waitMs = Math.min(AGAIN.longestMs, waitMs * 2)) {
    await delay(waitMs, undefined, { signal: run.ending }).catch(() => undefined)
    if (run.ending.aborted) return undefined
    if (await isFull(server.dataDir)) continue
    try {
      await writeFile(server.logFile, '')
      return await startProgram(run, server, run.ending)
    } catch (error) {
      if (run.ending.aborted) return undefined
      const why = messageOf(error)
      if (why !== told) run.log(`${server.name} can't be started again yet: ${why}`)
      told = why
    }
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

async function startTold(run: JarRun, name: ServiceName): Promise<Address> {
  const began = Date.now()
  try {
    const address = await startServer(run, name)
    run.log(`${name} ready on ${HOST}:${address.port} after ${((Date.now() - began) / 1000).toFixed(1)} s`)
    return address
  } catch (error) {
    run.signal.throwIfAborted()
    throw new Error(`${name} did not start: ${messageOf(error)}`, { cause: error })
  }
}

const EVERYWHERE =
  'dynamodb listens on all addresses of this machine: limiting it to 127.0.0.1 needs a Java compiler (install a JDK)'

/** Starts these services in parallel. If one fails, the others are stopped again. */
async function startJars(names: readonly ServiceName[], java: string, context: StartContext): Promise<StartedWay> {
  const compiles = await hasCompiler(java, context.env)
  const jars = await ensureJars(names, context)
  await mkdir(join(context.dataDir, 'log'), { recursive: true })
  const [failure, ending] = [new AbortController(), new AbortController()]
  const signal = AbortSignal.any([context.signal, failure.signal])
  const supervisor = await startSupervisor()
  const ports: ReservedPort[] = []
  const stop = async () => {
    ending.abort()
    await supervisor.stop()
    for (const port of ports.splice(0)) port.release()
  }
  try {
    await context.lock.add(supervisor.pid)
    const run = { ...context, signal, java, compiles, jars, supervisor, ports, ending: ending.signal }
    void watchDisk(context.dataDir, context.log, ending.signal)
    if (!compiles && names.includes('dynamodb')) context.log(EVERYWHERE)
    const starts = names.map((name) => startTold(run, name))
    for (const start of starts) start.catch((error: unknown) => failure.abort(error))
    return { addresses: await Promise.all(starts), stop }
  } catch (error) {
    await stop()
    throw error
  }
}

/** Runs the real servers as Java programs; Maven downloads their jars once. */
export const jarWay: Way = {
  async open(names, context) {
    const java = await findJava(context.env)
    if (java.why !== undefined) return { possible: false, why: java.why }
    if ((await missingJars(names, context.env)).length > 0) {
      const maven = await findMaven(context.env)
      if (maven.why !== undefined) return { possible: false, why: `the jars are not fetched yet, and ${maven.why}` }
    }
    return { possible: true, because: 'Java is available', start: () => startJars(names, java.command, context) }
  },
}
