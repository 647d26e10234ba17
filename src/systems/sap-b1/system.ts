import { filterOf } from '../kit/configured-system.ts'
import { defineSystem } from '../system.ts'
import { createSapB1Client } from './client.ts'
import { orderFields } from './order-fields.ts'
import { customerWay, orderSettings } from './order-settings.ts'
import { activePriceLists } from './price-lists.ts'
import { readSapB1Fulfilments } from './read-fulfilments.ts'
import { readSapB1Inventory } from './read-inventory.ts'
import { readSapB1Prices } from './read-prices.ts'
import { readSapB1Products } from './read-products.ts'
import {
  addressProblem,
  clientSettings,
  markFields,
  priceFilter,
  productFilter,
  secrets,
  settingProblems,
  settings,
  stockFilter,
} from './settings.ts'
import { writeSapB1Orders } from './write-orders.ts'

const NO_NOTICES = 'SAP Business One sends no notices: it is read on a schedule'

/** SAP Business One by the Service Layer. */
export const sapB1 = defineSystem({
  type: 'sap-b1',
  title: 'SAP Business One',
  secrets,
  settings,
  limits: { concurrency: 4 },
  orderTerms: {
    customer: { pattern: /^\S.{0,14}$/, expected: 'a card code of at most 15 characters, such as C20000' },
    priceLevel: null,
  },
  settingProblems,
  addressProblem,
  connect: (system, deps) => createSapB1Client(clientSettings(system), deps),
  clientFor: (client, kind) => client.for(kind),
  sources: {
    products: {
      filter: productFilter,
      open: ({ client, read, system, clock }) => readSapB1Products(client, read, system, clock),
    },
    inventory: {
      filter: stockFilter,
      open: ({ client, read, system, clock }) => readSapB1Inventory(client, read, system, clock),
    },
    prices: {
      filter: priceFilter,
      open: ({ client, read, system, clock }) => readSapB1Prices(client, read, system, clock),
    },
    fulfilments: {
      filter: {},
      open: ({ client, read, system, clock }) => readSapB1Fulfilments(client, read, system, clock),
    },
  },
  async priceLevels({ client, system, reads }, signal) {
    const lists = await activePriceLists(client, system.zone, signal)
    const customers = reads.flatMap((read) => filterOf(priceFilter, read).customers ?? [])
    return [...[...lists].map(([id, { name }]) => ({ id, name })), ...customers.map((id) => ({ id, name: id }))]
  },
  sinks: { 'vendor-orders': ({ client, system }) => writeSapB1Orders(client, orderSettings(system)) },
  orderFields: (values) => orderFields(markFields(values), customerWay(values).way),
  faultRows: { 'sap-b1': { 'notice-twice': NO_NOTICES, 'notices-out-of-order': NO_NOTICES } },
})
