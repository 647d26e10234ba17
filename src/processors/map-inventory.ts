import { sum } from '../events/decimal.ts'
import { declarationOf } from '../events/entities.ts'
import type { Inventory, UniversalInventory } from '../events/generated/events.ts'
import { sellable } from '../events/stock.ts'
import { mapProcessor } from './map-rows.ts'

/** Vendor's stock → row of the inventory feed. */
export const mapInventory = mapProcessor(declarationOf('inventory'), async ({ data }) => ({
  data: toUniversalInventory(data),
  owned: true,
}))

/** Stock levels of locations are passed on unchanged, also negative ones. */
export function toUniversalInventory({ sku, locations }: Inventory): UniversalInventory {
  const total = sum(locations.map(({ available }) => sellable(available)))
  return {
    sku,
    total,
    inStock: total > 0n,
    locations: locations
      .map(({ location, onHand, available }) => ({ location, onHand, available }))
      .toSorted((a, b) => (a.location < b.location ? -1 : 1)),
  }
}
