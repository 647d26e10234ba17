import type { Read, System, SystemType } from '../configuration/model.ts'
import { isQueue } from '../configuration/system-traits.ts'
import { StreamError } from '../errors.ts'
import type { Entity } from '../events/topics.ts'
import type { Clock } from '../platform/clock.ts'
import { bigcommerceImages } from '../systems/bigcommerce/read-images.ts'
import { bigcommerceInventory } from '../systems/bigcommerce/read-inventory.ts'
import { bigcommerceOrders } from '../systems/bigcommerce/read-orders.ts'
import { bigcommerceProducts } from '../systems/bigcommerce/read-products.ts'
import type { Clients } from '../systems/clients.ts'
import { imageFeedImages } from '../systems/image-feed/read-images.ts'
import type { ReaderNotes } from '../systems/kit/reader-notes.ts'
import type { AnySourceReader, Page, SourceReader } from '../systems/kit/source.ts'
import { magento2Images } from '../systems/magento2/read-images.ts'
import { magento2Inventory } from '../systems/magento2/read-inventory.ts'
import { magento2Orders } from '../systems/magento2/read-orders.ts'
import { magento2Products } from '../systems/magento2/read-products.ts'
import { netsuiteFulfilments } from '../systems/netsuite/read-fulfilments.ts'
import { netsuiteInventory } from '../systems/netsuite/read-inventory.ts'
import { netsuiteProducts } from '../systems/netsuite/read-products.ts'
import { sapB1Fulfilments } from '../systems/sap-b1/read-fulfilments.ts'
import { sapB1Inventory } from '../systems/sap-b1/read-inventory.ts'
import { sapB1Products } from '../systems/sap-b1/read-products.ts'
import { imageMessages, inventoryMessages, orderMessages, productMessages } from '../systems/sqs/message-kinds.ts'
import { type MessageKind, sqsMessages } from '../systems/sqs/read-messages.ts'
import { allKeys } from './all-keys.ts'

export interface ReaderDeps {
  readonly clock: Clock
  readonly clients: Clients
  /** Absent: nothing is remembered from one run to the next. */
  readonly notes?: ReaderNotes
}

/** `queueUrl`: the queue that a request named. */
type Make = (deps: ReaderDeps, read: Read, system: System, queueUrl: string | null) => Promise<AnySourceReader>

/** THE table of sources: (type of system, entity) → reader. */
const readers: Readonly<Record<SystemType, Readonly<Partial<Record<Entity, Make>>>>> = {
  magento2: {
    orders: async ({ clients, clock }, read, system) =>
      magento2Orders(await clients.magento2(system, 'orders'), read, clock),
    products: async ({ clients, clock }, read, system) =>
      magento2Products(await clients.magento2(system, 'products'), read, system, clock),
    inventory: async ({ clients, clock }, read, system) =>
      magento2Inventory(await clients.magento2(system, 'inventory'), read, clock),
    images: async ({ clients, clock }, read, system) =>
      magento2Images(await clients.magento2(system, 'images'), read, system, clock),
  },
  netsuite: {
    products: async ({ clients, clock }, read, system) =>
      netsuiteProducts(await clients.netsuite(system, 'products'), read, system, clock),
    inventory: async ({ clients, clock }, read, system) =>
      netsuiteInventory(await clients.netsuite(system, 'inventory'), read, system, clock),
    fulfilments: async ({ clients, clock }, read, system) =>
      netsuiteFulfilments(await clients.netsuite(system, 'fulfilments'), read, system, clock),
  },
  'image-feed': {
    images: async ({ clients, clock, notes }, read, system) =>
      imageFeedImages(await clients.imageFeed(system), read, { clock, notes }),
  },
  'sap-b1': {
    products: async ({ clients, clock }, read, system) =>
      sapB1Products(await clients.sapB1(system, 'products'), read, system, clock),
    inventory: async ({ clients, clock }, read, system) =>
      sapB1Inventory(await clients.sapB1(system, 'inventory'), read, system, clock),
    fulfilments: async ({ clients, clock }, read, system) =>
      sapB1Fulfilments(await clients.sapB1(system, 'fulfilments'), read, system, clock),
  },
  bigcommerce: {
    orders: async ({ clients, clock, notes }, read, system) =>
      bigcommerceOrders(await clients.bigcommerce(system, 'orders'), read, clock, notes),
    products: async ({ clients, clock }, read, system) =>
      bigcommerceProducts(await clients.bigcommerce(system, 'products'), read, system, clock),
    inventory: async ({ clients, clock }, read, system) =>
      bigcommerceInventory(await clients.bigcommerce(system, 'inventory'), read, clock),
    images: async ({ clients, clock }, read, system) =>
      bigcommerceImages(await clients.bigcommerce(system, 'images'), read, clock),
  },
  sqs: {
    orders: messages(orderMessages),
    products: messages(productMessages),
    inventory: messages(inventoryMessages),
    images: messages(imageMessages),
  },
}

