import { defineSystem } from '../system.ts'
import { createMagento2Client } from './client.ts'
import { readMagento2Images } from './read-images.ts'
import { readMagento2Inventory } from './read-inventory.ts'
import { readMagento2Orders } from './read-orders.ts'
import { readMagento2Products } from './read-products.ts'
import { clientSettings, secrets, settings } from './settings.ts'
import { shopStart } from './shop-start.ts'
import { writeMagento2Fulfilments } from './write-fulfilments.ts'
import { writeMagento2Images } from './write-images.ts'
import { writeMagento2Inventory } from './write-inventory.ts'
import { writeMagento2Products } from './write-products.ts'

/**
 * A shop may have modules that send webhooks: they only trigger a read, and repeated requests for the same read are
 * merged.
 */
const NO_NOTICES = 'Magento sends no notifications: it is polled'

/** Magento 2 and Adobe Commerce, by REST. Filters are fields of the order, product or source item. */
export const magento2 = defineSystem({
  type: 'magento2',
  title: 'Magento 2',
  secrets,
  settings,
  limits: { concurrency: 4 },
  connect: (system, deps) => createMagento2Client(clientSettings(system), deps),
  clientFor: (client, kind) => client.for(kind),
  sources: {
    orders: { filter: null, open: ({ client, read, clock }) => readMagento2Orders(client, read, clock) },
    products: {
      filter: null,
      open: ({ client, read, system, clock }) => readMagento2Products(client, read, system, clock),
    },
    inventory: { filter: null, open: ({ client, read, clock }) => readMagento2Inventory(client, read, clock) },
    images: {
      filter: null,
      open: ({ client, read, system, clock }) => readMagento2Images(client, read, system, clock),
    },
  },
  sinks: {
    'shop-fulfilments': ({ client }) => writeMagento2Fulfilments(client),
    'shop-products': ({ client, system }) => writeMagento2Products(client, system.settings),
    'shop-inventory': ({ client }) => writeMagento2Inventory(client),
    'shop-images': ({ client, system, network }) => writeMagento2Images(client, system.settings, network),
  },
  // An order that is edited in the shop gets a new number: 000000012-1.
  orderNumbers: /^\d[\w-]*$/,
  shopStart,
  orderStates: {
    known: ['new', 'pending_payment', 'payment_review', 'processing', 'complete', 'closed', 'canceled', 'holded'],
    begin: ['processing'],
  },
  faultRows: { magento2: { 'notice-twice': NO_NOTICES, 'notices-out-of-order': NO_NOTICES } },
})
