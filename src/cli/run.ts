import closeWithGrace from 'close-with-grace'
import { configFromEnvironment } from '../config.ts'
import { applyConfiguration } from '../core/apply-configuration.ts'
import { loadConfiguration } from '../core/load-configuration.ts'
import { readArguments, UsageError } from './arguments.ts'
import { openPlatform } from './platform.ts'
import { type Role, roles, startRoles } from './roles.ts'

const USAGE = `waldstream run --role producer|processor|projector|api|all

  Runs a role until SIGTERM or Ctrl-C; then finishes what is under way and ends. With CONFIG_DIR, applies it first.`

const GRACE_MS = 30_000

export async function runCommand(args: readonly string[]): Promise<void> {
  const options = { role: { type: 'string' }, help: { type: 'boolean', short: 'h', default: false } } as const
  const { values } = readArguments(args, options, USAGE)
  if (values.help) return console.log(USAGE)
  const wanted = [...roles, 'all'] as readonly string[]
  if (values.role === undefined || !wanted.includes(values.role)) {
    throw new UsageError(`--role must be one of ${wanted.join(', ')}`, USAGE)
  }
  const chosen = values.role === 'all' ? roles : [values.role as Role]
  const config = configFromEnvironment()
  const platform = await openPlatform(config)
  if (config.configDir !== null) {
    await applyConfiguration(platform.tables, await loadConfiguration(config.configDir, config.environment))
  }
  const running = await startRoles(platform, chosen, { schedules: true })
  platform.logger.info({ roles: chosen, api: running.api?.url }, 'running')
  await ended(async () => {
    await running.close()
    await platform.close()
  })
}

/** Resolves after the process was told to end and everything under way is finished (Guarantee 10). */
async function ended(close: () => Promise<void>): Promise<void> {
  await new Promise<void>((resolve) => {
    closeWithGrace({ delay: GRACE_MS, logger: false }, async () => {
      await close()
      resolve()
    })
  })
}
