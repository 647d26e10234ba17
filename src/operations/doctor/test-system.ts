import type { Connection, System } from '../../configuration/model.ts'
import { createClients } from '../../systems/clients.ts'
import type { SystemDefinition } from '../../systems/system.ts'
import { type Finding, runChecks } from './finding.ts'
import { priceLevelChecks } from './price-levels-check.ts'
import { systemCheck } from './systems-check.ts'

/**
 * Checks one system as `doctor` does: address, credentials, permissions and clock, with calls that change nothing; for a
 * connection also the price levels that it names.
 */
export type TestSystem = (system: System, connection?: Connection) => Promise<readonly Finding[]>

type ClientsDeps = Parameters<typeof createClients>[0]

export interface SystemTestDeps extends Omit<ClientsDeps, 'systemTypes'> {
  readonly systemTypes: ReadonlyMap<string, SystemDefinition>
  /** Time limit: a slower system counts as not answering. */
  readonly limitMs: number
}

/**
 * Runs one test per system at a time; concurrent callers share its result. Reads secrets again for each test, so that a
 * renewed secret is used at once. Findings contain no secret.
 */
export function createSystemTests({ limitMs, ...deps }: SystemTestDeps): TestSystem {
  const underWay = new Map<string, Promise<readonly Finding[]>>()
  return async (system, connection) => {
    const key = JSON.stringify([system, connection])
    const known = underWay.get(key)
    if (known !== undefined) return await known
    const running = look(system, connection, deps, limitMs).finally(() => underWay.delete(key))
    underWay.set(key, running)
    return await running
  }
}

async function look(
  system: System,
  connection: Connection | undefined,
  deps: Omit<SystemTestDeps, 'limitMs'>,
  limitMs: number,
): Promise<readonly Finding[]> {
  const values: string[] = []
  const resolveSecret: ClientsDeps['resolveSecret'] = async (...reference) => {
    const value = await deps.resolveSecret(...reference)
    values.push(value)
    return value
  }
  const clients = createClients({ ...deps, resolveSecret })
  const connections = connection === undefined ? [] : [connection]
  const checks = [
    systemCheck(system, { clients, now: () => deps.clock.now() }),
    ...priceLevelChecks({ systems: [system], connections }, { clients }),
  ]
  const findings = await runChecks(checks, limitMs)
  return findings.map((finding) => ({ ...finding, what: without(values, finding.what) }))
}

/** Shorter secrets could occur in ordinary words. */
const SHORTEST_SECRET = 6

/** Masks secrets in a text: a system's response may repeat the request. */
function without(values: readonly string[], text: string): string {
  const secrets = values.filter((value) => value.length >= SHORTEST_SECRET)
  return secrets.reduce((rest, value) => rest.replaceAll(value, '…'), text)
}
