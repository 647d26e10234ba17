import type { Logger } from 'pino'
import { StreamError } from '../errors.ts'
import type { Clock } from '../platform/clock.ts'
import type { CallKind } from '../platform/governor/governor.ts'
import type { Governors } from '../platform/governor/governors.ts'
import { type BigCommerceClient, createBigCommerceClient } from './bigcommerce/client.ts'
import { bigcommerceSettings } from './bigcommerce/settings.ts'
import { createImageFeedClient, type ImageFeedClient } from './image-feed/client.ts'
import { imageFeedSettings } from './image-feed/settings.ts'
import type { ConfiguredSystem } from './kit/configured-system.ts'
import type { SystemCheck } from './kit/system-check.ts'
import { createMagento2Client, type Magento2Client } from './magento2/client.ts'
import { magento2Settings } from './magento2/settings.ts'
import { createNetSuiteClient, type NetSuiteClient } from './netsuite/client.ts'
import { netsuiteSettings } from './netsuite/settings.ts'
import { createSapB1Client, type SapB1Client } from './sap-b1/client.ts'
import { sapB1Settings } from './sap-b1/settings.ts'
import { createSqsClient, type SqsClient } from './sqs/client.ts'
import { sqsSettings } from './sqs/settings.ts'

/** What is configured of a system, with its references. */
export interface ConnectableSystem extends ConfiguredSystem {
  readonly type: string
}

/** Every client: what `doctor` asks, and the same client with its calls as urgent as those for a kind. */
interface Client<Self> {
  for(kind: CallKind): Self
  check(signal: AbortSignal): Promise<SystemCheck>
}

/**
 * The clients of the configured systems, each for what its calls are for: the governor of its account lets the more urgent
 * go first. A system has one until its configuration changes. They throw `configuration_invalid`, naming what is missing.
 */
export interface Clients {
  magento2(system: ConnectableSystem, kind: CallKind): Promise<Magento2Client>
  netsuite(system: ConnectableSystem, kind: CallKind): Promise<NetSuiteClient>
  imageFeed(system: ConnectableSystem): Promise<ImageFeedClient>
  sapB1(system: ConnectableSystem, kind: CallKind): Promise<SapB1Client>
  bigcommerce(system: ConnectableSystem, kind: CallKind): Promise<BigCommerceClient>
  sqs(system: ConnectableSystem, kind: CallKind): Promise<SqsClient>
  /** The cheapest call that needs the system's credentials. Throws what the credentials or the address lack. */
  check(system: ConnectableSystem, signal: AbortSignal): Promise<SystemCheck>
  /** Makes the system's client anew at its next use: its secrets may have been renewed. */
  forget(system: ConnectableSystem): void
}

export interface ClientDeps {
  readonly clock: Clock
  readonly logger: Logger
  readonly governors: Governors
  /** The value behind `env:NAME` or `file:/path`. */
  readonly resolveSecret: (reference: string) => string | Promise<string>
}

/** THE table of clients: type of system → its client, from a system whose references are resolved. */
const makers = {
  magento2: (system: ConnectableSystem, deps: ClientDeps) => createMagento2Client(magento2Settings(system), deps),
  netsuite: (system: ConnectableSystem, deps: ClientDeps) => createNetSuiteClient(netsuiteSettings(system), deps),
  'image-feed': (system: ConnectableSystem, deps: ClientDeps) => createImageFeedClient(imageFeedSettings(system), deps),
  'sap-b1': (system: ConnectableSystem, deps: ClientDeps) => createSapB1Client(sapB1Settings(system), deps),
  bigcommerce: (system: ConnectableSystem, deps: ClientDeps) =>
    createBigCommerceClient(bigcommerceSettings(system), deps),
  sqs: (system: ConnectableSystem, deps: ClientDeps) => createSqsClient(sqsSettings(system), deps),
} satisfies Record<string, (system: ConnectableSystem, deps: ClientDeps) => Pick<Client<unknown>, 'check'>>

type Type = keyof typeof makers

export function createClients(deps: ClientDeps): Clients {
  const made = new Map<string, Promise<unknown>>()
  const clientOf = <T extends Type>(system: ConnectableSystem, type: T): Promise<ReturnType<(typeof makers)[T]>> => {
    assertType(system, type)
    const key = keyOf(system)
    const known = made.get(key)
    // The key holds the type, and the type says which client it is.
    if (known !== undefined) return known as Promise<ReturnType<(typeof makers)[T]>>
    const make = makers[type] as (system: ConnectableSystem, deps: ClientDeps) => ReturnType<(typeof makers)[T]>
    const client = resolveSystem(system, deps.resolveSecret).then((resolved) => make(resolved, deps))
    made.set(key, client)
    client.catch(() => made.delete(key))
    return client
  }
  return {
    magento2: async (system, kind) => viewOf(await clientOf(system, 'magento2'), kind),
    netsuite: async (system, kind) => viewOf(await clientOf(system, 'netsuite'), kind),
    imageFeed: async (system) => await clientOf(system, 'image-feed'),
    sapB1: async (system, kind) => viewOf(await clientOf(system, 'sap-b1'), kind),
    bigcommerce: async (system, kind) => viewOf(await clientOf(system, 'bigcommerce'), kind),
    sqs: async (system, kind) => viewOf(await clientOf(system, 'sqs'), kind),
    check: async (system, signal) => await (await clientOf(system, system.type as Type)).check(signal),
    forget: (system) => void made.delete(keyOf(system)),
  }
}

const views = new WeakMap<object, Map<CallKind, unknown>>()

/** One view of a client for each kind, whoever asks. */
function viewOf<C extends Client<C>>(client: C, kind: CallKind): C {
  const known = views.get(client) ?? new Map<CallKind, unknown>()
  views.set(client, known)
  const view = (known.get(kind) as C | undefined) ?? client.for(kind)
  known.set(kind, view)
  return view
}

function keyOf({ id, type, address, secrets, settings, limits }: ConnectableSystem): string {
  return JSON.stringify([id, type, address, secrets, settings, limits])
}

async function resolveSystem(
  system: ConnectableSystem,
  resolve: ClientDeps['resolveSecret'],
): Promise<ConnectableSystem> {
  const secrets = await Promise.all(
    Object.entries(system.secrets)
      .filter(isForCalls)
      .map(async ([name, reference]) => [name, await resolve(reference)] as const),
  )
  const address = /^(env:|file:\/)/.test(system.address) ? await resolve(system.address) : system.address
  return { ...system, address, secrets: Object.fromEntries(secrets) }
}

/** What webhooks are signed with is for the API alone: other processes need not have it. */
function isForCalls([name]: readonly [string, string]): boolean {
  return name !== 'webhook'
}

function assertType(system: ConnectableSystem, type: string): void {
  if (system.type === type) return
  const message = `system ${system.id} is of type ${system.type}; ${type} is asked for`
  throw new StreamError('configuration_invalid', message, { field: `systems.${system.id}.type` })
}
