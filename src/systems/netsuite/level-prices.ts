import type { Decimal8 } from '../../events/decimal.ts'
import { priceOf, textOf } from '../kit/wire.ts'
import { type ItemPrices, pricesIn } from './item-prices.ts'

/** Whether an item has this price at a price level; both by internal id. */
export type Costs = (item: string, level: string, price: Decimal8) => boolean

/** The prices to look up: items and levels by internal id, and the order's currency. */
interface Wanted {
  readonly items: readonly string[]
  readonly levels: readonly string[]
  readonly currency: string
}

/** Queries the items' prices at these levels, in the order's currency; makes no query if there are no levels. */
export async function levelPrices(
  pricesOf: ItemPrices,
  { items, levels, currency }: Wanted,
  signal: AbortSignal,
): Promise<Costs> {
  if (levels.length === 0) return () => false
  const known = new Set<string>()
  const priceKey = (item: string, level: string, price: Decimal8) => `${item} ${level} ${price}`
  for (const [item, rows] of await pricesOf(items, signal)) {
    for (const row of pricesIn(rows, currency).rows) {
      const price = priceOf(row, 'price', 'itemprice.')
      if (price !== null) known.add(priceKey(item, textOf(row['pricelevel']) ?? '', price))
    }
  }
  return (item, level, price) => known.has(priceKey(item, level, price))
}
