import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'

export interface WorkerOptions {
  readonly env: Readonly<Record<string, string | undefined>>
  /** Folder for a CPU profile; none is taken when absent. */
  readonly profile?: string | undefined
  readonly flags?: readonly string[]
  readonly onMessage: (message: unknown, child: ChildProcess) => void
  /** Aborted: the process is asked to end. */
  readonly signal: AbortSignal
}

/** Runs a program of this folder in a process of its own until it has ended; rejects when it failed. */
export function runWorker(program: string, argument: unknown, options: WorkerOptions): Promise<void> {
  const { env, profile, flags = [], onMessage, signal } = options
  const child = fork(fileURLToPath(new URL(program, import.meta.url)), [JSON.stringify(argument)], {
    env: { ...env },
    execArgv: [...flags, ...(profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profile}`])],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  child.on('message', (message) => onMessage(message, child))
  signal.addEventListener('abort', () => child.kill('SIGTERM'), { once: true })
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code, end) => {
      if (code === 0) resolve()
      else reject(new Error(`${program} ended with ${end ?? `code ${code}`}`))
    })
  })
}
