import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

/** One server to run: its command line, its environment, and the file for its output. */
export interface ServerProcess {
  readonly id: string
  readonly command: string
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly cwd: string
  readonly logFile: string
}

/**
 * A running server. `exited` resolves, and never rejects, with the reason in words and the exit code, if it had one.
 */
export interface RunningServer {
  readonly pid: number
  readonly exited: Promise<{ readonly reason: string; readonly code: number | undefined }>
}

/**
 * The process that owns the servers. It stops them on `stop`, and by itself when this process is gone, even by SIGKILL.
 */
export interface Supervisor {
  readonly pid: number
  run(server: ServerProcess): Promise<RunningServer>
  stop(): Promise<void>
}

interface Report {
  readonly id: string
  readonly pid?: number
  readonly exited?: string
  readonly code?: number | null
}

type Exit = { readonly reason: string; readonly code: number | undefined }

interface Entry {
  readonly spawned: PromiseWithResolvers<number>
  readonly exited: PromiseWithResolvers<Exit>
}

function handle(entry: Entry, id: string, report: Report): void {
  if (report.pid !== undefined) entry.spawned.resolve(report.pid)
  if (report.exited === undefined) return
  entry.spawned.reject(new Error(`${id} could not be run: ${report.exited}`))
  entry.exited.resolve({ reason: report.exited, code: report.code ?? undefined })
}

/**
 * Starts the supervisor in its own session: Ctrl-C in the terminal reaches only this process, which can finish its work
 * with the servers before it stops them.
 */
export async function startSupervisor(): Promise<Supervisor> {
  const child = spawn(process.execPath, [fileURLToPath(new URL('supervisor.mjs', import.meta.url))], {
    detached: true,
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const entries = new Map<string, Entry>()
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  await new Promise<void>((resolve, reject) => child.once('spawn', resolve).once('error', reject))
  child.stdin.on('error', () => child.kill())
  createInterface({ input: child.stdout }).on('line', (line) => {
    const report = JSON.parse(line) as Report
    const entry = entries.get(report.id)
    if (entry !== undefined) handle(entry, report.id, report)
  })
  child.once('exit', () => {
    for (const [id, entry] of entries) handle(entry, id, { id, exited: 'the supervisor ended' })
  })
  return {
    pid: child.pid ?? 0,
    async run(server) {
      const entry: Entry = { spawned: Promise.withResolvers(), exited: Promise.withResolvers() }
      entries.set(server.id, entry)
      child.stdin.write(`${JSON.stringify(server)}\n`)
      return { pid: await entry.spawned.promise, exited: entry.exited.promise }
    },
    async stop() {
      child.stdin.end()
      await gone
    },
  }
}
