import { defineSystem } from '../system.ts'
import { createBigCommerceClient } from './client.ts'
import { orderStates } from './order-states.ts'
import { readBigCommerceImages } from './read-images.ts'
import { readBigCommerceInventory } from './read-inventory.ts'
import { readBigCommerceOrders } from './read-orders.ts'
import { readBigCommerceProducts } from './read-products.ts'
import { catalogFilter, clientSettings, orderFilter, secrets, settings, stockFilter } from './settings.ts'
import { shopStart } from './shop-start.ts'
import { bigcommerceHook } from './webhook.ts'
import { writeBigCommerceFulfilments } from './write-fulfilments.ts'
import { writeBigCommerceImages } from './write-images.ts'
import { writeBigCommerceInventory } from './write-inventory.ts'
import { writeBigCommerceProducts } from './write-products.ts'

/**
 * Paid and not completely shipped: an order that was partly refunded, or partly shipped by the seller, is still
 * delivered.
 */
const BEGIN = ['awaiting_fulfillment', 'awaiting_shipment', 'partially_shipped', 'partially_refunded']

/** BigCommerce with B2B Edition. Filters are those of its lists. */
export const bigcommerce = defineSystem({
  type: 'bigcommerce',
  title: 'BigCommerce',
  secrets,
  settings,
  limits: { concurrency: 4 },
  connect: (system, deps) => createBigCommerceClient(clientSettings(system), deps),
  clientFor: (client, kind) => client.for(kind),
  sources: {
    orders: {
      filter: orderFilter,
      open: ({ client, read, clock, notes }) => readBigCommerceOrders(client, read, clock, notes),
    },
    products: {
      filter: catalogFilter,
      open: ({ client, read, system, clock }) => readBigCommerceProducts(client, read, system, clock),
    },
    inventory: {
      filter: stockFilter,
      open: ({ client, read, clock }) => readBigCommerceInventory(client, read, clock),
    },
    images: { filter: catalogFilter, open: ({ client, read, clock }) => readBigCommerceImages(client, read, clock) },
  },
  sinks: {
    'shop-fulfilments': ({ client, system }) => writeBigCommerceFulfilments(client, system.settings),
    'shop-products': ({ client }) => writeBigCommerceProducts(client),
    'shop-inventory': ({ client, system }) => writeBigCommerceInventory(client, system.settings),
    'shop-images': ({ client }) => writeBigCommerceImages(client),
  },
  orderNumbers: /^\d+$/,
  shopStart,
  orderStates: { known: orderStates, begin: BEGIN },
  webhook: bigcommerceHook,
  faultRows: {
    bigcommerce: {},
    'bigcommerce-b2b': {
      'lost-answer': 'Waldstream does not write to B2B Edition',
      'other-zone': 'all of its times are Unix seconds',
    },
  },
})
