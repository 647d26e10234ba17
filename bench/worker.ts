import { openPlatform, openTables } from '../src/cli/platform.ts'
import { readConfig } from '../src/config.ts'
import { bareMap, bareRoute } from './jobs/bare-processors.ts'
import { bareProject, projectEach } from './jobs/bare-project.ts'
import { bareSide } from './jobs/bare-side.ts'
import type { RunSpec } from './jobs/job.ts'
import { runtimeSide } from './jobs/runtime-side.ts'
import type { Measured } from './meter.ts'

/** Does one run and tells its parent what it took. */
async function main(spec: RunSpec): Promise<void> {
  const config = readConfig(process.env)
  if (spec.side === 'runtime') {
    const platform = await openPlatform(config)
    tell(await runtimeSide(platform, spec))
    await platform.close()
    return
  }
  if (spec.job === 'project') (await openTables(config)).close()
  const project = () => (spec.side === 'each' ? projectEach(config) : bareProject(config))
  const bare = { route: bareRoute, map: bareMap, project }
  tell(await bareSide(config, spec, bare[spec.job](config.topicPrefix)))
}

function tell(measured: Measured): void {
  process.send?.(measured)
}

await main(JSON.parse(process.argv[2] ?? '') as RunSpec)
process.disconnect?.()
