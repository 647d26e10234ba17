import { openPlatform } from '../../src/cli/platform.ts'
import { startRoles } from '../../src/cli/roles.ts'
import { readConfig } from '../../src/config.ts'
import { runStage } from '../../src/platform/runtime/run-stage.ts'
import { stageOf } from '../jobs/runtime-side.ts'

/** What a stock change passes from its topic to a reader, in one process: mapping, feed table and API. */
async function main(): Promise<void> {
  const ended = new Promise<void>((resolve) => process.once('disconnect', () => resolve()))
  const platform = await openPlatform(readConfig(process.env))
  const deps = { ...platform, topicPrefix: platform.config.topicPrefix }
  const stages = await Promise.all([
    runStage(stageOf(platform, 'map'), deps),
    runStage(stageOf(platform, 'project'), deps),
  ])
  const api = await startRoles(platform, ['api'], { schedules: false })
  process.send?.(api.api?.url)
  await ended
  await Promise.all([api.close(), ...stages.map((stage) => stage.close())])
  await platform.close()
}

await main()
