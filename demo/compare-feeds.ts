import { createHash } from 'node:crypto'
import { basename } from 'node:path'
import { crc32 } from 'node:zlib'
import { decimal8, text8 } from '../src/events/decimal.ts'
import { sellable } from '../src/events/stock.ts'

/** The parts of both ends that the feeds connect. */
export interface FeedEnds {
  readonly products: readonly ShopProduct[]
  readonly sourceItems: readonly { readonly sku: string; readonly source_code: string; readonly quantity: number }[]
  readonly items: readonly ErpItem[]
  readonly imageRows: readonly { readonly sku: string; readonly url: string }[]
  readonly feeds: Readonly<Record<'products' | 'inventory' | 'prices' | 'images', readonly Row[]>>
}

export interface ShopProduct {
  readonly sku: string
  readonly name: string
  readonly price?: number
  readonly tier_prices?: readonly {
    readonly customer_group_id: number
    readonly qty: number
    readonly value: number
  }[]
  readonly media_gallery_entries?: readonly { readonly file: string }[]
}

export interface ErpItem {
  readonly itemId: string
  readonly displayName: string
  readonly locations: { readonly items: readonly ErpLocation[] }
  readonly price: { readonly items: readonly ErpPrice[] }
}

interface ErpPrice {
  readonly priceLevelName: string
  readonly price: number
  /** The lowest one; 0 and 1 are the price of one piece. */
  readonly quantity: { readonly value: string }
  readonly currencyPage: { readonly refName: string }
}

interface ErpLocation {
  readonly location_display: string
  readonly quantityAvailable: number
}

export interface Row {
  readonly source: string
  readonly sku: string
  readonly deleted: boolean
  readonly data: Readonly<Record<string, unknown>>
}

/** Every item of the vendor is in the product feed and, after the pull, in the shop under the same name; no other is. */
export function compareProducts(ends: FeedEnds, source: string): readonly string[] {
  const rows = live(ends.feeds.products, source)
  const shop = new Map(ends.products.map((product) => [product.sku, product]))
  const missing = ends.items.flatMap((item) => {
    if (!rows.has(item.itemId)) return [`product ${item.itemId} is not in the feed`]
    const inShop = shop.get(item.itemId)
    if (inShop === undefined) return [`product ${item.itemId} is not in the shop`]
    if (inShop.name === item.displayName) return []
    return [`product ${item.itemId} is "${inShop.name}" in the shop, "${item.displayName}" in NetSuite`]
  })
  return [...missing, ...leftOver('product', rows, new Set(ends.items.map(({ itemId }) => itemId)))]
}

/** Every item's stock by location is in the inventory feed and, after the pull, in the shop's source items; no other is. */
export function compareInventory(ends: FeedEnds, source: string): readonly string[] {
  const rows = live(ends.feeds.inventory, source)
  const shop = new Map(ends.sourceItems.map((item) => [`${item.source_code}|${item.sku}`, item.quantity]))
  const places = ends.items.flatMap((item) => item.locations.items.map((location) => ({ sku: item.itemId, location })))
  return [
    ...places.flatMap(({ sku, location }) => compareLocation(sku, location, rows.get(sku), shop)),
    ...leftOver('stock of', rows, new Set(ends.items.map(({ itemId }) => itemId))),
  ]
}

function compareLocation(
  sku: string,
  { location_display: location, quantityAvailable }: ErpLocation,
  row: Row | undefined,
  shop: ReadonlyMap<string, number>,
): readonly string[] {
  const place = `stock of ${sku} at ${location}`
  const available = decimal8(quantityAvailable, 'quantityAvailable')
  const want = text8(available)
  const locations = (row?.data['locations'] ?? []) as readonly { location: string; available: string }[]
  const inFeed = locations.find((entry) => entry.location === location)?.available ?? 'missing'
  if (inFeed !== want) return [`${place} is ${inFeed} in the feed, ${want} in NetSuite`]
  const inShop = shop.get(`${location.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')}|${sku}`)
  // A location that owes has nothing to sell.
  if (inShop !== undefined && decimal8(inShop, 'quantity') === sellable(available)) return []
  return [`${place} is ${inShop ?? 'missing'} in the shop, ${want} in NetSuite`]
}

/** What the shop makes of a price level: the base price, or tier prices of a customer group. */
type LevelTargets = Readonly<Record<string, { readonly base: boolean; readonly group: number }>>

/** Magento's ids of all groups and of Wholesale. */
const levelTargets: LevelTargets = { 'Base Price': { base: true, group: 32_000 }, Wholesale: { base: false, group: 2 } }
const shopCurrency = 'USD'

/**
 * Every item's prices are in the price feed and, after the pull, in the shop: as its base price, and as tier prices, of
 * which it has no others. No other item's are.
 */
export function comparePrices(ends: FeedEnds, source: string): readonly string[] {
  const rows = live(ends.feeds.prices, source)
  const shop = new Map(ends.products.map((product) => [product.sku, product]))
  return [
    ...ends.items.flatMap((item) => {
      const want = textsOf(item.price.items.map(erpPrice))
      const inFeed = textsOf(feedPrices(rows.get(item.itemId)))
      if (inFeed !== want) return [`prices of ${item.itemId} are ${inFeed} in the feed, ${want} in NetSuite`]
      const wantInShop = textsOf(item.price.items.flatMap(wantedInShop))
      const inShop = textsOf(shopPrices(shop.get(item.itemId)))
      return inShop === wantInShop ? [] : [`prices of ${item.itemId} are ${inShop} in the shop, not ${wantInShop}`]
    }),
    ...leftOver('prices of', rows, new Set(ends.items.map(({ itemId }) => itemId))),
  ]
}

