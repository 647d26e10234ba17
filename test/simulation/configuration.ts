import type { Configuration, Read, System } from '../../src/configuration/model.ts'
import type { Entity } from '../../src/events/topics.ts'
import { readWith } from '../data/configuration.ts'
import { connectionOf } from '../data/processor-events.ts'
import { START } from './scheduler.ts'

export const SHOP = 'magento'
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

/**
 * Two connections of one shop and one ERP; each owns SKUs by their first letters, and both claim AB-. One takes orders on hold
 * back until they are released, the other tells the vendor to wait.
 */
export const configuration: Configuration = {
  revision: 1,
  systems: [system(SHOP, 'magento2', [read(SHOP, 'orders')]), system(ERP, 'netsuite', [read(ERP, 'inventory')])],
  connections: [
    connectionOf('shop-a', '^AB?-', { shop: SHOP, vendor: ERP, reads }),
    connectionOf('shop-b', '^A?B-', { shop: SHOP, vendor: ERP, reads, hold: { tell: true } }),
  ],
  metadata: [],
}
