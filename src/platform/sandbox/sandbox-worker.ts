import { Worker } from 'node:worker_threads'
import { StreamError } from '../../errors.ts'
import type { HardStop } from './hard-stop.ts'
import type { WorkerAnswer, WorkerStart } from './serve-tasks.ts'

/** Results of the tasks of one message; tasks without a result were not done. */
export interface Served<R> {
  readonly results: readonly R[]
  readonly tookMs: number
  /** The task that was under way when the worker was stopped, and the step of it. */
  readonly stopped?: { readonly why: HardStop; readonly task: number; readonly step: number }
}

export interface WorkerLimits {
  /** Most time of one task, in milliseconds of wall clock. */
  readonly taskMs: number
  readonly memoryMb: number
}

/** Most time for a worker to start, in milliseconds. */
const START_MS = 30_000
/** How often a worker's progress is checked, in milliseconds. */
const LOOK_MS = 20

/** One thread with an empty environment. Once stopped it can't be used again; another one replaces it. */
export class SandboxWorker<T, R> {
  readonly #worker: Worker
  readonly #progress: Int32Array
  readonly #limits: WorkerLimits
  #isReady = false
  #isEnded = false
  /** Why the thread ended; set before its exit. */
  #death: HardStop = 'crash'
  #onAnswer: (answer: WorkerAnswer<R>) => void
  #onEnd: () => void = () => undefined

  constructor(script: URL, limits: WorkerLimits) {
    this.#limits = limits
    const progress = new SharedArrayBuffer(8)
    this.#progress = new Int32Array(progress)
    this.#onAnswer = () => {
      this.#isReady = true
    }
    this.#worker = new Worker(script, {
      env: {},
      workerData: { progress } satisfies WorkerStart,
      resourceLimits: { maxOldGenerationSizeMb: limits.memoryMb, maxYoungGenerationSizeMb: 16, stackSizeMb: 4 },
    })
    this.#worker.on('message', (answer: WorkerAnswer<R>) => this.#onAnswer(answer))
    this.#worker.on('error', (error) => {
      this.#death = 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? 'memory' : 'crash'
    })
    this.#worker.on('exit', () => {
      this.#isEnded = true
      this.#onEnd()
    })
    this.#worker.unref()
  }

  get isReady(): boolean {
    return this.#isReady
  }

  get isEnded(): boolean {
    return this.#isEnded
  }

  /**
   * Keeps the process alive until all tasks are done or the worker is stopped. Rejects when the worker does not start.
   */
  async run(tasks: readonly T[], leftMs: number): Promise<Served<R>> {
    this.#worker.ref()
    try {
      if (!this.#isReady) await this.#start()
      return await this.#serve(tasks, leftMs)
    } finally {
      this.#worker.unref()
    }
  }

  /** Resolves when the thread has ended. */
  async end(): Promise<void> {
    this.#isEnded = true
    await this.#worker.terminate()
  }

  async #start(): Promise<void> {
    const ready = Promise.withResolvers<void>()
    const fail = (how: string) => ready.reject(notStartedError(how))
    const timer = setTimeout(() => fail('in time'), START_MS)
    this.#onAnswer = () => {
      this.#isReady = true
      ready.resolve()
    }
    this.#onEnd = () => fail('at all')
    try {
      if (this.#isEnded) fail('at all')
      await ready.promise
    } catch (error) {
      await this.end()
      throw error
    } finally {
      clearTimeout(timer)
    }
  }

  async #serve(tasks: readonly T[], leftMs: number): Promise<Served<R>> {
    const results: R[] = []
    const over = Promise.withResolvers<HardStop | null>()
    this.#onAnswer = (answer) => {
      if (answer !== 'ready') results.splice(answer.from, answer.results.length, ...answer.results)
      if (results.length === tasks.length) over.resolve(null)
    }
    this.#onEnd = () => over.resolve(this.#death)
    Atomics.store(this.#progress, 0, 0)
    const begunAt = performance.now()
    this.#worker.postMessage(tasks)
    const watch = this.#watch(leftMs, over.resolve)
    const why = await over.promise
    clearInterval(watch)
    const tookMs = performance.now() - begunAt
    if (why === null) return { results, tookMs }
    void this.end()
    const [task = 0, step = 0] = [Atomics.load(this.#progress, 0), Atomics.load(this.#progress, 1)]
    // The task has just finished, but its result was not sent.
    if (task >= tasks.length || task < results.length) return { results, tookMs }
    return { results, tookMs, stopped: { why, task, step } }
  }

  /** Stops the worker when one task, or all of them together, took too long. */
  #watch(leftMs: number, stop: (why: HardStop) => void): NodeJS.Timeout {
    const begunAt = performance.now()
    let [task, since] = [-1, begunAt]
    return setInterval(() => {
      const [now, current] = [performance.now(), Atomics.load(this.#progress, 0)]
      if (current !== task) [task, since] = [current, now]
      else if (now - since > this.#limits.taskMs) stop('time')
      if (now - begunAt > leftMs) stop('batch')
    }, LOOK_MS)
  }
}

function notStartedError(how: string): StreamError {
  return new StreamError('timed_out', `a worker thread did not start ${how}; check the memory of the machine`)
}
