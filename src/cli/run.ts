import closeWithGrace from 'close-with-grace'
import { configFromEnvironment } from '../config.ts'
import { loadConfiguration } from '../configuration/load-configuration.ts'
import { upgradeReferences } from '../configuration/upgrade-references.ts'
import { applyConfiguration } from '../operations/configuration.ts'
import { tableDeps } from '../operations/wiring.ts'
import { commandUser, readArguments, UsageError } from './arguments.ts'
import { noted } from './noted.ts'
import { openPlatform, type Platform } from './platform.ts'
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
  const end = untilSignal()
  try {
    const platform = await openPlatform(config)
    await work(platform, chosen, end.signaled).finally(() => platform.close())
  } finally {
    end.ended()
  }
}

async function work(platform: Platform, chosen: readonly Role[], signaled: Promise<void>): Promise<void> {
  const { configDir, environment } = platform.config
  if (configDir !== null) {
    const by = commandUser('CONFIG_DIR')
    await noted(by, { what: 'run', target: null }, async () => {
      const configuration = await loadConfiguration(configDir, environment, platform.systemTypes)
      await applyConfiguration(tableDeps(platform), by, { configuration, reason: null })
    })
  }
  await upgradeStored(platform)
  const running = await startRoles(platform, chosen, { schedules: true })
  platform.logger.info({ roles: chosen, api: running.api?.url }, 'running')
  await signaled
  await running.close()
}

/** What an earlier version kept of references. */
async function upgradeStored({ tables, config, clock, logger }: Platform): Promise<void> {
  const done = await upgradeReferences(tables, config.environment, new Date(clock.now()).toISOString())
  if (done.addresses.length + done.cleared.length + done.changes > 0)
    logger.warn(done, 'stored references were upgraded')
  for (const what of done.unresolved) logger.error({ what }, 'the address of a system is a reference')
}

/** Listens from the beginning: a process that is signaled while it starts has records under way too (Guarantee 10). */
function untilSignal(): { readonly signaled: Promise<void>; ended(): void } {
  const [signaled, ended] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const grace = closeWithGrace({ delay: GRACE_MS, logger: false }, async ({ err }) => {
    if (err !== undefined) console.error(err)
    signaled.resolve()
    await ended.promise
  })
  return {
    signaled: signaled.promise,
    ended() {
      ended.resolve()
      // A start that failed has an exit code of its own.
      grace.uninstall()
    },
  }
}
