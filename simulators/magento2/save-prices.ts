import { getBasePrices, updateBasePrices } from './base-prices.ts'
import { deleteCosts, getCosts, updateCosts } from './costs.ts'
import { type PlannedSpecial, type PlannedTier, type PricePlan, placeOf } from './plan-prices.ts'
import type { PriceRefusal } from './price-services.ts'
import type { Shop } from './shop.ts'
import { deleteSpecialPrices, getSpecialPrices, type SpecialPrice, updateSpecialPrices } from './special-prices.ts'
import { deleteTierPrices, getTierPrices, type TierPrice, updateTierPrices } from './tier-prices.ts'

/** Prices of all websites and stores. */
const all = { store_id: 0, website_id: 0 } as const

/**
 * Saves the prices of one kind that differ from the shop's, of all plans in one call, as the module does
 * (`clients/magento2-module/Model/Price`). @throws MagentoError when a product may have no prices; nothing is saved then
 */
export type SavePrices = (shop: Shop, plans: readonly PricePlan[]) => readonly PriceRefusal[]

/** A base price that the row does not have stays: a product has to have one. */
export const saveBasePrices: SavePrices = (shop, plans) => {
  const priced = plans.flatMap(({ sku, base }) => (base === undefined ? [] : [{ sku, price: base }]))
  const current = new Map(getBasePrices(shop, skusOf(priced)).map(({ sku, price }) => [sku, price]))
  const changed = priced.filter(({ sku, price }) => current.get(sku) !== price)
  return updateBasePrices(
    shop,
    changed.map((one) => ({ ...one, store_id: all.store_id })),
  )
}

/** Tier prices of the map's groups; others are the shop's own. */
export const saveTierPrices: SavePrices = (shop, plans) => {
  const concerned = plans.filter(({ settings }) => settings.groups().length > 0)
  const current = Map.groupBy(getTierPrices(shop, skusOf(concerned)), ({ sku }) => sku)
  const [moved, gone, changed]: [TierPrice[], TierPrice[], TierPrice[]] = [[], [], []]
  for (const plan of concerned) {
    const there = new Map((current.get(plan.sku) ?? []).map((tier) => [placeOfTier(tier), tier]))
    for (const [place, tier] of there) {
      if (plan.tiers.has(place) || !isOurs(plan, tier)) continue
      const found = tier.price === 0 ? { ...tier, price: priceToFind } : tier
      if (found !== tier) moved.push(found)
      gone.push(found)
    }
    for (const [place, tier] of plan.tiers) {
      if (there.get(place)?.price !== tier.price) changed.push(toTierPrice(plan, tier))
    }
  }
  return [...updateTierPrices(shop, moved), ...deleteTierPrices(shop, gone), ...updateTierPrices(shop, changed)]
}

/** Magento deletes no tier price of 0, so it gets this one first. */
const priceToFind = 0.01

const placeOfTier = ({ customer_group: group, quantity }: TierPrice): string => placeOf({ group, quantity })

function isOurs({ settings, keptGroups }: PricePlan, { customer_group }: TierPrice): boolean {
  const group = customer_group.toLowerCase()
  return settings.groups().includes(group) && !keptGroups.has(group)
}

function toTierPrice({ sku }: PricePlan, { group, quantity, price }: PlannedTier): TierPrice {
  return { sku, website_id: all.website_id, customer_group: group, quantity, price }
}

/** Special prices with their days. */
export const saveSpecialPrices: SavePrices = (shop, plans) => {
  const concerned = plans.filter(({ special }) => special !== undefined)
  const current = new Map(getSpecialPrices(shop, skusOf(concerned)).map((price) => [price.sku, price]))
  const [gone, changed]: [SpecialPrice[], SpecialPrice[]] = [[], []]
  for (const { sku, special: wanted = null } of concerned) {
    const there = current.get(sku) ?? null
    if (isSameSpecial(there, wanted)) continue
    const target = wanted === null ? null : toSpecialPrice(sku, wanted)
    const surplus = mayHaveMoreThan(there, wanted) ? (there ?? target) : null
    if (surplus !== null) gone.push(surplus)
    if (target !== null) changed.push(target)
  }
  return [...deleteSpecialPrices(shop, gone), ...updateSpecialPrices(shop, changed)]
}

function toSpecialPrice(sku: string, { price, from, to }: PlannedSpecial): SpecialPrice {
  return { sku, store_id: all.store_id, price, price_from: from, price_to: to }
}

function isSameSpecial(there: SpecialPrice | null, wanted: PlannedSpecial | null): boolean {
  if (there === null || wanted === null) return there === wanted
  return there.price === wanted.price && there.price_from === wanted.from && there.price_to === wanted.to
}

/**
 * Whether the shop may have a price or day that is to go: an update only adds. Magento does not show days that are left
 * without a price.
 */
function mayHaveMoreThan(there: SpecialPrice | null, wanted: PlannedSpecial | null): boolean {
  if (wanted === null) return there !== null
  if (there === null) return wanted.from === null || wanted.to === null
  return (there.price_from !== null && wanted.from === null) || (there.price_to !== null && wanted.to === null)
}

/** The vendor's costs. */
export const saveCosts: SavePrices = (shop, plans) => {
  const concerned = plans.flatMap(({ sku, cost }) => (cost === undefined ? [] : [{ sku, cost }]))
  const current = new Map(getCosts(shop, skusOf(concerned)).map(({ sku, cost }) => [sku, cost]))
  const gone = concerned.filter(({ sku, cost }) => cost === null && current.has(sku))
  const changed = concerned.filter(({ sku, cost }) => cost !== null && current.get(sku) !== cost)
  deleteCosts(shop, skusOf(gone))
  return updateCosts(
    shop,
    changed.map((one) => ({ ...one, store_id: all.store_id })),
  )
}

const skusOf = (list: readonly { readonly sku: string }[]): string[] => list.map(({ sku }) => sku)
