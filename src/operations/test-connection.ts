import type { Configuration, Connection, System } from '../configuration/model.ts'
import { readConfiguration } from '../configuration/read-configuration.ts'
import { noteChange } from './audit.ts'
import type { TableDeps } from './dependencies.ts'
import { connectionsCheck } from './doctor/connections-check.ts'
import { type Finding, warn } from './doctor/finding.ts'
import type { TestSystem } from './doctor/test-system.ts'
import { notFound, type Principal } from './principal.ts'
import { sees } from './scope.ts'

/** A result of one check. */
export interface TestFinding {
  readonly check: string
  readonly state: 'ok' | 'warn' | 'fail'
  readonly message: string
  /** How to fix it; null: no action is needed, or the message names it. */
  readonly fix: string | null
}

/** Results of a test. */
export interface TestOutcome {
  /** ISO 8601. */
  readonly at: string
  readonly findings: readonly TestFinding[]
  /** Number of failures. */
  readonly failed: number
}

type Deps = Pick<TableDeps, 'tables' | 'clock' | 'audit' | 'systemTypes'> & { readonly testSystem: TestSystem }

/** Tests whether a system can be reached and accepts its credentials. Throws `not_found`. */
export async function testSystem(deps: Deps, by: Principal, id: string): Promise<TestOutcome> {
  if (!sees(by.scope, { system: id })) throw noSuch(by, 'system', id)
  const { systems } = await readConfiguration(deps.tables)
  const system = systems.find((one) => one.id === id)
  if (system === undefined) throw noSuch(by, 'system', id)
  return await concluded(deps, by, { kind: 'system', id }, [...offSystem(system), ...(await deps.testSystem(system))])
}

/** Tests both systems of a connection, and the connection itself. Throws `not_found`. */
export async function testConnection(deps: Deps, by: Principal, id: string): Promise<TestOutcome> {
  if (!sees(by.scope, { connection: id })) throw noSuch(by, 'connection', id)
  const configuration = await readConfiguration(deps.tables)
  const connection = configuration.connections.find((one) => one.id === id)
  if (connection === undefined) throw noSuch(by, 'connection', id)
  const own = { systems: configuration.systems, connections: [connection] }
  const name = `connection ${id}`
  const off = connection.enabled === false ? [warn(name, 'it is disabled: its records wait', SWITCH_ON)] : []
  const ofSystems = await Promise.all(
    [connection.shop, connection.vendor].map((system) => ofSystem(deps, by, { ...configuration, connection }, system)),
  )
  const findings = [...off, ...connectionsCheck(own, deps.systemTypes), ...ofSystems.flat()]
  return await concluded(deps, by, { kind: 'connection', id }, findings)
}

const SWITCH_ON = 'remove enabled: false from its document'

/** Tests one of the connection's systems, unless it is outside the caller's scope. */
async function ofSystem(
  { testSystem: test }: Deps,
  by: Principal,
  { systems, connection }: Pick<Configuration, 'systems'> & { readonly connection: Connection },
  id: string,
): Promise<readonly Finding[]> {
  const name = `system ${id}`
  if (!sees(by.scope, { system: id })) {
    return [warn(name, 'not tested: your key has no access to it', 'ask its operator to test it')]
  }
  const system = systems.find((one) => one.id === id)
  if (system === undefined) return [warn(name, 'its document is missing or cannot be read', 'apply it again')]
  return [...offSystem(system), ...(await test(system, connection))]
}

function offSystem({ id, enabled }: System): readonly Finding[] {
  if (enabled !== false) return []
  return [warn(`system ${id}`, 'it is disabled: it is neither read nor written', SWITCH_ON)]
}

async function concluded(
  deps: Deps,
  by: Principal,
  { kind, id }: { readonly kind: 'system' | 'connection'; readonly id: string },
  found: readonly Finding[],
): Promise<TestOutcome> {
  const outcome = outcomeOf(found, deps.clock.now())
  const counts = Object.fromEntries(
    (['ok', 'warn', 'fail'] as const).map((level) => [level, found.filter((one) => one.level === level).length]),
  )
  await noteChange(deps, by, { what: `${kind}.test`, target: id, after: counts })
  return outcome
}

export function outcomeOf(found: readonly Finding[], now: number): TestOutcome {
  const findings = found.map(({ level, name, what, fix }) => ({ check: name, state: level, message: what, fix }))
  return { at: new Date(now).toISOString(), findings, failed: found.filter(({ level }) => level === 'fail').length }
}

function noSuch(by: Principal, kind: 'system' | 'connection', id: string) {
  const what = `there is no ${kind} "${id}"`
  return notFound(by, { field: 'id', api: what, cli: what })
}
