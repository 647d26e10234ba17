import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Logger } from 'pino'
import type { Config } from '../config.ts'
import { StreamError } from '../errors.ts'
import type { MessagePeer } from './observe-workers.ts'

/** Beside this file: in a checkout a source, in the package compiled. */
const MAIN = fileURLToPath(new URL(import.meta.url.endsWith('.ts') ? 'main.ts' : 'main.js', import.meta.url))
/** After it, a worker that was asked to end is killed: longer than what is under way may take. */
export const KILL_AFTER_MS = 32_000

/** Below so many cores a second worker takes from the broker and the tables what it adds. */
const ENOUGH_CORES = 3

/** Workers of a role unless somebody says how many: one for each core, but no more than partitions of a topic. */
export function usualWorkers(cores: number, partitions: number): number {
  return cores < ENOUGH_CORES ? 1 : Math.min(cores, partitions)
}

/** How a worker ended; `error`: why it did not even start. */
export interface WorkerExit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly error?: Error
}

export interface Worker {
  readonly exited: Promise<WorkerExit>
  /** Asks it to finish what is under way and end. Asking again changes nothing. */
  end(): void
  kill(): void
  /** Whom it is asked through; absent: it was not started. */
  readonly peer?: MessagePeer
}

/** This program once more, as a worker: it ends when asked to, and when this process is gone. */
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

/** Too many processes are told by an event, too little memory is thrown. */
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

/** Never rejects: a worker that can't be started has ended, too. One that runs on after an error has not. */
export function exitOf(child: ChildProcess): Promise<WorkerExit> {
  return new Promise((resolve) => {
    child.on('error', (error) => {
      if (child.pid === undefined) resolve({ code: null, signal: null, error })
    })
    child.once('exit', (code, signal) => resolve({ code, signal }))
  })
}

/**
 * Resolves when all workers have ended because they were asked to. One that ends by itself ends the others too, and then it
 * rejects: whoever runs this starts it again, whole.
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
      logger.warn('workers did not end in time and are killed; their records are handed over again')
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
