import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Logger } from 'pino'
import type { Config } from '../config.ts'
import { StreamError } from '../errors.ts'

const MAIN = fileURLToPath(new URL('main.ts', import.meta.url))
/** After it, a worker that was asked to end is killed: longer than what is under way may take. */
export const KILL_AFTER_MS = 32_000

/** Below so many cores a second worker takes from the broker and the tables what it adds. */
const ENOUGH_CORES = 3

/** Workers of a role unless somebody says how many: one for each core, but no more than partitions of a topic. */
export function usualWorkers(cores: number, partitions: number): number {
  return cores < ENOUGH_CORES ? 1 : Math.min(cores, partitions)
}

export interface Worker {
  readonly exited: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>
  /** Asks it to finish what is under way and end. Asking again changes nothing. */
  end(): void
  kill(): void
}

/** This program once more, as a worker: it ends when asked to, and when this process is gone. */
export function startWorker(args: readonly string[], env: Config['environment']): Worker {
  const child = fork(MAIN, args, { env: { ...env }, stdio: 'inherit' })
  return {
    exited: exitOf(child),
    end: () => {
      if (child.connected) child.disconnect()
    },
    kill: () => void child.kill('SIGKILL'),
  }
}

function exitOf(child: ChildProcess): Worker['exited'] {
  return new Promise((resolve, reject) => {
    child.once('error', reject)
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
      const { code, signal } = await exited
      if (code === 0 && asked) return
      failure ??= new StreamError('unexpected', `a worker ended with ${signal ?? `code ${code}`}`)
      endAll()
    }),
  )
  clearTimeout(killing)
  if (failure !== undefined) throw failure
}
