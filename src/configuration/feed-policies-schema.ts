import Type from 'typebox'
import { MOST_NAMES, strict, text } from './schema-parts.ts'

const prices = Type.Object(
  {
    levels: Type.Optional(
      Type.Array(text('name of a price level, as in the feed'), {
        minItems: 1,
        maxItems: MOST_NAMES,
        description: 'price levels that the feed has; all by default',
      }),
    ),
    cost: Type.Optional(Type.Boolean({ description: "true: the feed has the vendor's cost; false by default" })),
  },
  { ...strict, description: 'what the prices feed has: levels, cost' },
)

/** `feeds` of a connection. */
export const feedPoliciesSchema = Type.Object(
  { prices: Type.Optional(prices) },
  { ...strict, description: 'what the feeds of the connection have, by feed: prices' },
)
