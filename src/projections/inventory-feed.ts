import { text8 } from '../events/decimal.ts'
import type { UniversalInventory } from '../events/generated/events.ts'
import { evolveRow } from './feed-row.ts'
import type { FeedProjection, FeedRow } from './projection.ts'

/** The inventory feed: absolute levels of every location, as shortest decimal text. */
export const inventoryFeed: FeedProjection<'universal-inventory'> = {
  name: 'project-inventory',
  kind: 'universal-inventory',
  table: 'universal_products-inventory',
  evolve: (row, event, position) => evolveRow(row, event, levels(event.data), position),
}

function levels(data: UniversalInventory): FeedRow['data'] {
  return {
    total: text8(data.total),
    in_stock: data.inStock,
    locations: data.locations.map(({ location, onHand, available }) => ({
      location,
      on_hand: text8(onHand),
      available: text8(available),
    })),
  }
}
