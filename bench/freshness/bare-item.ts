import type { Config } from '../../src/config.ts'
import { text8 } from '../../src/events/decimal.ts'
import type { InventoryChanged } from '../../src/events/generated/events.ts'
import { inventoryFeed } from '../../src/projections/inventory-feed.ts'

/** Partition of a SKU in the feed's table that no feed has. */
export const barePartition = (sku: string) => `bare#${sku}`

/** What the bare chain writes for a change. */
export function bareItem({ tablePrefix }: Pick<Config, 'tablePrefix'>, { key, data }: InventoryChanged) {
  const locations = data.locations.map(({ location, onHand }) => ({ location, on_hand: text8(onHand) }))
  const place = { pk: barePartition(key), [inventoryFeed.key.attribute]: key }
  return { TableName: `${tablePrefix}${inventoryFeed.table}`, Item: { ...place, locations } }
}
