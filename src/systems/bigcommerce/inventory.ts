import { ZERO8 } from '../../events/decimal.ts'
import type { Inventory, LocationStock } from '../../events/generated/events.ts'
import { attributesOf, quantityOf, requireText, textOf, type Wire, wireOf, wiresOf } from '../kit/wire.ts'

const LEFT_OUT = new Set(['location_id', 'total_inventory_onhand', 'available_to_sell', 'settings'])

/** The identity of an inventory item: by what a variant is found. */
export function identityOf(item: Wire): Wire {
  return wireOf(item['identity'])
}

/**
 * An inventory item as an SKU's stock; pure. Every location is there, by its id; one that is switched off has nothing to
 * sell. Throws `value_missing` or `decimal_invalid`.
 */
export function toInventory(sku: string, item: Wire): Inventory {
  const locations = wiresOf(item['locations'])
    .map((location): LocationStock => {
      const stock = (name: string) => quantityOf(location, name, 'locations.') ?? ZERO8
      const available = location['location_enabled'] === false ? ZERO8 : stock('available_to_sell')
      return {
        location: requireText(location, 'location_id', 'locations.'),
        onHand: stock('total_inventory_onhand'),
        available,
        attributes: attributesOf(location, LEFT_OUT),
      }
    })
    .toSorted((a, b) => Number(a.location) - Number(b.location))
  return { sku, locations, attributes: {} }
}

/** How a variant is found among inventory items. */
export function variantId(row: Wire): string | null {
  return textOf(row['variant_id'])
}
