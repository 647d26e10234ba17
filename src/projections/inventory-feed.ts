import { type Static, Type } from 'typebox'
import { text8 } from '../events/decimal.ts'
import { declarationOf } from '../events/entities.ts'
import { unsellableReasons } from '../rules/sellable-stock.ts'
import { defineFeed } from './projection.ts'
import { stockFold } from './stock-fold.ts'

const Decimal = (description: string) => Type.String({ description: `${description}, decimal as text` })

/** The parts of the sum of a row whose connection sets how the stock that may be sold is computed. */
const parts = Type.Object(
  {
    on_hand: Decimal('On hand at the locations that count'),
    available: Decimal("Available there in the vendor's system; a shortage at a location counts as 0"),
    reserved: Decimal("In orders that the vendor's stock does not include yet"),
    buffer: Decimal('Not sold'),
    sellable: Decimal('The same as total, unless the row is stale'),
    locations: Type.Array(Type.String(), { description: 'Names of the locations that count' }),
    shortages: Type.Array(Type.Object({ location: Type.String(), available: Decimal('As read, less than 0') }), {
      description: 'Locations that count and have less than nothing available: they count as 0',
    }),
    reason: Type.Union([Type.Null(), Type.Enum([...unsellableReasons])], {
      description: 'Why nothing may be sold; null: something may',
    }),
    held_until: Type.Union([Type.Null(), Type.String()], {
      description: 'End of the hold after an oversell, ISO 8601; null: it is not held',
    }),
  },
  { description: 'The parts of the sum; only with sellableStock of the connection' },
)
export type StockParts = Static<typeof parts>

const data = Type.Object({
  total: Decimal('Total that may be sold'),
  in_stock: Type.Boolean(),
  locations: Type.Array(
    Type.Object({ location: Type.String(), on_hand: Decimal('On hand'), available: Decimal('May be sold') }),
  ),
  parts: Type.Optional(parts),
})
export type StockData = Static<typeof data>

/** Absolute levels of every location, as shortest decimal text. */
export const inventoryFeed = defineFeed({
  entity: declarationOf('inventory'),
  title: 'stock by location',
  table: 'universal_products-inventory',
  data,
  fold: stockFold,
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
