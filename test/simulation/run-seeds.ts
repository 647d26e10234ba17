import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import type { GuardName } from './guards.ts'
import type { SeedResult } from './run-seed.ts'

export interface SeedsOptions {
  readonly seeds: readonly number[]
  /** What is taken out of the program; null: nothing. */
  readonly guard?: GuardName | null
  readonly onResult?: (result: SeedResult) => void
}

const MOST_THREADS = 4
const AT_ONCE = 10

/** Runs seeds on all cores; the results of those that failed, by seed. */
export async function runSeeds(options: SeedsOptions): Promise<readonly SeedResult[]> {
  const { seeds } = options
  const failed: SeedResult[] = []
  const left = Array.from({ length: Math.ceil(seeds.length / AT_ONCE) }, (_, part) =>
    seeds.slice(part * AT_ONCE, (part + 1) * AT_ONCE),
  )
  const take = () => left.shift()
  const onResult = (result: SeedResult) => {
    options.onResult?.(result)
    if (result.violations.length > 0) failed.push(result)
  }
  const threads = Math.min(availableParallelism(), MOST_THREADS, left.length)
  await Promise.all(Array.from({ length: threads }, () => runThread(options.guard ?? null, take, onResult)))
  return failed.toSorted((a, b) => a.seed - b.seed)
}

function runThread(
  guard: GuardName | null,
  take: () => readonly number[] | undefined,
  onResult: (result: SeedResult) => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./seed-thread.ts', import.meta.url), { workerData: { guard } })
    const next = () => {
      const seeds = take()
      if (seeds !== undefined) worker.postMessage(seeds)
      else void worker.terminate().then(() => resolve(), reject)
    }
    worker.on('message', (results: readonly SeedResult[]) => {
      for (const result of results) onResult(result)
      next()
    })
    worker.once('error', reject)
    next()
  })
}
