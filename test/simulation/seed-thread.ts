import { parentPort, workerData } from 'node:worker_threads'
import { type GuardName, guardOf } from './guards.ts'
import { runSeed, type SeedResult } from './run-seed.ts'

/** A thread of `runSeeds`: takes lists of seeds, gives their results. */
const guard = guardOf((workerData as { guard: GuardName | null }).guard)

parentPort?.on('message', async (seeds: readonly number[]) => {
  const results: SeedResult[] = []
  for (const seed of seeds) results.push(await runSeed(seed, guard))
  parentPort?.postMessage(results)
})
