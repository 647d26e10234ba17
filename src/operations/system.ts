import { listProcesses, SILENT_AFTER_MS } from '../control/processes.ts'
import { isoTime } from '../events/times.ts'
import type { DescribedTable } from '../platform/dynamodb/describe-table.ts'
import { noteChange } from './audit.ts'
import type { TableDeps } from './dependencies.ts'
import type { Consumers } from './installation/consumers.ts'
import type { Installation } from './installation/installation.ts'
import type { SchemaState } from './installation/schemas.ts'
import type { TopicState } from './installation/topics.ts'
import { notFound, type Principal } from './principal.ts'
import { sees } from './scope.ts'
import { outcomeOf, type TestOutcome } from './test-connection.ts'

export type { DescribedTable } from '../platform/dynamodb/describe-table.ts'
export type { Consumers } from './installation/consumers.ts'
export type { TopicState } from './installation/topics.ts'

/** A process that runs roles. Times are ISO 8601. */
export interface ProcessState {
  readonly id: string
  readonly roles: readonly string[]
  readonly version: string
  readonly node: string
  readonly started_at: string
  readonly beat_at: string
  /** `silent`: no heartbeat for minutes, without a regular end. */
  readonly state: 'running' | 'silent'
}

type Deps = Pick<TableDeps, 'tables' | 'clock' | 'audit'> & { readonly installation: Installation }

/** Processes, sorted by start. */
export async function listRunning(deps: Deps, by: Principal): Promise<readonly ProcessState[]> {
  assertSeesAll(by)
  const now = deps.clock.now()
  return (await listProcesses(deps.tables, now)).map(({ id, roles, version, node, started_at, beat_at }) => ({
    id,
    roles,
    version,
    node,
    started_at: isoTime(started_at),
    beat_at: isoTime(beat_at),
    state: beat_at > now - SILENT_AFTER_MS ? 'running' : 'silent',
  }))
}

/** Consumer groups with their members and lag. Throws `broker_unavailable`. */
export async function listConsumers({ installation }: Deps, by: Principal): Promise<Consumers> {
  assertSeesAll(by)
  return await installation.consumers()
}

/** Throws `broker_unavailable`. */
export async function listTopics({ installation }: Deps, by: Principal): Promise<readonly TopicState[]> {
  assertSeesAll(by)
  return await installation.topics()
}

/** Throws `table_unavailable`. */
export async function listTables({ installation }: Deps, by: Principal): Promise<readonly DescribedTable[]> {
  assertSeesAll(by)
  return await installation.tables()
}

/** Versions of this process and of the services that it uses. */
export interface Versions {
  readonly product: string
  readonly node: string
  /** Release of the brokers, by their features: `4.0 or newer`. */
  readonly kafka: string
  /** host:port of each. */
  readonly brokers: readonly string[]
  readonly schemas: readonly SchemaState[]
}

/** Throws `broker_unavailable` and `registry_unavailable`. */
export async function showVersions(
  { installation, version }: Deps & { readonly version: string },
  by: Principal,
): Promise<Versions> {
  assertSeesAll(by)
  const [{ brokers, release }, schemas] = await Promise.all([installation.brokers(), installation.schemas()])
  return { product: version, node: process.version, kafka: release, brokers, schemas }
}

/** Runs every check of `waldstream doctor`. */
export async function examineSystem(deps: Deps, by: Principal): Promise<TestOutcome> {
  assertSeesAll(by)
  const outcome = outcomeOf(await deps.installation.examine(by), deps.clock.now())
  await noteChange(deps, by, { what: 'system.examine', target: null, after: { failed: outcome.failed } })
  return outcome
}

function assertSeesAll(by: Principal): void {
  if (sees(by.scope, { connection: null })) return
  const what = 'only callers with access to everything see the installation'
  throw notFound(by, { field: 'system', api: what, cli: what })
}
