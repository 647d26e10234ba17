import { type MessagePort, parentPort, workerData } from 'node:worker_threads'
import { lockDown } from './lock-down.ts'

/** What a worker is given by the sandbox when it starts. */
export interface WorkerStart {
  /** Two numbers: the task under way, counted within its message, and the step of it. */
  readonly progress: SharedArrayBuffer
}

/** What a worker answers: once when it is ready, then the results of the tasks from the first of them on. */
export type WorkerAnswer<R> = 'ready' | { readonly from: number; readonly results: readonly R[] }

/** Results are sent at least as often while there are some, in milliseconds: those of a stopped worker are lost. */
const SEND_EVERY_MS = 20

/**
 * The worker's side of a sandbox: does the tasks of a message one after the other. The tasks run without environment,
 * files and connections. `note` says which step of a task is under way. What `run` throws ends the worker.
 */
export function serveTasks<T, R>(run: (task: T, note: (step: number) => void) => Promise<R>): void {
  const port = parentPort as MessagePort
  const progress = new Int32Array((workerData as WorkerStart).progress)
  // What is a global name is not there any more when it is used.
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
