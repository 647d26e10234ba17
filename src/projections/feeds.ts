import type { DeclaredFeedEntity } from '../events/topics.ts'
import { imageFeed } from './image-feed.ts'
import { inventoryFeed } from './inventory-feed.ts'
import { priceFeed } from './price-feed.ts'
import { productFeed } from './product-feed.ts'
import type { Feed } from './projection.ts'

/** An entity without a feed for its rows does not compile. */
const feedsByEntity: { readonly [E in DeclaredFeedEntity]: Feed<`universal-${E}`> } = {
  products: productFeed,
  inventory: inventoryFeed,
  prices: priceFeed,
  images: imageFeed,
}

/** THE list of feeds. */
export const feeds: readonly Feed[] = Object.values(feedsByEntity)
