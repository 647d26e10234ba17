import { openPlatform } from '../src/cli/platform.ts'
import { readConfig } from '../src/config.ts'
import { runStage } from '../src/platform/runtime/run-stage.ts'
import type { RunSpec } from './jobs/job.ts'
import { stageOf, withFirstBatch } from './jobs/runtime-side.ts'
import { createMeter } from './meter.ts'

/** What a member of a group tells its parent. */
export type MemberMessage =
  | { readonly joined: true }
  /** Its first batch, in milliseconds. */
  | { readonly begunAt: number }
  /** What it took from there on, told when its parent asks it to end. */
  | { readonly cpuSeconds: number; readonly rssMb: number }

/** One member of a job's group: works until its parent, which sees how far the group is, says that all is done. */
async function main({ job, group }: RunSpec): Promise<void> {
  const ended = new Promise<void>((resolve) => process.once('message', () => resolve()))
  const platform = await openPlatform(readConfig(process.env))
  const meter = createMeter()
  const log = withFirstBatch(platform.log, () => {
    if (meter.begin()) tell({ begunAt: Date.now() })
  })
  const groupPrefix = `${group}.`
  const stage = stageOf(platform, job)
  const running = await runStage(stage, { ...platform, log, topicPrefix: platform.config.topicPrefix, groupPrefix })
  tell({ joined: true })
  await ended
  tell(meter.hasBegun() ? meter.end(0) : { cpuSeconds: 0, rssMb: 0 })
  await running.close()
  await platform.close()
}

function tell(message: MemberMessage): void {
  process.send?.(message)
}

await main(JSON.parse(process.argv[2] ?? '') as RunSpec)
process.disconnect?.()
