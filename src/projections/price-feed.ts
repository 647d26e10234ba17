import { Type } from 'typebox'
import { type Decimal8, text8 } from '../events/decimal.ts'
import { declarationOf } from '../events/entities.ts'
import { isoTime } from '../events/times.ts'
import { defineFeed } from './projection.ts'

const price = (description: string) => Type.String({ description: `${description}, decimal as text` })
const orNull = (schema: ReturnType<typeof Type.String>) => Type.Union([schema, Type.Null()])
const currency = (description: string) => orNull(Type.String({ description: `ISO 4217 code ${description}` }))
const time = (description: string) => orNull(Type.String({ format: 'date-time', description }))

/** Every price of a SKU, as shortest decimal text. */
export const priceFeed = defineFeed({
  entity: declarationOf('prices'),
  title: 'prices by level',
  table: 'universal_products-prices',
  data: Type.Object({
    currency: currency("of the vendor's own currency, which the cost is in"),
    cost: orNull(price('What one piece costs the vendor, if the connection may have it')),
    levels: Type.Array(
      Type.Object({
        level: Type.String({ description: 'Price level or price list' }),
        price: orNull(price('Price of one piece; null: smaller quantities than the tiers keep their prices')),
        currency: currency('of the prices of this level'),
        tiers: Type.Array(Type.Object({ from: price('Lowest quantity'), price: price('Price of one piece') })),
        valid_from: time('First moment; null: valid already'),
        valid_to: time('First moment after it; null: no end'),
      }),
    ),
  }),
  columns: ({ currency: own, cost, levels }) => ({
    currency: own,
    cost: textOrNull(cost),
    levels: levels.map((one) => ({
      level: one.level,
      price: textOrNull(one.price),
      currency: one.currency,
      tiers: one.tiers.map(({ from, price: tierPrice }) => ({ from: text8(from), price: text8(tierPrice) })),
      valid_from: isoTime(one.validFrom),
      valid_to: isoTime(one.validTo),
    })),
  }),
})

function textOrNull(value: Decimal8 | null): string | null {
  return value === null ? null : text8(value)
}
