import { openPlatform } from '../../src/cli/platform.ts'
import { roles, startRoles } from '../../src/cli/roles.ts'
import { readConfig } from '../../src/config.ts'

/** Every role as `npm start` runs them. It answers each message with its CPU seconds so far, and ends when it is disconnected. */
async function main(): Promise<void> {
  const ended = new Promise<void>((resolve) => process.once('disconnect', () => resolve()))
  const platform = await openPlatform(readConfig(process.env))
  const running = await startRoles(platform, roles, { schedules: process.argv[2] === 'schedules' })
  process.on('message', () => {
    const { user, system } = process.cpuUsage()
    process.send?.((user + system) / 1e6)
  })
  process.send?.(running.api?.url)
  await ended
  await running.close()
  await platform.close()
}

await main()
