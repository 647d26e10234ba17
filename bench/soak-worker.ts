import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import { openPlatform } from '../src/cli/platform.ts'
import { readConfig } from '../src/config.ts'
import { runStage } from '../src/platform/runtime/run-stage.ts'
import { jobs } from './jobs/job.ts'
import { handled, stageOf } from './jobs/runtime-side.ts'

/** How the worker was at one moment. */
export interface Sample {
  /** Records handled and committed since the start, by stage. */
  readonly handled: Readonly<Record<string, number>>
  readonly rssMb: number
  /** Living objects alone: measured after a full collection. Null between the collections. */
  readonly heapMb: number | null
  /** Longest that the event loop was held up since the last sample, and the delay that 99 of 100 stayed under. */
  readonly longestDelayMs: number
  readonly delayP99Ms: number
}

export interface SoakSpec {
  readonly sampleMs: number
  /** A full collection comes with every so many-th sample. */
  readonly collectEvery: number
}

const MEGABYTE = 1024 * 1024

/** Runs all stages in one process, as `run --role all` does, and tells its parent how it is until SIGTERM. */
async function main({ sampleMs, collectEvery }: SoakSpec): Promise<void> {
  const ending = new AbortController()
  process.once('SIGTERM', () => ending.abort())
  const platform = await openPlatform(readConfig(process.env))
  const { topicPrefix } = platform.config
  const stages = jobs.map((job) => stageOf(platform, job))
  const running = await Promise.all(stages.map((stage) => runStage(stage, { ...platform, topicPrefix })))
  const delay = monitorEventLoopDelay({ resolution: 10 })
  delay.enable()
  for (let count = 0; !ending.signal.aborted; count += 1) {
    await sleep(sampleMs, undefined, { signal: ending.signal }).catch(() => undefined)
    const sample: Sample = {
      handled: Object.fromEntries(stages.map(({ name }, index) => [name, handledBy(running[index])])),
      rssMb: process.memoryUsage.rss() / MEGABYTE,
      heapMb: count % collectEvery === 0 || ending.signal.aborted ? heapAfterCollection() : null,
      longestDelayMs: delay.max / 1e6,
      delayP99Ms: delay.percentile(99) / 1e6,
    }
    process.send?.(sample)
    delay.reset()
  }
  await Promise.all(running.map((stage) => stage.close()))
  await platform.close()
}

function handledBy(running: Parameters<typeof handled>[0] | undefined): number {
  return running === undefined ? 0 : handled(running)
}

function heapAfterCollection(): number {
  globalThis.gc?.()
  return process.memoryUsage().heapUsed / MEGABYTE
}

await main(JSON.parse(process.argv[2] ?? '') as SoakSpec)
process.disconnect?.()
