import { list, setting, text } from '../../configuration/setting.ts'
import { defineSystem } from '../system.ts'
import { createNetSuiteClient } from './client.ts'
import { orderFields } from './order-fields.ts'
import { netsuiteFulfilments } from './read-fulfilments.ts'
import { netsuiteInventory } from './read-inventory.ts'
import { netsuiteProducts } from './read-products.ts'
import { clientSettings, secrets, settings } from './settings.ts'
import { netsuiteVendorOrders } from './write-orders.ts'

const NO_NOTICES = 'NetSuite sends no notices: it is read by schedule'

const itemTypes = setting(list(text({ pattern: /\w+/ }), 'item types'), {
  description: "types of items, by NetSuite's codes",
  default: ['InvtPart', 'NonInvtPart', 'Assembly', 'Kit'],
})
const locations = setting(list(text({ pattern: /\d+/ }), 'internal ids of locations'), {
  description: 'locations whose stock counts; all by default',
})

/** Oracle NetSuite by SuiteTalk REST: SuiteQL and the record service. */
export const netsuite = defineSystem({
  type: 'netsuite',
  title: 'Oracle NetSuite',
  secrets,
  settings,
  connect: (system, deps) => createNetSuiteClient(clientSettings(system), deps),
  clientFor: (client, kind) => client.for(kind),
  sources: {
    products: {
      filter: { itemTypes },
      open: ({ client, read, system, clock }) => netsuiteProducts(client, read, system, clock),
    },
    inventory: {
      filter: { locations },
      open: ({ client, read, system, clock }) => netsuiteInventory(client, read, system, clock),
    },
    fulfilments: {
      filter: {},
      open: ({ client, read, system, clock }) => netsuiteFulfilments(client, read, system, clock),
    },
  },
  sinks: { 'vendor-orders': ({ client, system }) => netsuiteVendorOrders(client, system) },
  orderFields: () => orderFields,
  faultRows: { netsuite: { 'notice-twice': NO_NOTICES, 'notices-out-of-order': NO_NOTICES } },
})
