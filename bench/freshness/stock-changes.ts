import { decimal8 } from '../../src/events/decimal.ts'
import type { InventoryChanged } from '../../src/events/generated/events.ts'
import { digest } from '../../src/events/identity.ts'
import { VENDOR } from '../data/inventory.ts'
import { VENDOR_PREFIX } from '../data/orders.ts'

const LOCATION = 'WH-1'

/** A change of one SKU, known again by its stock. */
export function stockChange(index: number, stock: number): InventoryChanged {
  const sku = `${VENDOR_PREFIX}${String(index).padStart(6, '0')}`
  const id = digest('freshness', sku, String(stock))
  const level = decimal8(stock, 'stock')
  const readAt = Date.now()
  return {
    eventId: id,
    contentDigest: id,
    source: VENDOR,
    key: sku,
    taskId: null,
    occurredAt: readAt,
    readAt,
    deleted: false,
    data: { sku, locations: [{ location: LOCATION, onHand: level, available: level, attributes: {} }], attributes: {} },
    raw: null,
  }
}

export interface Stock {
  readonly locations: readonly { readonly on_hand: string }[]
}

export function hasStock({ locations }: Stock, stock: number): boolean {
  return locations[0]?.on_hand === String(stock)
}
