import { list, setting, whole } from '../../configuration/setting.ts'
import { defineSystem } from '../system.ts'
import { createBigCommerceClient } from './client.ts'
import { orderStates } from './order-states.ts'
import { bigcommerceImages as readImages } from './read-images.ts'
import { bigcommerceInventory as readInventory } from './read-inventory.ts'
import { bigcommerceOrders as readOrders } from './read-orders.ts'
import { bigcommerceProducts as readProducts } from './read-products.ts'
import { clientSettings, secrets, settings } from './settings.ts'
import { bigcommerceHook } from './webhook.ts'
import { bigcommerceFulfilments as writeFulfilments } from './write-fulfilments.ts'
import { bigcommerceImages as writeImages } from './write-images.ts'
import { bigcommerceInventory as writeInventory } from './write-inventory.ts'
import { bigcommerceProducts as writeProducts } from './write-products.ts'

const locations = setting(list(whole({ minimum: 1, maximum: 999_999_999 }), 'ids of locations'), {
  description: 'locations whose stock counts; all by default',
})

/** Paid, and not all shipped: an order that was refunded in part, or of which the seller has shipped its own, goes on. */
const BEGIN = ['awaiting_fulfillment', 'awaiting_shipment', 'partially_shipped', 'partially_refunded']

/** BigCommerce, with B2B Edition. Filters of orders, products and images are those of the lists themselves. */
export const bigcommerce = defineSystem({
  type: 'bigcommerce',
  title: 'BigCommerce',
  secrets,
  settings,
  connect: (system, deps) => createBigCommerceClient(clientSettings(system), deps),
  clientFor: (client, kind) => client.for(kind),
  sources: {
    orders: { filter: null, open: ({ client, read, clock, notes }) => readOrders(client, read, clock, notes) },
    products: { filter: null, open: ({ client, read, system, clock }) => readProducts(client, read, system, clock) },
    inventory: { filter: { locations }, open: ({ client, read, clock }) => readInventory(client, read, clock) },
    images: { filter: null, open: ({ client, read, clock }) => readImages(client, read, clock) },
  },
  sinks: {
    'shop-fulfilments': ({ client, system }) => writeFulfilments(client, system.settings),
    'shop-products': ({ client }) => writeProducts(client),
    'shop-inventory': ({ client, system }) => writeInventory(client, system.settings),
    'shop-images': ({ client }) => writeImages(client),
  },
  orderStates: { known: orderStates, begin: BEGIN },
  webhook: bigcommerceHook,
  faultRows: {
    bigcommerce: {},
    'bigcommerce-b2b': {
      'lost-answer': 'nothing is written to B2B Edition',
      'other-zone': 'all of its times are Unix seconds',
    },
  },
})
