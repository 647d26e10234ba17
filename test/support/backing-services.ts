import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { type BackingServices, startServices } from '../../services/start.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** The environment of the backing services that all integration tests share: KAFKA_BROKERS and so on. */
    services: Readonly<Record<string, string>>
  }
}

let services: BackingServices | undefined
let dataDir: string | undefined

/** Starts the backing services once for all integration tests. A test keeps to topics and tables of its own prefix. */
export async function setup(project: TestProject): Promise<void> {
  dataDir = await mkdtemp(join(tmpdir(), 'waldstream-test-'))
  services = await startServices({ dataDir, env: process.env, log: (line) => console.error(line) })
  console.error(services.how)
  project.provide('services', services.env)
}

/** Ends them and removes their data. */
export async function teardown(): Promise<void> {
  await services?.stop()
  if (dataDir !== undefined) await rm(dataDir, { recursive: true, force: true })
}