const textsOf = (prices: readonly string[]): string => prices.toSorted().join(', ') || 'none'

const priceText = (what: string, from: number | string, price: number | string): string =>
  `${what} from ${Number(from)}: ${text8(decimal8(price, 'price'))}`

const fromOf = ({ quantity }: ErpPrice): number => Math.max(1, Number(quantity.value))

function erpPrice(price: ErpPrice): string {
  return priceText(`${price.priceLevelName} ${price.currencyPage.refName}`, fromOf(price), price.price)
}

function feedPrices(row: Row | undefined): readonly string[] {
  const levels = (row?.data['levels'] ?? []) as readonly {
    readonly level: string
    readonly currency: string | null
    readonly price: string | null
    readonly tiers: readonly { readonly from: string; readonly price: string }[]
  }[]
  return levels.flatMap(({ level, currency, price, tiers }) => {
    const ofOne = price === null ? [] : [{ from: '1', price }]
    return [...ofOne, ...tiers].map((tier) => priceText(`${level} ${currency ?? ''}`, tier.from, tier.price))
  })
}

function wantedInShop(price: ErpPrice): readonly string[] {
  const target = levelTargets[price.priceLevelName]
  if (target === undefined || price.currencyPage.refName !== shopCurrency) return []
  const isBase = target.base && fromOf(price) === 1
  return [priceText(isBase ? 'base' : `group ${target.group}`, fromOf(price), price.price)]
}

function shopPrices(product: ShopProduct | undefined): readonly string[] {
  const base = product?.price === undefined ? [] : [priceText('base', 1, product.price)]
  const tiers = product?.tier_prices ?? []
  return [...base, ...tiers.map(({ customer_group_id: group, qty, value }) => priceText(`group ${group}`, qty, value))]
}

/** Where images come from, and which SKUs are the vendor's. */
interface ImageSources {
  readonly vendor: string
  readonly shop: string
  readonly skus: RegExp
}

/**
 * Every image of the vendor's feed, and of the shop's own media of the vendor's SKUs, is in the image feed, and the vendor's
 * in the shop too; no other SKU is.
 */
export function compareImages(ends: FeedEnds, sources: ImageSources): readonly string[] {
  const fromVendor = live(ends.feeds.images, sources.vendor)
  const fromShop = live(ends.feeds.images, sources.shop)
  const shop = new Map(ends.products.map((product) => [product.sku, product]))
  const missing = ends.imageRows.flatMap(({ sku, url }) => {
    const image = galleryOf(fromVendor.get(sku)).find((one) => one.url === url)
    if (image === undefined) return [`image ${url} of ${sku} is not in the feed`]
    const has = namesOf(shop.get(sku)).includes(pulledName(sources.vendor, image))
    return has ? [] : [`image ${url} of ${sku} is not in the shop`]
  })
  const superfluous = ends.products.flatMap((product) => {
    const wanted = [
      ...galleryOf(fromVendor.get(product.sku)),
      ...ends.imageRows.filter(({ sku }) => sku === product.sku),
    ].map((image) => pulledName(sources.vendor, image))
    return namesOf(product)
      .filter((name) => name.startsWith(prefixOf(sources.vendor)) && !wanted.includes(name))
      .map((name) => `image ${name} of ${product.sku} is in the shop and not in the feed`)
  })
  const ofVendor = ends.products.filter(({ sku }) => sources.skus.test(sku))
  const foreign = ends.feeds.images
    .filter(({ sku, deleted }) => !deleted && !sources.skus.test(sku))
    .map(({ sku }) => `images of ${sku} are in the feed, and it is not the vendor's`)
  const own = ofVendor.flatMap(({ sku, media_gallery_entries = [] }) =>
    media_gallery_entries
      .filter((entry) => !basename(entry.file).startsWith('ws-'))
      .filter((entry) => !galleryOf(fromShop.get(sku)).some(({ url }) => url.endsWith(entry.file)))
      .map((entry) => `image ${entry.file} of ${sku} is in the shop and not in the feed`),
  )
  return [
    ...missing,
    ...superfluous,
    ...own,
    ...foreign,
    ...leftOver('images of', fromVendor, new Set(ends.imageRows.map(({ sku }) => sku))),
  ]
}

interface Image {
  readonly url: string
  readonly picture?: string
}

function galleryOf(row: Row | undefined): readonly Image[] {
  return (row?.data['gallery'] ?? []) as readonly Image[]
}

/** Names of the product's files, without ending and Magento's number. */
function namesOf(product: ShopProduct | undefined): readonly string[] {
  return (product?.media_gallery_entries ?? []).map(({ file }) => basename(file).replace(/(_\d+)?\.[a-z]+$/, ''))
}

/** What the shop's module names a picture. */
function pulledName(source: string, { url, picture }: Image): string {
  const digest = createHash('sha256')
    .update(picture ?? url)
    .digest('hex')
  return `${prefixOf(source)}${digest.slice(0, 16)}`
}

const prefixOf = (source: string): string => `ws-${crc32(source).toString(16).padStart(8, '0')}-`

function live(rows: readonly Row[], source: string): ReadonlyMap<string, Row> {
  return new Map(rows.filter((row) => row.source === source && !row.deleted).map((row) => [row.sku, row]))
}

function leftOver(what: string, rows: ReadonlyMap<string, Row>, known: ReadonlySet<string>): readonly string[] {
  return [...rows.keys()]
    .filter((sku) => !known.has(sku))
    .map((sku) => `${what} ${sku} is in the feed, and its source has it no more`)
}
