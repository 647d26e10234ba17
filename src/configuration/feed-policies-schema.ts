import Type from 'typebox'
import { filledList, id, MOST_NAMES, MOST_PARTS, strict, text } from './schema-parts.ts'

const skus = (usual: string) =>
  Type.Optional(
    Type.Enum(['vendor', 'all'], {
      description: `where products decide ownership: SKUs in the products feed (vendor), or all of the sources (all); ${usual} by default`,
    }),
  )

const inventory = Type.Object({ skus: skus('all') }, { ...strict, description: 'which stock the feed has: skus' })

const prices = Type.Object(
  {
    levels: Type.Optional(
      filledList(
        text('name of a price level, as in the feed'),
        MOST_NAMES,
        'price levels that the feed has; all by default',
      ),
    ),
    cost: Type.Optional(Type.Boolean({ description: "true: the feed has the vendor's cost; false by default" })),
    skus: skus('vendor'),
  },
  { ...strict, description: 'what the prices feed has: levels, cost, skus' },
)

const images = Type.Object(
  {
    merge: Type.Optional(
      Type.Enum(['all', 'first'], {
        description:
          'one row per SKU: the pictures of all sources, or of the first that has any; by default a row per source',
      }),
    ),
    sources: Type.Optional(
      filledList(
        id('id of a system'),
        MOST_PARTS,
        'with merge: systems, best first; others follow, the shop only where no other has pictures',
      ),
    ),
    skus: skus('vendor'),
  },
  { ...strict, description: 'which pictures the images feed has: merge, sources, skus' },
)

/** `feeds` of a connection. */
export const feedPoliciesSchema = Type.Object(
  { inventory: Type.Optional(inventory), prices: Type.Optional(prices), images: Type.Optional(images) },
  { ...strict, description: 'what the feeds of the connection have, by feed: inventory, prices, images' },
)
