import type { Configuration, Read, System } from '../../src/configuration/model.ts'
import type { Entity } from '../../src/events/topics.ts'
import { readWith } from '../data/configuration.ts'
import { connectionOf } from '../data/processor-events.ts'
import { START } from './scheduler.ts'

export const SHOP = 'magento'
/** It sells the vendor's stock too; nobody orders there. */
const OTHER_SHOP = 'magento-two'
export const ERP = 'netsuite'
export const ORDERS_READ = `${SHOP}.orders.all`
export const STOCK_READ = `${ERP}.inventory.all`

/** How long a change may come after the time it bears: windows end this long before now. */
export const SETTLE_SECONDS = 2

function read(system: string, entity: Entity): Read {
  return readWith(system, entity, {
    startFrom: entity === 'orders' ? new Date(START - 60_000).toISOString() : null,
    settleSeconds: SETTLE_SECONDS,
    overlapSeconds: 1,
  })
}

function system(id: string, type: System['type'], reads: readonly Read[]): System {
  const limits = { concurrency: 2 }
  return { id, type, address: `http://${id}`, secrets: {}, zone: 'UTC', limits, settings: {}, reads }
}

const reads = [ORDERS_READ, STOCK_READ]
const vendor = ERP

/**
 * Two connections of one shop and one ERP; each owns SKUs by their first letters, and both claim AB-. One takes orders on hold
 * back until they are released, the other tells the vendor to wait. Orders of both reserve stock, which another shop sells too:
 * it has no orders, and what those of the first shop reserve is missing in its feed.
 */
export const configuration: Configuration = {
  revision: 1,
  systems: [
    system(SHOP, 'magento2', [read(SHOP, 'orders')]),
    system(OTHER_SHOP, 'magento2', []),
    system(ERP, 'netsuite', [read(ERP, 'inventory')]),
  ],
  connections: [
    connectionOf('shop-a', '^AB?-', { shop: SHOP, vendor, reads, sellableStock: { reserve: true } }),
    connectionOf('shop-b', '^A?B-', {
      shop: SHOP,
      vendor,
      reads,
      hold: { tell: true },
      sellableStock: { reserve: true, buffer: { fixed: 1 } },
    }),
    connectionOf('shop-c', '^[AB]-', {
      shop: OTHER_SHOP,
      vendor,
      reads: [STOCK_READ],
      sellableStock: { reserve: true },
    }),
  ],
  metadata: [],
}

/** The connections that orders come to. */
export const orderConnections = configuration.connections.filter(({ shop }) => shop === SHOP)
