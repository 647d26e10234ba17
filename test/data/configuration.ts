import {
  type AttributeRule,
  type Connection,
  MOST_GONE,
  type ProductMetadata,
  type Read,
  type System,
} from '../../src/configuration/model.ts'
import type { Entity } from '../../src/events/topics.ts'

/** Models with the defaults of a document that says nothing else. */

export const ruleWith = (attribute: string, more: Partial<AttributeRule>): AttributeRule => ({
  attribute,
  from: null,
  constant: null,
  expression: null,
  default: null,
  required: false,
  type: 'string',
  lookup: null,
  schema: null,
  ...more,
})

export const readWith = (system: string, entity: Entity, more: Partial<Read> = {}): Read => ({
  id: `${system}.${entity}.${more.scope ?? 'all'}`,
  system,
  entity,
  scope: 'all',
  schedule: null,
  zone: 'UTC',
  startFrom: null,
  pageSize: 100,
  settleSeconds: 5,
  overlapSeconds: 60,
  filter: {},
  sweep: { schedule: null, mostGone: MOST_GONE },
  ...more,
})

export const systemWith = (id: string, type: string, more: Partial<System> = {}): System => ({
  id,
  type,
  address: `https://${id}.example`,
  secrets: {},
  zone: 'UTC',
  limits: { concurrency: 4 },
  settings: {},
  reads: [],
  ...more,
})

export const connectionWith = (
  id: string,
  more: Partial<Omit<Connection, 'orderMap'>> & { readonly orderMap?: Partial<Connection['orderMap']> } = {},
): Connection => ({
  id,
  shop: 'magento',
  vendor: 'netsuite',
  reads: [],
  ownership: { skuPattern: '' },
  orderStates: ['processing'],
  hold: null,
  bundles: 'split',
  charges: {},
  billTo: 'consumer',
  customer: null,
  prices: 'shop',
  priceLevel: null,
  costs: {},
  shipping: null,
  holdMinutes: null,
  ordersFrom: null,
  push: [],
  fulfilments: { notifyCustomer: false, carriers: {} },
  stock: null,
  deleteDrainedQueues: false,
  revision: 1,
  ...more,
  orderMap: { shipMethods: {}, location: null, fields: [], ...more.orderMap },
})

export const metadataWith = (connection: string, ...attributes: readonly AttributeRule[]): ProductMetadata => ({
  connection,
  attributes,
  destination: null,
})
