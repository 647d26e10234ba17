import { StreamError } from '../../errors.ts'
import type { HardStop } from './hard-stop.ts'
import { SandboxWorker, type Served, type WorkerLimits } from './sandbox-worker.ts'
import { weightOf } from './weight.ts'

export interface SandboxLimits extends WorkerLimits {
  /** Most threads, at least two: a lane uses one thread at a time, so it never blocks all others. */
  readonly workers: number
}

/** Budget of all tasks of a lane together; running them uses it up. */
export interface Budget {
  /** Milliseconds of wall clock. */
  leftMs: number
  /** Hard stops until the remaining tasks are skipped. */
  stopsLeft: number
}

/** Outcome of a task; `step`: the one that was under way. */
export type Ended<R> =
  | { readonly stopped: null; readonly result: R }
  | { readonly stopped: HardStop; readonly step: number }

/** Runs user-given code in separate threads that can always be stopped. */
export interface Sandbox<T, R> {
  /**
   * Results in the order of the tasks. Rejects with `stopping` when the sandbox is closed before, and when no thread
   * starts.
   */
  run(lane: string, tasks: readonly T[], budget: Budget): Promise<readonly Ended<R>[]>
  /** Ends all threads, also busy ones (Guarantee 10). */
  close(): Promise<void>
}

/** Most tasks of one message to a thread, by count and weight: a message is copied in one turn of the event loop. */
const AT_ONCE = { tasks: 50, weight: 1_000_000 } as const

/** Least time for tasks whose results were lost, in milliseconds. */
const LOST_MS = 200

/** The tasks of one call. */
interface Run<T, R> {
  readonly lane: string
  readonly tasks: readonly T[]
  readonly budget: Budget
  readonly ended: (Ended<R> | undefined)[]
  /** Tasks during which a thread ended: each is tried once more, alone, so that no other task fails because of it. */
  readonly suspects: Set<number>
  /** Tasks whose results were lost when their thread was stopped: they run again in any case. */
  readonly lost: Set<number>
  readonly settle: PromiseWithResolvers<readonly Ended<R>[]>
  /** Number of threads that were stopped for this run. */
  stops: number
}

/** The file of a worker beside the calling one: the `.ts` source, or the built `.js` in a package. */
export function workerScript(source: `./${string}.ts`, asking: string): URL {
  return new URL(asking.endsWith('.ts') ? source : source.replace(/\.ts$/, '.js'), asking)
}

/** `script` calls `serveTasks`. Threads start when needed and keep the process alive only while busy. */
export function createSandbox<T, R>(script: URL, limits: SandboxLimits): Sandbox<T, R> {
  return new WorkerPool<T, R>(script, limits)
}

class WorkerPool<T, R> implements Sandbox<T, R> {
  readonly #script: URL
  readonly #limits: SandboxLimits
  readonly #waiting: Run<T, R>[] = []
  readonly #busy = new Map<string, { readonly run: Run<T, R>; readonly worker: SandboxWorker<T, R> }>()
  #idle: SandboxWorker<T, R>[] = []
  #isClosed = false

  constructor(script: URL, limits: SandboxLimits) {
    this.#script = script
    this.#limits = limits
  }

  async run(lane: string, tasks: readonly T[], budget: Budget): Promise<readonly Ended<R>[]> {
    if (this.#isClosed) throw closedError()
    const settle = Promise.withResolvers<readonly Ended<R>[]>()
    this.#waiting.push({
      lane,
      tasks,
      budget,
      ended: tasks.map(() => undefined),
      suspects: new Set(),
      lost: new Set(),
      settle,
      stops: 0,
    })
    this.#next()
    return await settle.promise
  }

  async close(): Promise<void> {
    this.#isClosed = true
    for (const { settle } of this.#waiting.splice(0)) settle.reject(closedError())
    const working = [...this.#busy.values()]
    for (const { run } of working) run.settle.reject(closedError())
    await Promise.all([...working.map(({ worker }) => worker), ...this.#idle].map((worker) => worker.end()))
    this.#idle = []
  }

  /** Round robin: after every message, a lane with more tasks goes behind the others. */
  #next(): void {
    while (!this.#isClosed && this.#busy.size < this.#limits.workers) {
      const index = this.#waiting.findIndex(({ lane }) => !this.#busy.has(lane))
      const [run] = index < 0 ? [] : this.#waiting.splice(index, 1)
      if (run === undefined) return
      void this.#turn(run)
    }
  }

  /** Takes a thread: a run with a stopped thread can wait for one to start, other runs get a running one. */
  #take(canWait: boolean): SandboxWorker<T, R> {
    const index = this.#idle.findIndex(({ isReady }) => isReady !== canWait)
    const [worker] = this.#idle.splice(Math.max(0, index), 1)
    return worker ?? new SandboxWorker<T, R>(this.#script, this.#limits)
  }

  async #turn(run: Run<T, R>): Promise<void> {
    const todo = nextTasks(run)
    if (todo.length === 0) return run.settle.resolve(run.ended as readonly Ended<R>[])
    const worker = this.#take(run.stops > 0)
    this.#busy.set(run.lane, { run, worker })
    try {
      const tasks = todo.map((index) => run.tasks[index] as T)
      note(run, todo, await worker.run(tasks, Math.max(run.budget.leftMs, LOST_MS)))
      this.#waiting.push(run)
    } catch (error) {
      run.settle.reject(error)
    }
    this.#busy.delete(run.lane)
    if (!this.#isClosed) this.#idle.push(worker.isEnded ? new SandboxWorker(this.#script, this.#limits) : worker)
    this.#next()
  }
}

/** Indices of the tasks to run next; a suspect runs alone. Ends tasks for which the budget is used up. */
function nextTasks<T, R>({ tasks, ended, suspects, lost, budget }: Run<T, R>): readonly number[] {
  const isOver = budget.leftMs <= 0 || budget.stopsLeft <= 0
  for (const index of ended.keys()) {
    if (isOver && !lost.has(index)) ended[index] ??= { stopped: 'batch', step: 0 }
  }
  const left = [...ended.keys()].filter((index) => ended[index] === undefined)
  const suspect = left.find((index) => suspects.has(index))
  return suspect === undefined ? fitting(tasks, left) : [suspect]
}

/** The first tasks that fit into one message; at least one, whatever its weight. */
function fitting(tasks: readonly unknown[], left: readonly number[]): readonly number[] {
  let room: number = AT_ONCE.weight
  const heavy = left.slice(0, AT_ONCE.tasks).findIndex((index, place) => {
    room -= weightOf(tasks[index], room)
    return room < 0 && place > 0
  })
  return left.slice(0, heavy < 0 ? AT_ONCE.tasks : heavy)
}

function note<T, R>(run: Run<T, R>, todo: readonly number[], { results, tookMs, stopped }: Served<R>): void {
  run.budget.leftMs -= tookMs
  for (const [index, result] of results.entries()) run.ended[todo[index] ?? 0] = { stopped: null, result }
  const task = stopped === undefined ? undefined : todo[stopped.task]
  if (stopped === undefined || task === undefined) return
  run.stops += 1
  for (const index of todo.slice(results.length, stopped.task)) run.lost.add(index)
  const died = stopped.why === 'memory' || stopped.why === 'crash'
  if (died && todo.length > 1) return void run.suspects.add(task)
  run.ended[task] = { stopped: stopped.why, step: stopped.step }
  run.budget.stopsLeft = stopped.why === 'batch' ? 0 : run.budget.stopsLeft - 1
}

function closedError(): StreamError {
  return new StreamError('stopping', 'the process is stopping; the next one repeats the work under way')
}
