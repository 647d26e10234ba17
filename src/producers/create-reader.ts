import type { Logger } from 'pino'
import type { Read, System, SystemType } from '../core/model.ts'
import { isReference } from '../core/references.ts'
import { StreamError } from '../errors.ts'
import type { Entity } from '../events/topics.ts'
import type { Clock } from '../platform/clock.ts'
import { createImageFeedClient } from '../systems/image-feed/client.ts'
import { imageFeedSettings } from '../systems/image-feed/settings.ts'
import { createMagento2Client } from '../systems/magento2/client.ts'
import { magento2Settings } from '../systems/magento2/settings.ts'
import { createNetSuiteClient } from '../systems/netsuite/client.ts'
import { netsuiteSettings } from '../systems/netsuite/settings.ts'
import { type FeedMemory, imageFeedImages } from './image-feed-images.ts'
import { magento2Images } from './magento2-images.ts'
import { magento2Orders } from './magento2-orders.ts'
import { netsuiteInventory } from './netsuite-inventory.ts'
import { netsuiteProducts } from './netsuite-products.ts'
import type { AnySourceReader, Page, SourceReader } from './source.ts'

export interface ReaderDeps {
  readonly clock: Clock
  readonly logger: Logger
  /** The value behind `env:NAME` or `file:/path`. */
  readonly resolveSecret: (reference: string) => string | Promise<string>
}

type Make = (read: Read) => AnySourceReader
type Makers = Partial<Record<Entity, Make>>

/** THE table of sources: how each type of system is connected to, and its reader of each entity. */
const sources: Readonly<Record<SystemType, (system: System, deps: ReaderDeps) => Makers>> = {
  magento2(system, { clock, logger }) {
    const client = createMagento2Client(magento2Settings(system), { clock, logger })
    return {
      orders: (read) => magento2Orders(client, read, clock),
      images: (read) => magento2Images(client, read, system, clock),
    }
  },
  netsuite(system, { clock, logger }) {
    const client = createNetSuiteClient(netsuiteSettings(system), { clock, logger })
    return {
      products: (read) => netsuiteProducts(client, read, system, clock),
      inventory: (read) => netsuiteInventory(client, read, system, clock),
    }
  },
  'image-feed'(system, { clock }) {
    const client = createImageFeedClient(imageFeedSettings(system))
    const memory: FeedMemory = { etag: null }
    return { images: (read) => imageFeedImages(client, read, memory, clock) }
  },
}

const readable: Readonly<Record<SystemType, readonly Entity[]>> = {
  magento2: ['orders', 'images'],
  netsuite: ['products', 'inventory'],
  'image-feed': ['images'],
}

/**
 * Gives the reader of a read. A system is connected to once, so that its limit of requests holds for all of its reads,
 * and again after its configuration changed or its credentials were refused (they may have been renewed). Throws
 * `configuration_invalid` when the system has no such entity; what else is wrong with the configuration, its reader
 * throws when it reads.
 */
export function createReaders(deps: ReaderDeps): (read: Read, system: System) => AnySourceReader {
  const connected = new Map<string, Promise<Makers>>()
  return (read, system) => {
    assertReadable(read, system)
    const key = JSON.stringify(system)
    const connect = async (): Promise<AnySourceReader> => {
      const makers = connected.get(key) ?? connectTo(system, deps)
      connected.set(key, makers)
      const make = (await makers)[read.entity]
      if (make === undefined) throw noReader(read, system)
      return make(read)
    }
    return connectedReader(read, system, connect, () => connected.delete(key))
  }
}

async function connectTo(system: System, deps: ReaderDeps): Promise<Makers> {
  const resolve = async (value: string) => (isReference(value) ? await deps.resolveSecret(value) : value)
  const secrets = await Promise.all(
    Object.entries(system.secrets).map(
      async ([name, reference]) => [name, await deps.resolveSecret(reference)] as const,
    ),
  )
  const resolved = { ...system, address: await resolve(system.address), secrets: Object.fromEntries(secrets) }
  return sources[system.type](resolved, deps)
}

/** A reader that connects when it first reads. */
function connectedReader(
  read: Read,
  system: System,
  connect: () => Promise<AnySourceReader>,
  forget: () => void,
): AnySourceReader {
  const through = async function* <T>(pages: (reader: SourceReader<Entity>) => AsyncIterable<T> | undefined) {
    try {
      const found = pages((await connect()) as SourceReader<Entity>)
      if (found !== undefined) yield* found
    } catch (error) {
      if (error instanceof StreamError && error.policy === 'pause') forget()
      throw error
    }
  }
  const reader: SourceReader<Entity> = {
    name: `${system.type}.${read.entity}`,
    entity: read.entity,
    read: (window, after, signal) => through<Page<Entity>>((source) => source.read(window, after, signal)),
    list: (window, signal) => through((source) => source.list?.(window, signal)),
  }
  return reader as AnySourceReader
}

function assertReadable(read: Read, system: System): void {
  if (!readable[system.type].includes(read.entity)) throw noReader(read, system)
}

function noReader(read: Read, system: System): StreamError {
  const message =
    `system ${system.id}: ${read.entity} can't be read from ${system.type}; ` +
    `it has ${readable[system.type].join(', ')}. Remove the read ${read.id} or correct its entity`
  return new StreamError('configuration_invalid', message, { field: `systems.${system.id}.reads` })
}
