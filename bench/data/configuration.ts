import { type Configuration, MOST_GONE, type Read } from '../../src/configuration/model.ts'
import type { Entity } from '../../src/events/topics.ts'
import { VENDOR } from './inventory.ts'
import { SHOP, VENDOR_PREFIX } from './orders.ts'

const CONNECTION = `${SHOP}-${VENDOR}`

function read(system: string, entity: Entity): Read {
  const id = `${system}.${entity}.all`
  const window = { pageSize: 100, settleSeconds: 0, overlapSeconds: 0, startFrom: null }
  return {
    id,
    system,
    entity,
    scope: 'all',
    schedule: null,
    zone: 'UTC',
    filter: {},
    sweep: { schedule: null, mostGone: MOST_GONE },
    ...window,
  }
}

const common = { address: 'http://127.0.0.1', secrets: {}, zone: 'UTC', limits: { concurrency: 1 }, settings: {} }

/** One shop, one vendor and the connection between them. */
export const configuration: Configuration = {
  revision: 1,
  systems: [
    { id: SHOP, type: 'magento2', ...common, reads: [read(SHOP, 'orders')] },
    { id: VENDOR, type: 'netsuite', ...common, reads: [read(VENDOR, 'inventory')] },
  ],
  connections: [
    {
      id: CONNECTION,
      shop: SHOP,
      vendor: VENDOR,
      reads: [read(SHOP, 'orders').id, read(VENDOR, 'inventory').id],
      ownership: { skuPattern: `^${VENDOR_PREFIX}` },
      orderStates: ['processing', 'complete'],
      orderMap: { shipMethods: {}, location: null, fields: [] },
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
    },
  ],
  metadata: [],
}
