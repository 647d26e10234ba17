import { ZERO8 } from '../../events/decimal.ts'
import type { Inventory, LocationStock } from '../../events/generated/events.ts'
import { joinedLevels } from '../kit/joined-levels.ts'
import { attributesOf, quantityOf, requireText, textOf, type Wire, wireOf, wiresOf } from '../kit/wire.ts'

const LEFT_OUT = new Set(['location_id', 'total_inventory_onhand', 'available_to_sell', 'settings'])

/** The identity of an inventory item, which contains its variant. */
export function identityOf(item: Wire): Wire {
  return wireOf(item['identity'])
}

/**
 * Converts inventory items to a SKU's stock. Pure. Every location is listed by its id, with the stock of all items
 * there; a disabled location has nothing available. Throws `value_missing` or `decimal_invalid`.
 */
export function toInventory(sku: string, items: readonly Wire[]): Inventory {
  const locations = joinedLevels(items.flatMap((item) => wiresOf(item['locations']).map(toLocation)))
  return { sku, locations: locations.toSorted((a, b) => Number(a.location) - Number(b.location)), attributes: {} }
}

function toLocation(location: Wire): LocationStock {
  const stock = (name: string) => quantityOf(location, name, 'locations.') ?? ZERO8
  return {
    location: requireText(location, 'location_id', 'locations.'),
    onHand: stock('total_inventory_onhand'),
    available: location['location_enabled'] === false ? ZERO8 : stock('available_to_sell'),
    attributes: attributesOf(location, LEFT_OUT),
  }
}

/** The variant's id in an item's identity. */
export function variantId(row: Wire): string | null {
  return textOf(row['variant_id'])
}
