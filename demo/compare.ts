import { decimal8, text8 } from '../src/events/decimal.ts'

/** The parts of the simulators' states that the comparison looks at. */
export interface BothEnds {
  readonly magento: {
    readonly orders: readonly ShopOrder[]
    readonly products: readonly ShopProduct[]
    readonly sourceItems: readonly { readonly sku: string; readonly source_code: string; readonly quantity: number }[]
  }
  readonly netsuite: { readonly items: readonly ErpItem[]; readonly salesOrders: readonly ErpOrder[] }
  readonly images: { readonly rows: readonly { readonly sku: string; readonly url: string }[] }
  readonly feeds: {
    readonly products: readonly Row[]
    readonly inventory: readonly Row[]
    readonly images: readonly Row[]
  }
}

interface ShopOrder {
  readonly increment_id: string
  readonly state: string
  readonly items: readonly ShopLine[]
}
interface ShopLine {
  readonly sku: string
  readonly parent_item_id?: number
  readonly qty_ordered: number
  readonly qty_canceled?: number
  readonly row_total: number
}
interface ShopProduct {
  readonly sku: string
  readonly name: string
  readonly price?: number
  readonly media_gallery_entries?: readonly { readonly file: string; readonly source_url?: string }[]
}
interface ErpItem {
  readonly itemId: string
  readonly displayName: string
  readonly isInactive?: boolean
  readonly locations: { readonly items: readonly ErpLocation[] }
}
interface ErpLocation {
  readonly location_display: string
  readonly quantityAvailable: number
}
interface ErpOrder {
  readonly externalId: string
  readonly item: {
    readonly items: readonly {
      readonly item: { readonly refName: string }
      readonly quantity: number
      readonly amount: number
    }[]
  }
}
interface Row {
  readonly source: string
  readonly sku: string
  readonly deleted: boolean
  readonly data: Readonly<Record<string, unknown>>
}

const line = (sku: string, quantity: number, amount: number): string =>
  `${sku} × ${text8(decimal8(quantity, 'quantity'))} = ${text8(decimal8(amount, 'amount'))}`

/** Every order of the vendor is in the ERP exactly once, with the shop's lines of that vendor, and no other is. */
export function compareOrders(ends: BothEnds, connection: string, vendor: RegExp): readonly string[] {
  const differences: string[] = []
  const inErp = Map.groupBy(ends.netsuite.salesOrders, (order) => order.externalId)
  const expected = new Set<string>()
  for (const order of ends.magento.orders) {
    const lines = order.items.filter((item) => item.parent_item_id === undefined && vendor.test(item.sku))
    if (order.state !== 'processing' || lines.length === 0) continue
    const id = `${connection}-${order.increment_id}`
    expected.add(id)
    const found = inErp.get(id) ?? []
    if (found.length !== 1) differences.push(`order ${order.increment_id} is ${found.length} times in NetSuite`)
    const want = lines
      .map((item) => line(item.sku, item.qty_ordered - (item.qty_canceled ?? 0), item.row_total))
      .toSorted()
    const have = (found[0]?.item.items ?? [])
      .map((item) => line(item.item.refName, item.quantity, item.amount))
      .toSorted()
    if (found.length === 1 && want.join('\n') !== have.join('\n')) {
      differences.push(`order ${order.increment_id}: the shop has ${want.join(', ')}; NetSuite has ${have.join(', ')}`)
    }
  }
  for (const id of inErp.keys())
    if (!expected.has(id)) differences.push(`NetSuite has an order that the shop has not: ${id}`)
  return differences
}

/** Every item of the vendor is in the product feed and, after the pull, in the shop under the same name. */
export function compareProducts(ends: BothEnds, source: string): readonly string[] {
  const rows = live(ends.feeds.products, source)
  const shop = new Map(ends.magento.products.map((product) => [product.sku, product]))
  return ends.netsuite.items.flatMap((item) => {
    if (!rows.has(item.itemId)) return [`product ${item.itemId} is not in the feed`]
    const inShop = shop.get(item.itemId)
    if (inShop === undefined) return [`product ${item.itemId} is not in the shop`]
    if (inShop.name !== item.displayName)
      return [`product ${item.itemId} is "${inShop.name}" in the shop, "${item.displayName}" in NetSuite`]
    return []
  })
}

/** Every item's stock by location is in the inventory feed and, after the pull, in the shop's source items. */
export function compareInventory(ends: BothEnds, source: string): readonly string[] {
  const rows = live(ends.feeds.inventory, source)
  const shop = new Map(ends.magento.sourceItems.map((item) => [`${item.source_code}|${item.sku}`, item.quantity]))
  return ends.netsuite.items.flatMap((item) =>
    item.locations.items.flatMap((location) => compareLocation(item.itemId, location)),
  )

  function compareLocation(sku: string, location: ErpLocation): readonly string[] {
    const place = `${sku} at ${location.location_display}`
    const want = text8(decimal8(location.quantityAvailable, 'quantityAvailable'))
    const locations = (rows.get(sku)?.data['locations'] ?? []) as readonly { location: string; available: string }[]
    const inFeed = locations.find((entry) => entry.location === location.location_display)
    if (inFeed?.available !== want)
      return [`stock of ${place} is ${inFeed?.available ?? 'missing'} in the feed, ${want} in NetSuite`]
    const code = location.location_display.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')
    const inShop = shop.get(`${code}|${sku}`)
    if (inShop === undefined || text8(decimal8(inShop, 'quantity')) !== want) {
      return [`stock of ${place} is ${inShop ?? 'missing'} in the shop, ${want} in NetSuite`]
    }
    return []
  }
}

/** Every image of the vendor's feed and of the shop's own media is in the image feed, and the vendor's in the shop. */
export function compareImages(ends: BothEnds, vendorSource: string, shopSource: string): readonly string[] {
  const fromVendor = live(ends.feeds.images, vendorSource)
  const fromShop = live(ends.feeds.images, shopSource)
  const shop = new Map(ends.magento.products.map((product) => [product.sku, product]))
  const missing = ends.images.rows.flatMap(({ sku, url }) => {
    if (!urlsOf(fromVendor.get(sku)).includes(url)) return [`image ${url} of ${sku} is not in the feed`]
    const entries = shop.get(sku)?.media_gallery_entries ?? []
    return entries.some((entry) => entry.source_url === url) ? [] : [`image ${url} of ${sku} is not in the shop`]
  })
  const own = ends.magento.products.flatMap(({ sku, media_gallery_entries = [] }) =>
    media_gallery_entries
      .filter((entry) => entry.source_url === undefined)
      .filter((entry) => !urlsOf(fromShop.get(sku)).some((url) => url.endsWith(entry.file)))
      .map((entry) => `image ${entry.file} of ${sku} is in the shop and not in the feed`),
  )
  return [...missing, ...own]
}

function urlsOf(row: Row | undefined): readonly string[] {
  const gallery = (row?.data['gallery'] ?? []) as readonly { url: string }[]
  return gallery.map((image) => image.url)
}

function live(rows: readonly Row[], source: string): ReadonlyMap<string, Row> {
  return new Map(rows.filter((row) => row.source === source && !row.deleted).map((row) => [row.sku, row]))
}
