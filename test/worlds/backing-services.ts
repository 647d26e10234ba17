import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { type BackingServices, type ServiceName, startServices } from '../../services/start.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** The environment of the backing services that all tests share: KAFKA_BROKERS and so on. */
    services: Readonly<Record<string, string>>
  }
}

interface Shared {
  readonly services: BackingServices
  readonly dataDir: string
}

/** Each project has its own setup, and may have loaded this file by itself: what they share is kept beside it. */
const shared = globalThis as { waldstreamServices?: { users: number; readonly started: Promise<Shared> } }

/** ElasticMQ too: a server for each file that needs queues would take longer. */
const needs: readonly ServiceName[] = ['kafka', 'registry', 'dynamodb', 'sqs']

async function start(): Promise<Shared> {
  const dataDir = await mkdtemp(join(tmpdir(), 'waldstream-test-'))
  const log = (line: string) => console.error(line)
  const services = await startServices({ dataDir, env: process.env, needs, inMemory: true, log })
  console.error(services.how)
  return { services, dataDir }
}

/** Starts the backing services once for all projects that need them. A test keeps to topics and tables of its own prefix. */
export async function setup(project: TestProject): Promise<void> {
  shared.waldstreamServices ??= { users: 0, started: start() }
  shared.waldstreamServices.users += 1
  const { services } = await shared.waldstreamServices.started
  project.provide('services', services.env)
}

/** Ends them after the last project and removes their data. */
export async function teardown(): Promise<void> {
  const used = shared.waldstreamServices
  if (used === undefined) return
  used.users -= 1
  if (used.users > 0) return
  delete shared.waldstreamServices
  const { services, dataDir } = await used.started
  await services.stop()
  await rm(dataDir, { recursive: true, force: true })
}