function messages<E extends 'orders' | 'products' | 'inventory' | 'images'>(kind: MessageKind<E>): Make {
  return async ({ clients, clock }, read, system, queueUrl) =>
    sqsMessages(
      { client: await clients.sqs(system, kind.entity), clock },
      kind,
      read,
      system,
      queueUrl,
    ) as AnySourceReader
}

/** Entities that can be read from a type of system. */
function readableEntities(type: SystemType): Entity[] {
  return Object.keys(readers[type]) as Entity[]
}

/**
 * The reader of a read; it connects when it first reads. Throws `configuration_invalid` when the system has no such
 * entity; what else is wrong with the configuration, the reader throws when it reads.
 */
export function createReader(
  read: Read,
  system: System,
  deps: ReaderDeps,
  queueUrl: string | null = null,
): AnySourceReader {
  const make = readers[system.type][read.entity]
  if (make === undefined) throw noReader(read, system)
  if (queueUrl !== null && !isQueue(system.type)) throw noQueue(read, system)
  const made = async () => (await make(deps, read, system, queueUrl)) as SourceReader<Entity>
  const through = async function* <T>(pages: (reader: SourceReader<Entity>) => AsyncIterable<T> | undefined) {
    try {
      const found = pages(await made())
      if (found !== undefined) yield* found
    } catch (error) {
      if (error instanceof StreamError && error.policy === 'pause') deps.clients.forget(system)
      throw error
    }
  }
  const name = `${system.type}.${read.entity}`
  const reader: SourceReader<Entity> = {
    name,
    entity: read.entity,
    read: (window, after, signal) => through<Page<Entity>>((source) => source.read(window, after, signal)),
    // A queue can't say what it has: asked by a sweep, an empty list would mean that all is gone.
    ...(isQueue(system.type) && queueUrl === null
      ? {}
      : { list: (window, signal) => through((source) => source.list?.(window, signal)) }),
    ...(queueUrl === null ? {} : { discard: async (signal) => await discard(await made(), signal) }),
    // Whatever the source's own reader can or can't: what can't be listed must not look empty.
    ...(isQueue(system.type)
      ? {}
      : {
          keys: (signal, accepted) => through((source) => allKeys(source, deps.clock.now(), signal, accepted)),
        }),
  }
  return reader as AnySourceReader
}

async function discard(source: SourceReader<Entity>, signal: AbortSignal): Promise<string> {
  return (await source.discard?.(signal)) ?? 'kept: it is no queue'
}

function noQueue(read: Read, system: System): StreamError {
  const message = `queueUrl: ${read.id} is read from a ${system.type} system, which has no queues`
  return new StreamError('configuration_invalid', message, { field: 'queueUrl' })
}

function noReader(read: Read, system: System): StreamError {
  const message =
    `system ${system.id}: ${read.entity} can't be read from ${system.type}; ` +
    `it has ${readableEntities(system.type).join(', ')}. Remove the read ${read.id} or correct its entity`
  return new StreamError('configuration_invalid', message, { field: `systems.${system.id}.reads` })
}
