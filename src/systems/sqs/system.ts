import { filterOf } from '../kit/configured-system.ts'
import { skuKey } from '../kit/sku.ts'
import type { Wire } from '../kit/wire.ts'
import { defineSystem } from '../system.ts'
import { createSqsClient } from './client.ts'
import { toGallery } from './images.ts'
import { toInventory } from './inventory.ts'
import { orderKey, toOrder } from './order.ts'
import { toProduct } from './product.ts'
import { checkQueueUrl } from './queue-address.ts'
import { type MessageKind, readSqsMessages } from './read-messages.ts'
import { addressProblem, clientSettings, queueFilter, secrets, settings, stockFilter } from './settings.ts'

const orders: MessageKind<'orders'> = { entity: 'orders', keyOf: orderKey, decode: toOrder }
/** The key of a product, stock or image message is its SKU. */
const ownSku = (wire: Wire): string | null => skuKey(wire['sku'])

const products: MessageKind<'products'> = { entity: 'products', keyOf: ownSku, decode: toProduct }
const inventory: MessageKind<'inventory'> = {
  entity: 'inventory',
  keyOf: ownSku,
  decode: (wire, context, read) => toInventory(wire, context, filterOf(stockFilter, read).storeId),
}
const images: MessageKind<'images'> = { entity: 'images', keyOf: ownSku, decode: toGallery }

/** How messages of each entity are decoded. */
export const messageKinds = { orders, products, inventory, images }

/** Amazon SQS, for shops and vendors that push to queues, one entity per message. */
export const sqs = defineSystem({
  type: 'sqs',
  title: 'Amazon SQS',
  secrets,
  settings,
  limits: { concurrency: 4 },
  addressProblem,
  connect: (system, deps) => createSqsClient(clientSettings(system, deps.mayUseRole), deps),
  clientFor: (client, kind) => client.for(kind),
  sources: {
    orders: {
      filter: queueFilter,
      open: (context) => readSqsMessages(context, orders),
    },
    products: {
      filter: queueFilter,
      open: (context) => readSqsMessages(context, products),
    },
    inventory: {
      filter: stockFilter,
      open: (context) => readSqsMessages(context, inventory),
    },
    images: {
      filter: queueFilter,
      open: (context) => readSqsMessages(context, images),
    },
  },
  sinks: {},
  queueUrl: checkQueueUrl,
  // An order that is pushed is meant to be delivered.
  orderStates: { known: null, begin: null },
  faultRows: {
    sqs: {
      'rows-move': 'a queue has no pages: a message goes to one reader at a time, repeatedly until it is deleted',
    },
  },
})
