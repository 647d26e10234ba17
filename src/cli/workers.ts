import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Logger } from 'pino'
import type { Config } from '../config.ts'
import { StreamError } from '../errors.ts'
import type { MessagePeer } from './observe-workers.ts'

/** Next to this file: TypeScript in a checkout, JavaScript in the package. */
const MAIN = fileURLToPath(new URL(import.meta.url.endsWith('.ts') ? 'main.ts' : 'main.js', import.meta.url))
/** Time after which a worker that should end is killed; longer than the work in progress may take. */
export const KILL_AFTER_MS = 32_000

/** With fewer cores, a second worker only competes with the broker and the tables for CPU. */
const ENOUGH_CORES = 3

/** Default number of workers of a role: one per core, at most one per partition. */
export function usualWorkers(cores: number, partitions: number): number {
  return cores < ENOUGH_CORES ? 1 : Math.min(cores, partitions)
}

/** How a worker ended; `error`: why it did not start. */
export interface WorkerExit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly error?: Error
}

export interface Worker {
  readonly exited: Promise<WorkerExit>
  /** Asks it to finish the work in progress and end. Repeatable. */
  end(): void
  kill(): void
  /** Channel for questions; absent: the worker was not started. */
  readonly peer?: MessagePeer
}

/** Starts this program again as a worker, which ends on request and when this process is gone. */
export function startWorker(args: readonly string[], env: Config['environment']): Worker {
  const child = forked(args, env)
  if (child instanceof Error) return unstarted(child)
  return {
    exited: exitOf(child),
    end: () => {
      if (child.connected) child.disconnect()
    },
    kill: () => void child.kill('SIGKILL'),
    peer: child,
  }
}

/** With too many processes, `fork` emits an error event; with too little memory, it throws. */
function forked(args: readonly string[], env: Config['environment']): ChildProcess | Error {
  try {
    return fork(MAIN, args, { env: { ...env }, stdio: 'inherit' })
  } catch (thrown) {
    return thrown instanceof Error ? thrown : new Error(String(thrown))
  }
}

function unstarted(error: Error): Worker {
  return { exited: Promise.resolve({ code: null, signal: null, error }), end: () => undefined, kill: () => undefined }
}

/** Never rejects. A worker that cannot be started counts as ended; one that continues after an error does not. */
export function exitOf(child: ChildProcess): Promise<WorkerExit> {
  return new Promise((resolve) => {
    child.on('error', (error) => {
      if (child.pid === undefined) resolve({ code: null, signal: null, error })
    })
    child.once('exit', (code, signal) => resolve({ code, signal }))
  })
}

/**
 * Resolves when all workers have ended on request. If a worker ends by itself, ends the others too and rejects, so that
 * the whole command is restarted.
 */
export async function superviseWorkers(
  workers: readonly Worker[],
  signaled: Promise<void>,
  logger: Pick<Logger, 'error' | 'warn'>,
  killAfterMs = KILL_AFTER_MS,
): Promise<void> {
  let asked = false
  let failure: StreamError | undefined
  let killing: NodeJS.Timeout | undefined
  const endAll = () => {
    for (const worker of workers) worker.end()
    killing ??= setTimeout(() => {
      logger.warn('killing workers that did not end in time; their records are redelivered')
      for (const worker of workers) worker.kill()
    }, killAfterMs)
  }
  void signaled.then(() => {
    asked = true
    endAll()
  })
  await Promise.all(
    workers.map(async ({ exited }) => {
      const exit = await exited
      if (exit.code === 0 && asked) return
      failure ??= endedError(exit)
      endAll()
    }),
  )
  clearTimeout(killing)
  if (failure !== undefined) throw failure
}

function endedError({ code, signal, error }: WorkerExit): StreamError {
  if (error === undefined) return new StreamError('unexpected', `a worker ended with ${signal ?? `code ${code}`}`)
  return new StreamError('unexpected', `a worker could not be started: ${error.message}`, { cause: error })
}
