import type { FeedRow } from './feed-client.ts'
import type { Shop } from './shop.ts'
import { sourceItemKey } from './shop-store.ts'
import type { SourceItem } from './wire-types.ts'

interface InventoryData {
  locations?: { location: string; on_hand: string; available: string }[]
}

/**
 * Writes a stock row as source items, one per location (creates a source for a new one). The row is the whole stock of
 * its feed source: other locations that the source wrote before, and everything of a deleted row, become 0.
 *
 * @returns whether anything changed
 */
export function applyInventoryRow(shop: Shop, row: FeedRow): boolean {
  const { locations = [] } = (row.deleted ? {} : (row.data ?? {})) as InventoryData
  const wanted = new Map<string, SourceItem>()
  for (const { location, available } of locations) {
    ensureSource(shop, location)
    const item = toItem(row, locationCode(location), readQuantity(available))
    wanted.set(sourceItemKey(item), item)
  }
  for (const item of shop.store.sourceItems.all()) {
    if (item.sku !== row.sku || item.feed_source !== row.source || wanted.has(sourceItemKey(item))) continue
    wanted.set(sourceItemKey(item), toItem(row, item.source_code, 0))
  }
  const changed = [...wanted].filter(([key, item]) => differs(shop.store.sourceItems.get(key), item))
  for (const [, item] of changed) shop.store.sourceItems.put(item)
  return changed.length > 0
}

/** The source code of a location: its name in lower-case ASCII letters, digits and hyphens. */
export function locationCode(location: string): string {
  const plain = location
    .normalize('NFKD')
    .replace(/\p{Mark}/gu, '')
    .toLowerCase()
  return (
    plain.replace(/[^a-z0-9]+/g, '-').replace(/^-+|-+$/g, '') || `location-${Buffer.from(location).toString('hex')}`
  )
}

function ensureSource(shop: Shop, location: string): void {
  const code = locationCode(location)
  if (shop.store.sources.get(code) !== undefined) return
  shop.store.sources.put({ source_code: code, name: location, enabled: true, country_id: 'US', postcode: '00000' })
}

function toItem({ sku, source }: FeedRow, code: string, quantity: number): SourceItem {
  return { sku, source_code: code, quantity, status: quantity > 0 ? 1 : 0, feed_source: source }
}

function differs(known: SourceItem | undefined, item: SourceItem): boolean {
  return known?.quantity !== item.quantity || known.status !== item.status || known.feed_source !== item.feed_source
}

function readQuantity(available: string): number {
  const quantity = Number(available)
  if (available === '' || Number.isNaN(quantity)) throw new Error(`"${available}" is not a quantity`)
  return quantity
}
