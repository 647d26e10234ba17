import type { System } from '../../configuration/model.ts'
import { type Clients, createClients } from '../../systems/clients.ts'
import type { SystemDefinition } from '../../systems/system.ts'
import { type Finding, runChecks } from './finding.ts'
import { systemCheck } from './systems-check.ts'

/** Checks one system as `doctor` does: address, credentials, permissions and clock, with calls that change nothing. */
export type TestSystem = (system: System) => Promise<readonly Finding[]>

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
  return async (system) => {
    const key = JSON.stringify(system)
    const known = underWay.get(key)
    if (known !== undefined) return await known
    const running = look(system, deps, limitMs).finally(() => underWay.delete(key))
    underWay.set(key, running)
    return await running
  }
}

async function look(
  system: System,
  deps: Omit<SystemTestDeps, 'limitMs'>,
  limitMs: number,
): Promise<readonly Finding[]> {
  const values: string[] = []
  const resolveSecret: ClientsDeps['resolveSecret'] = async (...reference) => {
    const value = await deps.resolveSecret(...reference)
    values.push(value)
    return value
  }
  const clients: Pick<Clients, 'check'> = createClients({ ...deps, resolveSecret })
  const findings = await runChecks([systemCheck(system, { clients, now: () => deps.clock.now() })], limitMs)
  return findings.map((finding) => ({ ...finding, what: without(values, finding.what) }))
}

/** Shorter secrets could occur in ordinary words. */
const SHORTEST_SECRET = 6

/** Masks secrets in a text: a system's response may repeat the request. */
function without(values: readonly string[], text: string): string {
  const secrets = values.filter((value) => value.length >= SHORTEST_SECRET)
  return secrets.reduce((rest, value) => rest.replaceAll(value, '…'), text)
}
