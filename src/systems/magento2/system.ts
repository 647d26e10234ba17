import { defineSystem } from '../system.ts'
import { createMagento2Client } from './client.ts'
import { magento2Images as readImages } from './read-images.ts'
import { magento2Inventory as readInventory } from './read-inventory.ts'
import { magento2Orders as readOrders } from './read-orders.ts'
import { magento2Products as readProducts } from './read-products.ts'
import { clientSettings, secrets, settings } from './settings.ts'
import { magento2Fulfilments as writeFulfilments } from './write-fulfilments.ts'
import { magento2Images as writeImages } from './write-images.ts'
import { magento2Inventory as writeInventory } from './write-inventory.ts'
import { magento2Products as writeProducts } from './write-products.ts'

/** A shop may have modules that send notices: they only have a read requested, and the same read twice is one. */
const NO_NOTICES = 'Magento sends none: it is asked'

/** Magento 2 and Adobe Commerce, by REST. Filters name fields of the order, product or source item. */
export const magento2 = defineSystem({
  type: 'magento2',
  title: 'Magento 2',
  secrets,
  settings,
  connect: (system, deps) => createMagento2Client(clientSettings(system), deps),
  clientFor: (client, kind) => client.for(kind),
  sources: {
    orders: { filter: null, open: ({ client, read, clock }) => readOrders(client, read, clock) },
    products: { filter: null, open: ({ client, read, system, clock }) => readProducts(client, read, system, clock) },
    inventory: { filter: null, open: ({ client, read, clock }) => readInventory(client, read, clock) },
    images: { filter: null, open: ({ client, read, system, clock }) => readImages(client, read, system, clock) },
  },
  sinks: {
    'shop-fulfilments': ({ client }) => writeFulfilments(client),
    'shop-products': ({ client, system }) => writeProducts(client, system.settings),
    'shop-inventory': ({ client }) => writeInventory(client),
    'shop-images': ({ client, system }) => writeImages(client, system.settings),
  },
  // An order that is edited in the shop gets a number of its own: 000000012-1.
  orderNumbers: /^\d[\w-]*$/,
  orderStates: {
    known: ['new', 'pending_payment', 'payment_review', 'processing', 'complete', 'closed', 'canceled', 'holded'],
    begin: ['processing'],
  },
  faultRows: { magento2: { 'notice-twice': NO_NOTICES, 'notices-out-of-order': NO_NOTICES } },
})
