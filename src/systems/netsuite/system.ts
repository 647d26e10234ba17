import { defineSystem } from '../system.ts'
import { createNetSuiteClient } from './client.ts'
import { listPriceLevels } from './list-price-levels.ts'
import { orderFields, orderFieldsWithCurrency } from './order-fields.ts'
import { readNetSuiteFulfilments } from './read-fulfilments.ts'
import { readNetSuiteInventory } from './read-inventory.ts'
import { readNetSuitePrices } from './read-prices.ts'
import { readNetSuiteProducts } from './read-products.ts'
import {
  attributeProblem,
  clientSettings,
  priceFilter,
  productFilter,
  secrets,
  settingProblems,
  settings,
  stockFilter,
} from './settings.ts'
import { writeNetSuiteOrders } from './write-orders.ts'

const NO_NOTICES = 'NetSuite sends no notices: it is read on a schedule'

/** Oracle NetSuite by SuiteTalk REST: SuiteQL and the record service. */
export const netsuite = defineSystem({
  type: 'netsuite',
  title: 'Oracle NetSuite',
  secrets,
  settings,
  limits: { concurrency: 4 },
  settingProblems,
  attributeProblem,
  connect: (system, deps) => createNetSuiteClient(clientSettings(system), deps),
  clientFor: (client, kind) => client.for(kind),
  sources: {
    products: {
      filter: productFilter,
      open: ({ client, read, system, clock }) => readNetSuiteProducts(client, read, system, clock),
    },
    inventory: {
      filter: stockFilter,
      open: ({ client, read, system, clock }) => readNetSuiteInventory(client, read, system, clock),
    },
    prices: {
      filter: priceFilter,
      open: ({ client, read, system, clock }) => readNetSuitePrices(client, read, system, clock),
    },
    fulfilments: {
      filter: {},
      open: ({ client, read, system, clock }) => readNetSuiteFulfilments(client, read, system, clock),
    },
  },
  priceLevels: ({ client }, signal) => listPriceLevels(client, signal),
  sinks: { 'vendor-orders': ({ client, system }) => writeNetSuiteOrders(client, system) },
  orderFields: ({ currencies }) => (currencies.size === 0 ? orderFields : orderFieldsWithCurrency),
  orderTerms: {
    customer: { pattern: /^\d+$/, expected: 'an internal id, such as 4711' },
    priceLevel: { pattern: /^\d+$/, expected: 'an internal id of a price level, such as 5' },
  },
  faultRows: { netsuite: { 'notice-twice': NO_NOTICES, 'notices-out-of-order': NO_NOTICES } },
})
