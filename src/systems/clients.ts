import type { System } from '../configuration/model.ts'
import { WEBHOOK_SECRET } from '../configuration/system-type.ts'
import { StreamError, toStreamError } from '../errors.ts'
import { type NotedAccount, notingGovernors } from '../platform/governor/noted-accounts.ts'
import type { NetworkRules } from '../platform/network-rules.ts'
import type { SystemCheck } from './kit/system-check.ts'
import type { ClientDeps, OpenSystem, SystemDefinition } from './system.ts'
import { systemTypes as allTypes } from './systems.ts'

/**
 * The connected systems of a process. Each system is connected once, until its configuration changes, so that its
 * account's governor can put urgent calls first. The methods throw `configuration_invalid` and name what is missing.
 */
export interface Clients {
  /** Known system types. */
  readonly systemTypes: ReadonlyMap<string, SystemDefinition>
  of(system: System): Promise<OpenSystem>
  /**
   * Makes the cheapest call that needs the system's credentials. Throws if the credentials or the address are wrong.
   */
  check(system: System, signal: AbortSignal): Promise<SystemCheck>
  /** Reconnects at the next use, because the system's secrets may have been renewed. */
  forget(system: System): void
  /** Accounts of the systems connected so far. */
  accounts(): readonly NotedAccount[]
}

export interface ClientsDeps extends ClientDeps {
  /** Resolves a secret reference of a system to its value. */
  readonly resolveSecret: (system: string, reference: string) => string | Promise<string>
  /** Known system types; all of `systems.ts` by default. */
  readonly systemTypes?: ReadonlyMap<string, SystemDefinition>
}

export function createClients({ resolveSecret, systemTypes = allTypes, ...deps }: ClientsDeps): Clients {
  const open = new Map<string, Promise<OpenSystem>>()
  const accounts = new Map<string, readonly NotedAccount[]>()
  /** When a system reconnects, its new accounts replace the old ones. */
  const governorsOf = (system: string) => {
    const own: NotedAccount[] = []
    accounts.set(system, own)
    return notingGovernors(deps.governors, system, (account) => own.push(account))
  }
  const of = (system: System): Promise<OpenSystem> => {
    const key = identityOf(system)
    const known = open.get(key)
    if (known !== undefined) return known
    const opening = definitionOf(system, systemTypes).then(async (definition) => {
      assertAddress(system)
      assertNetwork(system, deps.network)
      const resolved = await resolveSystem(system, resolveSecret)
      return definition.open(resolved, { ...deps, governors: governorsOf(system.id) })
    })
    open.set(key, opening)
    opening.catch(() => open.delete(key))
    return opening
  }
  return {
    systemTypes,
    of,
    check: async (system, signal) => await (await of(system)).check(signal),
    forget: (system) => void open.delete(identityOf(system)),
    accounts: () => [...accounts.values()].flat(),
  }
}

/** Everything that a connection depends on. */
function identityOf({ id, type, address, secrets, settings, limits, zone }: System): string {
  return JSON.stringify([id, type, address, secrets, settings, limits, zone])
}

async function definitionOf(
  { id, type }: System,
  systemTypes: ReadonlyMap<string, SystemDefinition>,
): Promise<SystemDefinition> {
  const definition = systemTypes.get(type)
  if (definition !== undefined) return definition
  const message = `system ${id} has the unknown type ${type}; use one of ${[...systemTypes.keys()].join(', ')}`
  throw new StreamError('configuration_invalid', message, { field: `systems.${id}.type` })
}

/** The error names every reference that can't be resolved. */
async function resolveSystem(system: System, resolve: ClientsDeps['resolveSecret']): Promise<System> {
  // Only the API needs the webhook secret; other processes do not resolve it.
  const secrets = Object.entries(system.secrets).filter(([name]) => name !== WEBHOOK_SECRET)
  const resolving = secrets.map(async ([name, reference]) => [name, await resolve(system.id, reference)] as const)
  const results = await Promise.allSettled(resolving)
  const failed = results.flatMap((one) => (one.status === 'rejected' ? [toStreamError(one.reason)] : []))
  const [first, ...more] = failed
  if (first !== undefined && more.length === 0) throw first
  if (first !== undefined) {
    const message = [...new Set(failed.map((one) => one.message))].join('; ')
    throw new StreamError(first.code, message, { field: first.field ?? 'secrets', cause: first })
  }
  const values = results.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
  return { ...system, secrets: Object.fromEntries(values) }
}

/** Checks before any secret is resolved that the network rules allow the address, whichever client the type uses. */
function assertNetwork({ id, address, secrets }: System, network: NetworkRules): void {
  if (!URL.canParse(address)) return
  const url = new URL(address)
  try {
    network.assertUrl(url)
    if (Object.keys(secrets).some((name) => name !== WEBHOOK_SECRET)) network.assertSecret(url)
  } catch (error) {
    const { code, message } = toStreamError(error)
    throw new StreamError(code, `system ${id}: ${message}`, { field: `systems.${id}.address` })
  }
}

/** Earlier versions stored secret references as addresses; these are no longer resolved. */
function assertAddress({ id, address }: System): void {
  if (!/^(env|file):/.test(address)) return
  const message = `the address of ${id} is a reference; apply the configuration again, or enter the address itself`
  throw new StreamError('configuration_invalid', message, { field: `systems.${id}.address` })
}
