import type { Logger } from 'pino'
import { StreamError } from '../errors.ts'
import type { Clock } from '../platform/clock.ts'
import { createImageFeedClient, type ImageFeedClient } from './image-feed/client.ts'
import { imageFeedSettings } from './image-feed/settings.ts'
import { createMagento2Client, type Magento2Client } from './magento2/client.ts'
import { magento2Settings } from './magento2/settings.ts'
import { createNetSuiteClient, type NetSuiteClient } from './netsuite/client.ts'
import { netsuiteSettings } from './netsuite/settings.ts'

/** What is configured of a system, with its references. */
export interface ConnectableSystem {
  readonly id: string
  readonly type: string
  readonly address: string
  readonly secrets: Readonly<Record<string, string>>
  readonly settings: Readonly<Record<string, string>>
  readonly limits: { readonly concurrency: number }
}

/**
 * The clients of the configured systems. A system has one, so that its limit of requests holds for all that use it, until
 * its configuration changes. They throw `configuration_invalid`, naming what is missing.
 */
export interface Clients {
  magento2(system: ConnectableSystem): Promise<Magento2Client>
  netsuite(system: ConnectableSystem): Promise<NetSuiteClient>
  imageFeed(system: ConnectableSystem): Promise<ImageFeedClient>
  /** Makes the system's client anew at its next use: its secrets may have been renewed. */
  forget(system: ConnectableSystem): void
}

export interface ClientDeps {
  readonly clock: Clock
  readonly logger: Logger
  /** The value behind `env:NAME` or `file:/path`. */
  readonly resolveSecret: (reference: string) => string | Promise<string>
}

export function createClients(deps: ClientDeps): Clients {
  const made = new Map<string, Promise<unknown>>()
  const clientOf = <Client>(
    system: ConnectableSystem,
    type: string,
    make: (resolved: ConnectableSystem) => Client,
  ): Promise<Client> => {
    assertType(system, type)
    const key = keyOf(system)
    const known = made.get(key)
    // The key holds the type, and the type says which client it is.
    if (known !== undefined) return known as Promise<Client>
    const client = resolveSystem(system, deps.resolveSecret).then(make)
    made.set(key, client)
    client.catch(() => made.delete(key))
    return client
  }
  return {
    magento2: async (system) => {
      return await clientOf(system, 'magento2', (resolved) => createMagento2Client(magento2Settings(resolved), deps))
    },
    netsuite: async (system) => {
      return await clientOf(system, 'netsuite', (resolved) => createNetSuiteClient(netsuiteSettings(resolved), deps))
    },
    imageFeed: async (system) => {
      return await clientOf(system, 'image-feed', (resolved) => createImageFeedClient(imageFeedSettings(resolved)))
    },
    forget: (system) => void made.delete(keyOf(system)),
  }
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
