import { type Decimal8, sum, ZERO8 } from '../events/decimal.ts'
import type { Inventory, UniversalInventory } from '../events/generated/events.ts'
import { mapRows } from './map-rows.ts'
import type { Processor } from './processor.ts'

const NAME = 'map-inventory'

/** Vendor's stock → row of the inventory feed. */
export const mapInventory: Processor<'inventory'> = {
  name: NAME,
  from: 'inventory',
  remembers: false,
  process: (event, context) =>
    mapRows(
      NAME,
      event,
      context,
      async () => ({ data: toUniversalInventory(event.data), owned: true }),
      (row, key) => ({ kind: 'universal-inventory', system: null, key, event: row }),
    ),
}

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
