import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startServices } from '../services/start.ts'
import { openPlatform, type Platform } from '../src/cli/platform.ts'
import { readConfig } from '../src/config.ts'
import { configuration } from './data/configuration.ts'

/** Servers, and topics of this bench alone on them. */
export interface BenchServers {
  readonly env: Readonly<Record<string, string | undefined>>
  /** How the servers were found. */
  readonly how: string
  readonly platform: Platform
  close(): Promise<void>
}

/** Those that `given` names, else own ones in a temporary folder that is removed afterwards. */
export async function openServers(
  log: (line: string) => void,
  signal: AbortSignal,
  given: Readonly<Record<string, string | undefined>> = process.env,
): Promise<BenchServers> {
  const dataDir = await mkdtemp(join(tmpdir(), 'waldstream-bench-'))
  const closers = [() => rm(dataDir, { recursive: true, force: true })]
  const close = async () => {
    for (let end = closers.pop(); end !== undefined; end = closers.pop()) await end()
  }
  try {
    // DynamoDB Local's own disk is no part of what is measured; what would be on DynamoDB's is not either.
    const services = await startServices({ dataDir, env: given, inMemory: true, log, signal })
    closers.push(() => services.stop())
    const prefix = `bench-${randomUUID().slice(0, 8)}.`
    // The bare side seals nothing: like is compared with like, unless the environment says `encrypted`.
    const usual = { LOG_LEVEL: 'warn', PERSONAL_DATA: 'plain' }
    const env = { ...usual, ...given, ...services.env, TOPIC_PREFIX: prefix, TABLE_PREFIX: prefix }
    const platform = await openPlatform(readConfig(env))
    closers.push(() => platform.close())
    await platform.createTopics(configuration.systems)
    return { env, how: services.how, platform, close }
  } catch (error) {
    await close()
    throw error
  }
}
