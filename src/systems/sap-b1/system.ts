import { list, setting, text, whole } from '../../configuration/setting.ts'
import { defineSystem } from '../system.ts'
import { createSapB1Client } from './client.ts'
import { orderFields } from './order-fields.ts'
import { orderSettings } from './order-settings.ts'
import { sapB1Fulfilments } from './read-fulfilments.ts'
import { sapB1Inventory } from './read-inventory.ts'
import { sapB1Products } from './read-products.ts'
import { addressProblem, clientSettings, markFields, secrets, settingProblems, settings } from './settings.ts'
import { sapB1VendorOrders } from './write-orders.ts'

const NO_NOTICES = 'SAP Business One sends no notices: it is asked'

const itemGroups = setting(list(whole({ minimum: -1, maximum: 1_000_000 }), 'numbers of item groups'), {
  description: 'groups of items; all by default',
})
const warehouses = setting(list(text(), 'codes of warehouses'), {
  description: 'warehouses whose stock counts; all by default',
})

/** SAP Business One by the Service Layer. */
export const sapB1 = defineSystem({
  type: 'sap-b1',
  title: 'SAP Business One',
  secrets,
  settings,
  settingProblems,
  addressProblem,
  connect: (system, deps) => createSapB1Client(clientSettings(system), deps),
  clientFor: (client, kind) => client.for(kind),
  sources: {
    products: {
      filter: { itemGroups },
      open: ({ client, read, system, clock }) => sapB1Products(client, read, system, clock),
    },
    inventory: {
      filter: { itemGroups, warehouses },
      open: ({ client, read, system, clock }) => sapB1Inventory(client, read, system, clock),
    },
    fulfilments: {
      filter: {},
      open: ({ client, read, system, clock }) => sapB1Fulfilments(client, read, system, clock),
    },
  },
  sinks: { 'vendor-orders': ({ client, system }) => sapB1VendorOrders(client, orderSettings(system)) },
  orderFields: (values) => orderFields(markFields(values)),
  faultRows: { 'sap-b1': { 'notice-twice': NO_NOTICES, 'notices-out-of-order': NO_NOTICES } },
})
