import type { System } from '../configuration/model.ts'
import { WEBHOOK_SECRET } from '../configuration/system-type.ts'
import { StreamError, toStreamError } from '../errors.ts'
import { type NotedAccount, notingGovernors } from '../platform/governor/noted-accounts.ts'
import type { NetworkRules } from '../platform/network-rules.ts'
import type { SystemCheck } from './kit/system-check.ts'
import type { ClientDeps, OpenSystem, SystemDefinition } from './system.ts'
import { systemTypes as allTypes } from './systems.ts'

/**
 * The connected systems of a process. A system is connected once, until its configuration changes: the governor of its
 * account lets the more urgent calls go first. They throw `configuration_invalid`, naming what is missing.
 */
export interface Clients {
  /** Types of systems there are. */
  readonly systemTypes: ReadonlyMap<string, SystemDefinition>
  of(system: System): Promise<OpenSystem>
  /** The cheapest call that needs the system's credentials. Throws what the credentials or the address lack. */
  check(system: System, signal: AbortSignal): Promise<SystemCheck>
  /** Connects again at the next use: the system's secrets may have been renewed. */
  forget(system: System): void
  /** The accounts of the systems that have been connected. */
  accounts(): readonly NotedAccount[]
}

export interface ClientsDeps extends ClientDeps {
  /** The value behind a reference of a system, by its id. */
  readonly resolveSecret: (system: string, reference: string) => string | Promise<string>
  /** Types of systems there are; all of `systems.ts` by default. */
  readonly systemTypes?: ReadonlyMap<string, SystemDefinition>
}

export function createClients({ resolveSecret, systemTypes = allTypes, ...deps }: ClientsDeps): Clients {
  const open = new Map<string, Promise<OpenSystem>>()
  const accounts = new Map<string, readonly NotedAccount[]>()
  /** Of a system that is connected anew they are what it is connected with now. */
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

/** Everything a connection is made from. */
function identityOf({ id, type, address, secrets, settings, limits, zone }: System): string {
  return JSON.stringify([id, type, address, secrets, settings, limits, zone])
}

async function definitionOf(
  { id, type }: System,
  systemTypes: ReadonlyMap<string, SystemDefinition>,
): Promise<SystemDefinition> {
  const definition = systemTypes.get(type)
  if (definition !== undefined) return definition
  const message = `system ${id} is of type ${type}, which there is not; there are ${[...systemTypes.keys()].join(', ')}`
  throw new StreamError('configuration_invalid', message, { field: `systems.${id}.type` })
}

/** Every reference that can't be resolved is named at once. */
async function resolveSystem(system: System, resolve: ClientsDeps['resolveSecret']): Promise<System> {
  // What webhooks are signed with is for the API alone: other processes need not have it.
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

/** Before a secret is looked up: whatever the type's own client does, its address is one that may be called. */
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

/** Earlier versions kept references as addresses; what they stood for is not looked up any more. */
function assertAddress({ id, address }: System): void {
  if (!/^(env|file):/.test(address)) return
  const message = `the address of ${id} is no http(s) address; apply the configuration again, or put the address itself`
  throw new StreamError('configuration_invalid', message, { field: `systems.${id}.address` })
}
