import { defineSystem } from '../../../src/systems/system.ts'
import { createAcmeClient, secrets, settings } from './client.ts'
import { readAcmeInventory } from './read-inventory.ts'
import { orderFields, writeAcmeOrders } from './write-orders.ts'

const NO_NOTICES = 'Acme sends no webhooks: it is read by schedule'

/** Acme, a vendor with a JSON API: stock is read, orders are delivered. */
export const acme = defineSystem({
  type: 'acme',
  title: 'Acme',
  secrets,
  settings,
  limits: { concurrency: 2 },
  connect: createAcmeClient,
  clientFor: (client, kind) => client.for(kind),
  sources: {
    inventory: { filter: {}, open: ({ client, read, clock }) => readAcmeInventory(client, read, clock) },
  },
  sinks: {
    'vendor-orders': ({ client, system }) => writeAcmeOrders(client, system.settings),
  },
  orderFields: () => orderFields,
  faultRows: {
    acme: {
      'expired-login': 'tokens of Acme do not expire',
      'notice-twice': NO_NOTICES,
      'notices-out-of-order': NO_NOTICES,
      'other-zone': "all of Acme's times are in UTC",
    },
  },
})
