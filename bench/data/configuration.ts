import type { Configuration } from '../../src/configuration/model.ts'
import { connectionWith, readWith, systemWith } from '../../test/data/configuration.ts'
import { VENDOR } from './inventory.ts'
import { SHOP, VENDOR_PREFIX } from './orders.ts'

const common = { address: 'http://127.0.0.1', limits: { concurrency: 1 } }
const window = { settleSeconds: 0, overlapSeconds: 0 }
const reads = [readWith(SHOP, 'orders', window), readWith(VENDOR, 'inventory', window)]

/** One shop, one vendor and the connection between them. */
export const configuration: Configuration = {
  revision: 1,
  systems: [
    systemWith(SHOP, 'magento2', { ...common, reads: reads.slice(0, 1) }),
    systemWith(VENDOR, 'netsuite', { ...common, reads: reads.slice(1) }),
  ],
  connections: [
    connectionWith(`${SHOP}-${VENDOR}`, {
      shop: SHOP,
      vendor: VENDOR,
      reads: reads.map(({ id }) => id),
      ownership: { skuPattern: `^${VENDOR_PREFIX}` },
      orderStates: ['processing', 'complete'],
    }),
  ],
  metadata: [],
}
