import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { JAR_SERVERS, type JarServer, type JavaProgram } from './jar-servers.ts'
import { ensureJars, missingJars } from './jars.ts'
import { findJava, findMaven } from './java.ts'
import type { Address, ServiceName } from './names.ts'
import { type ReservedPort, reservePort } from './ports.ts'
import { untilReady } from './ready.ts'
import { logTail, serverLog } from './server-log.ts'
import { type RunningServer, type Supervisor, startSupervisor } from './supervisor.ts'
import type { StartContext, StartedWay, Way } from './way.ts'

const HOST = '127.0.0.1'

interface JarRun extends StartContext {
  readonly java: string
  readonly jars: string
  readonly supervisor: Supervisor
  readonly ports: ReservedPort[]
}

async function runProgram(run: JarRun, id: string, program: JavaProgram, cwd: string): Promise<RunningServer> {
  const logFile = serverLog(run.dataDir, id)
  await writeFile(logFile, '')
  const inherited = Object.entries(run.env).filter((entry): entry is [string, string] => entry[1] !== undefined)
  const env = { ...Object.fromEntries(inherited), ...program.env }
  const server = await run.supervisor.run({ id, command: run.java, args: program.args, env, cwd, logFile })
  await run.lock.add(server.pid)
  return server
}

async function prepareData(run: JarRun, name: ServiceName, { prepare }: JarServer, dataDir: string): Promise<void> {
  if (prepare === undefined || existsSync(prepare.unless)) return
  const id = `${name}-prepare`
  const { exited } = await runProgram(run, id, prepare.program, dataDir)
  const { code, reason } = await exited
  if (code !== 0)
    throw new Error(`preparing its data ended with ${reason}; ${await logTail(serverLog(run.dataDir, id))}`)
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
  const server = JAR_SERVERS[name]({ jars: join(run.jars, name), dataDir, inMemory: run.inMemory, port, innerPort })
  for (const [file, text] of Object.entries(server.files)) await writeFile(file, text)
  await prepareData(run, name, server, dataDir)
  const { exited } = await runProgram(run, name, server.program, dataDir)
  const failed = exited.then(async ({ reason }): Promise<never> => {
    throw new Error(`it ended with ${reason}; ${await logTail(serverLog(run.dataDir, name))}`)
  })
  await untilReady(name, HOST, port, { signal: run.signal, failed })
  failed.catch(() => undefined) // after the start its users notice
  return { name, host: HOST, port }
}

async function startTold(run: JarRun, name: ServiceName): Promise<Address> {
  const began = Date.now()
  try {
    const address = await startServer(run, name)
    run.log(`${name} ready on ${HOST}:${address.port} after ${((Date.now() - began) / 1000).toFixed(1)} s`)
    return address
  } catch (error) {
    run.signal.throwIfAborted()
    throw new Error(`${name} did not start: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    })
  }
}

/** Starts these services side by side. When one fails, the others are ended again. */
async function startJars(names: readonly ServiceName[], java: string, context: StartContext): Promise<StartedWay> {
  const jars = await ensureJars(names, context)
  await mkdir(join(context.dataDir, 'log'), { recursive: true })
  const failure = new AbortController()
  const signal = AbortSignal.any([context.signal, failure.signal])
  const supervisor = await startSupervisor()
  const ports: ReservedPort[] = []
  const stop = async () => {
    await supervisor.stop()
    for (const port of ports.splice(0)) port.release()
  }
  try {
    await context.lock.add(supervisor.pid)
    const run = { ...context, signal, java, jars, supervisor, ports }
    const starts = names.map((name) => startTold(run, name))
    for (const start of starts) start.catch((error: unknown) => failure.abort(error))
    return { addresses: await Promise.all(starts), stop }
  } catch (error) {
    await stop()
    throw error
  }
}

/** The real servers as Java programs, their jars fetched by Maven once. */
export const jarWay: Way = {
  async open(names, context) {
    const java = await findJava(context.env)
    if (java.why !== undefined) return { possible: false, why: java.why }
    if ((await missingJars(names, context.env)).length > 0) {
      const maven = await findMaven(context.env)
      if (maven.why !== undefined) return { possible: false, why: `the jars are not fetched yet, and ${maven.why}` }
    }
    return { possible: true, because: 'Java is there', start: () => startJars(names, java.command, context) }
  },
}
