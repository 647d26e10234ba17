import type { StockPolicy } from '../../configuration/model.ts'
import { add, type Decimal8, text8, ZERO8 } from '../../events/decimal.ts'
import type { UniversalInventory } from '../../events/generated/events.ts'
import { sellable } from '../../events/stock.ts'
import { exactNumber } from '../../platform/json.ts'
import type { Wire } from '../kit/wire.ts'

/** The source that exists in every shop. */
export const DEFAULT_SOURCE = 'default'

/** Magento stores quantities with four decimals. */
const KEPT = 10_000n

/** The shop's source for a vendor's location; null if the policy has none, which means the shop's default source. */
export function sourceOf(policy: StockPolicy | null, location: string | null): string | null {
  const { locations = {} } = policy ?? {}
  return (location === null ? undefined : locations[location]) ?? locations['*'] ?? null
}

/**
 * Source items of a stock row. Pure. Levels are absolute: every source that the connection feeds is listed, even if it
 * has no stock (any more). Without a policy, all stock is in the default source. Decimals that Magento can't store are
 * cut off, so that no more is for sale than there is.
 */
export function sourceItemsOf(
  sku: string,
  { locations }: Pick<UniversalInventory, 'locations'>,
  policy: StockPolicy | null,
): readonly Wire[] {
  const sources = policy === null ? [DEFAULT_SOURCE] : [...new Set(Object.values(policy.locations))]
  const stock = new Map<string, Decimal8>(sources.map((source) => [source, ZERO8]))
  for (const { location, available } of locations) {
    const source = policy === null ? DEFAULT_SOURCE : sourceOf(policy, location)
    if (source !== null) stock.set(source, add(stock.get(source) ?? ZERO8, sellable(available)))
  }
  return [...stock].map(([source, available]) => {
    const quantity = ((available / KEPT) * KEPT) as Decimal8
    return { sku, source_code: source, quantity: exactNumber(text8(quantity)), status: quantity > 0n ? 1 : 0 }
  })
}
