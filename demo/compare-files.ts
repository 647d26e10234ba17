import { decimal8, text8 } from '../src/events/decimal.ts'
import type { Row } from './compare-feeds.ts'
import type { AcmeState } from './ends/acme.ts'

/** The feeds of a connection that a vendor's files fill. */
export interface FileFeeds {
  readonly inventory: readonly Row[]
  readonly prices: readonly Row[]
}

/** Every row of the vendor's stock and price files is in the feed, nothing else is, and the vendor could read every order. */
export function compareFiles(connection: string, { items, rejected }: AcmeState, feeds: FileFeeds): readonly string[] {
  const stock = new Map(items.map(({ sku, offered }) => [sku, text8(decimal8(offered, 'offered'))]))
  const prices = new Map(items.map(({ sku, price }) => [sku, text8(decimal8(price, 'price'))]))
  return [
    ...rejected.map(({ file, reason }) => `${connection}: the vendor can't read ${file}: ${reason}`),
    ...differ(`${connection}: stock of`, stock, textsOf(feeds.inventory, stockOf)),
    ...differ(`${connection}: price of`, prices, textsOf(feeds.prices, priceOf)),
  ]
}

function textsOf(rows: readonly Row[], textOf: (row: Row) => string): ReadonlyMap<string, string> {
  return new Map(rows.filter(({ deleted }) => !deleted).map((row) => [row.sku, textOf(row)]))
}

function stockOf({ data }: Row): string {
  const locations = (data['locations'] ?? []) as readonly { readonly available: string }[]
  return locations.map(({ available }) => available).join(', ')
}

function priceOf({ data }: Row): string {
  const levels = (data['levels'] ?? []) as readonly { readonly price: string | null }[]
  return levels.map(({ price }) => price ?? 'none').join(', ')
}

function differ(what: string, file: ReadonlyMap<string, string>, feed: ReadonlyMap<string, string>): readonly string[] {
  return [...new Set([...file.keys(), ...feed.keys()])]
    .filter((sku) => file.get(sku) !== feed.get(sku))
    .map(
      (sku) => `${what} ${sku} is ${feed.get(sku) ?? 'missing'} in the feed, ${file.get(sku) ?? 'missing'} in the file`,
    )
}
