import { setTimeout as sleep } from 'node:timers/promises'
import { openPlatform } from '../src/cli/platform.ts'
import { readConfig } from '../src/config.ts'
import { runStage } from '../src/platform/runtime/run-stage.ts'
import type { RunSpec } from './jobs/job.ts'
import { handled, stageOf } from './jobs/runtime-side.ts'

/** Megabytes that the process held; after each sample. */
export interface MemorySample {
  readonly rssMb: number
  readonly heapMb: number
  readonly handled: number
}

const SAMPLE_MS = 250
const MEGABYTE = 1024 * 1024

/** Runs a job's stage and tells its parent how much memory it holds until SIGTERM. */
async function main({ job, group }: RunSpec): Promise<void> {
  const ending = new AbortController()
  process.once('SIGTERM', () => ending.abort())
  const platform = await openPlatform(readConfig(process.env))
  const groupPrefix = `${group}.`
  const { topicPrefix } = platform.config
  const running = await runStage(stageOf(platform, job), { ...platform, topicPrefix, groupPrefix })
  while (!ending.signal.aborted) {
    await sleep(SAMPLE_MS, undefined, { signal: ending.signal }).catch(() => undefined)
    const { rss, heapUsed } = process.memoryUsage()
    const sample: MemorySample = { rssMb: rss / MEGABYTE, heapMb: heapUsed / MEGABYTE, handled: handled(running) }
    if (process.connected) process.send?.(sample)
  }
  await running.close()
  await platform.close()
}

await main(JSON.parse(process.argv[2] ?? '') as RunSpec)
process.disconnect?.()
