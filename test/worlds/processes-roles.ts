import { randomUUID } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openPlatform, type Platform } from '../../src/cli/platform.ts'
import type { Role } from '../../src/cli/roles.ts'
import { readConfig } from '../../src/config.ts'
import { applyConfiguration } from '../../src/configuration/apply-configuration.ts'
import { loadConfiguration } from '../../src/configuration/load-configuration.ts'
import type { Configuration } from '../../src/configuration/model.ts'
import { systemTypes } from '../../src/systems/systems.ts'
import { anySecrets } from '../data/any-secrets.ts'
import { loopback } from '../data/loopback.ts'
import { ROOT, type RunningProcess, startProgram } from './processes.ts'

type Environment = Readonly<Record<string, string>>

/** Topics and tables of its own on shared servers, the demo's configuration applied, and a platform of this process. */
export interface Installation {
  /** For role processes. */
  readonly env: Environment
  readonly platform: Platform
  readonly configuration: Configuration
  close(): Promise<void>
}

/** Addresses of systems that nothing listens at; enough where no system is called. */
const NOWHERE: Environment = {
  ...anySecrets,
  ...loopback,
  DEMO_MAGENTO_URL: 'http://127.0.0.1:9',
  DEMO_NETSUITE_URL: 'http://127.0.0.1:9',
  DEMO_IMAGES_URL: 'http://127.0.0.1:9/feeds/images.csv',
  DEMO_VENDOR_PATTERN: '^WLD-',
  ...Object.fromEntries(
    ['CONSUMER_KEY', 'CONSUMER_SECRET', 'ACCESS_TOKEN', 'ACCESS_TOKEN_SECRET'].map((name) => [
      `DEMO_MAGENTO_${name}`,
      'none',
    ]),
  ),
  ...Object.fromEntries(
    ['CONSUMER_KEY', 'CONSUMER_SECRET', 'TOKEN_ID', 'TOKEN_SECRET'].map((name) => [`DEMO_NETSUITE_${name}`, 'none']),
  ),
}

/**
 * `services`: addresses of the servers; `more`: what else the roles are to see, for example the addresses of systems;
 * `edit`: changes the text of the demo's configuration files before they are applied.
 */
export async function install(
  name: string,
  services: Environment,
  more: Environment = {},
  edit: (text: string) => string = (text) => text,
): Promise<Installation> {
  return await installWith(name, services, more, (env) => loadEdited(env, edit))
}

/** As `install`, with a configuration of the test's own: YAML text by name of its file. */
export async function installFiles(
  name: string,
  services: Environment,
  more: Environment,
  files: Readonly<Record<string, string>>,
): Promise<Installation> {
  return await installWith(name, services, more, (env) => loadFiles(env, files))
}

async function installWith(
  name: string,
  services: Environment,
  more: Environment,
  load: (env: Environment) => Promise<Configuration>,
): Promise<Installation> {
  const prefix = `${name}-${randomUUID().slice(0, 8)}.`
  const env = {
    ...NOWHERE,
    LOG_LEVEL: 'info',
    FEED_SETTLE_MS: '1000',
    // Enough that keys are spread; each one more is work for the servers that all tests share.
    TOPIC_PARTITIONS: '3',
    ...services,
    TOPIC_PREFIX: prefix,
    TABLE_PREFIX: prefix,
    ...more,
  }
  const platform = await openPlatform({ ...readConfig(env), logLevel: 'silent' })
  try {
    const configuration = await load(env)
    await applyConfiguration(platform.tables, configuration)
    await platform.createTopics(configuration.systems)
    return { env, platform, configuration, close: () => platform.close() }
  } catch (error) {
    await platform.close()
    throw error
  }
}

async function loadEdited(env: Environment, edit: (text: string) => string): Promise<Configuration> {
  const demo = join(ROOT, 'config', 'demo')
  const texts = (await readdir(demo)).map(
    async (file) => [file, edit(await readFile(join(demo, file), 'utf8'))] as const,
  )
  return await loadFiles(env, Object.fromEntries(await Promise.all(texts)))
}

/** The configuration that these files are. */
export async function loadFiles(env: Environment, files: Readonly<Record<string, string>>): Promise<Configuration> {
  const folder = await mkdtemp(join(tmpdir(), 'waldstream-config-'))
  try {
    for (const [file, text] of Object.entries(files)) await writeFile(join(folder, file), text)
    return await loadConfiguration(folder, env, systemTypes)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** `waldstream run --role …` as one process, on however many cores; resolves as soon as it exists, `line(RUNNING)` when it works. */
export async function startRole(
  role: Role | 'all',
  env: Environment,
  name: string = role,
  logFile?: string,
): Promise<RunningProcess> {
  const args = ['src/cli/main.ts', 'run', '--role', role]
  if (role === 'processor' || role === 'projector') args.push('--workers', '1')
  return await startProgram({ name, args, env, ...(logFile === undefined ? {} : { logFile }) })
}

/** The log line of a role that has begun its work. */
export const RUNNING = /"msg":"running"/
