import type { System } from '../../configuration/model.ts'
import { type Clients, createClients } from '../../systems/clients.ts'
import type { SystemDefinition } from '../../systems/system.ts'
import { type Finding, runChecks } from './finding.ts'
import { systemCheck } from './systems-check.ts'

/** Looks at one system as `doctor` does: address, credentials, permissions and clock, by calls that change nothing. */
export type TestSystem = (system: System) => Promise<readonly Finding[]>

type ClientsDeps = Parameters<typeof createClients>[0]

export interface SystemTestDeps extends Omit<ClientsDeps, 'systemTypes'> {
  readonly systemTypes: ReadonlyMap<string, SystemDefinition>
  /** After it a system counts as one that does not answer. */
  readonly limitMs: number
}

/**
 * One look at a system at a time: whoever asks while one is under way is answered with it. Secrets are looked up anew each
 * time, so that a renewed one is tried at once; no finding holds one.
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

/** Shorter ones would be found in words. */
const SHORTEST_SECRET = 6

/** What a system answers may repeat what it was sent. */
function without(values: readonly string[], text: string): string {
  const secrets = values.filter((value) => value.length >= SHORTEST_SECRET)
  return secrets.reduce((rest, value) => rest.replaceAll(value, '…'), text)
}
