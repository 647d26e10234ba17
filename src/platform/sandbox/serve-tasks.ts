import { type MessagePort, parentPort, workerData } from 'node:worker_threads'
import { lockDown } from './lock-down.ts'

/** Data that the sandbox passes to a worker at start. */
export interface WorkerStart {
  /** Two numbers: the index of the task under way within its message, and its step. */
  readonly progress: SharedArrayBuffer
}

/** A worker's messages: `ready` once, then results of consecutive tasks, starting with the task `from`. */
export type WorkerAnswer<R> = 'ready' | { readonly from: number; readonly results: readonly R[] }

/** Longest time before results are sent, in milliseconds: unsent results of a stopped worker are lost. */
const SEND_EVERY_MS = 20

/**
 * The worker's side of a sandbox: runs the tasks of a message one after the other, without environment, files and
 * connections. `note` records which step of a task is under way. An error thrown by `run` ends the worker.
 */
export function serveTasks<T, R>(run: (task: T, note: (step: number) => void) => Promise<R>): void {
  const port = parentPort as MessagePort
  const progress = new Int32Array((workerData as WorkerStart).progress)
  // `lockDown` removes these globals before they are used.
  const { store } = Atomics
  const now = performance.now.bind(performance)
  const note = (step: number): void => {
    store(progress, 1, step)
  }
  port.on('message', async (tasks: readonly T[]) => {
    let [from, sentAt, results] = [0, now(), [] as R[]]
    for (const [index, task] of tasks.entries()) {
      store(progress, 0, index)
      note(0)
      results.push(await run(task, note))
      if (index < tasks.length - 1 && now() - sentAt < SEND_EVERY_MS) continue
      port.postMessage({ from, results } satisfies WorkerAnswer<R>)
      ;[from, sentAt, results] = [index + 1, now(), []]
    }
    store(progress, 0, tasks.length)
  })
  lockDown()
  port.postMessage('ready' satisfies WorkerAnswer<R>)
}
