import { parentPort } from 'node:worker_threads'
import { serveTasks } from '../../../../src/platform/sandbox/serve-tasks.ts'

/** A thread that tells of each task how many it was given with. */
let together = 0
parentPort?.on('message', (tasks: readonly unknown[]) => {
  together = tasks.length
})

serveTasks(async () => String(together))
