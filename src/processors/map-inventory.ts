import { type Decimal8, sum, ZERO8 } from '../events/decimal.ts'
import { declarationOf } from '../events/entities.ts'
import type { Inventory, UniversalInventory } from '../events/generated/events.ts'
import { mapProcessor } from './map-rows.ts'

/** Vendor's stock → row of the inventory feed. */
export const mapInventory = mapProcessor(declarationOf('inventory'), async ({ data }) => ({
  data: toUniversalInventory(data),
  owned: true,
}))

/** A location that owes more than it has takes nothing from what another one can ship: less than none counts as none. */
export function toUniversalInventory({ sku, locations }: Inventory): UniversalInventory {
  const total = sum(locations.map(({ available }): Decimal8 => (available < 0n ? ZERO8 : available)))
  return {
    sku,
    total,
    inStock: total > 0n,
    locations: locations
      .map(({ location, onHand, available }) => ({ location, onHand, available }))
      .toSorted((a, b) => (a.location < b.location ? -1 : 1)),
  }
}
