import type { PriceFeedPolicy } from '../configuration/model.ts'
import { declarationOf } from '../events/entities.ts'
import type { Prices, UniversalPrices } from '../events/generated/events.ts'
import { mapProcessor } from './map-rows.ts'

/** Vendor's prices → row of the prices feed. */
export const mapPrices = mapProcessor(declarationOf('prices'), async ({ data }, { feeds }) => ({
  data: toUniversalPrices(data, feeds?.prices ?? {}),
  owned: true,
}))

/**
 * The levels and the cost that the connection may have, by level, currency and start. What is left out is another
 * seller's price, or the vendor's margin (Guarantee 11).
 */
function toUniversalPrices(prices: Prices, { levels: allowed, cost }: PriceFeedPolicy): UniversalPrices {
  const levels = prices.levels.filter(({ level }) => allowed === undefined || allowed.includes(level))
  return {
    sku: prices.sku,
    currency: prices.currency,
    cost: cost === true ? prices.cost : null,
    levels: levels.map(({ level, price, currency, tiers, validFrom, validTo }) => ({
      level,
      price,
      currency,
      tiers: tiers.map(({ from, price: tierPrice }) => ({ from, price: tierPrice })),
      validFrom,
      validTo,
    })),
  }
}
