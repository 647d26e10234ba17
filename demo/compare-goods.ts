import type { StockPolicy } from '../src/configuration/model.ts'
import { add, type Decimal8, text8, ZERO8 } from '../src/events/decimal.ts'
import type { ShopEnd, VendorEnd } from './ends/end.ts'

/** A connection whose shop is sent the vendor's products and stock. */
export interface Pushed {
  readonly connection: string
  readonly shop: ShopEnd
  readonly vendor: VendorEnd
  readonly locations: StockPolicy['locations']
}

/** Every item of the vendor is in the shop, and the shop's stock of it at each location is what the vendor has for it. */
export function compareGoods({ connection, shop, vendor, locations }: Pushed): readonly string[] {
  return [...vendor.items.keys()].flatMap((sku) => {
    if (!shop.products.has(sku)) return [`${connection}: product ${sku} is not in ${shop.system}`]
    const wanted = wantedStock(vendor.stock.get(sku) ?? new Map(), locations)
    return [...wanted].flatMap(([location, quantity]) => {
      const have = shop.stock.get(sku)?.get(location)
      if (have === quantity) return []
      const told = have === undefined ? 'missing' : text8(have)
      return [`${connection}: stock of ${sku} at ${location} is ${told} in ${shop.system}, ${text8(quantity)} is there`]
    })
  })
}

/** What the shop's locations are to have: less than nothing counts as nothing. */
function wantedStock(
  stock: ReadonlyMap<string, Decimal8>,
  locations: StockPolicy['locations'],
): ReadonlyMap<string, Decimal8> {
  const wanted = new Map<string, Decimal8>()
  for (const [location, quantity] of stock) {
    const target = locations[location] ?? locations['*']
    if (target === undefined) continue
    const positive = quantity < 0n ? ZERO8 : quantity
    wanted.set(target, add(wanted.get(target) ?? ZERO8, positive))
  }
  return wanted
}
