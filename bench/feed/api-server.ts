import { openPlatform } from '../../src/cli/platform.ts'
import { startRoles } from '../../src/cli/roles.ts'
import { readConfig } from '../../src/config.ts'

/** The API as its role runs it. */
async function main(): Promise<void> {
  const ended = new Promise<void>((resolve) => process.once('disconnect', () => resolve()))
  const platform = await openPlatform(readConfig(process.env))
  const running = await startRoles(platform, ['api'], { schedules: false })
  process.send?.(running.api?.url)
  await ended
  await running.close()
  await platform.close()
}

await main()
