import { Type } from 'typebox'
import { text8 } from '../events/decimal.ts'
import { declarationOf } from '../events/entities.ts'
import { defineFeed } from './projection.ts'

const Decimal = (description: string) => Type.String({ description: `${description}, decimal as text` })

/** Absolute levels of every location, as shortest decimal text. */
export const inventoryFeed = defineFeed({
  entity: declarationOf('inventory'),
  title: 'stock by location',
  table: 'universal_products-inventory',
  data: Type.Object({
    total: Decimal('Total available'),
    in_stock: Type.Boolean(),
    locations: Type.Array(
      Type.Object({ location: Type.String(), on_hand: Decimal('On hand'), available: Decimal('Available') }),
    ),
  }),
  columns: ({ total, inStock, locations }) => ({
    total: text8(total),
    in_stock: inStock,
    locations: locations.map(({ location, onHand, available }) => ({
      location,
      on_hand: text8(onHand),
      available: text8(available),
    })),
  }),
})
