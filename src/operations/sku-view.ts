import type { Connection } from '../configuration/model.ts'
import type { FeedRow, Position } from '../projections/feed-row.ts'
import { mergeGalleries } from '../projections/merge-galleries.ts'
import { oneRowAKey } from '../projections/one-row-a-key.ts'
import { type FeedFilter, type FeedPlaces, type FeedRequest, readFeed, sourcesOf } from '../projections/read-feed.ts'
import { rowsOfKeys } from '../projections/read-rows.ts'
import { asksProducts } from '../rules/ownership.ts'
import type { FeedView } from './feed-view.ts'

/** How the rows of a feed are shown to readers of a connection. */
export interface SkuPolicy {
  /** Of galleries; null: a row for each source. */
  readonly merge: 'all' | 'first' | null
  /** Sources, best first; others follow. */
  readonly sources: readonly string[]
  /** Only SKUs that the vendor's products feed has. */
  readonly isOnlyProducts: boolean
}

/** Whose SKUs a feed has where products decide ownership and the connection does not say. */
const usual = { images: 'vendor', prices: 'vendor', inventory: 'all' } as const

function choosesSkus(entity: string): entity is keyof typeof usual {
  return Object.hasOwn(usual, entity)
}

/** Null: rows as they are. A reader that names sources gets a row for each of them. */
export function skuPolicy(
  entity: string,
  { feeds, ownership }: Pick<Connection, 'feeds' | 'ownership'>,
  asked: readonly string[] | null,
): SkuPolicy | null {
  if (!choosesSkus(entity)) return null
  const skus = feeds?.[entity]?.skus ?? usual[entity]
  const { merge, sources = [] } = entity === 'images' ? (feeds?.images ?? {}) : {}
  const isOnlyProducts = skus === 'vendor' && asksProducts(ownership)
  if (asked !== null) return isOnlyProducts ? { merge: null, sources, isOnlyProducts } : null
  return merge === undefined && !isOnlyProducts ? null : { merge: merge ?? null, sources, isOnlyProducts }
}

/** What a view of a feed's SKUs is made from. */
export interface SkuParts {
  readonly request: FeedRequest
  /** The products feed, if it decides which SKUs are shown; null: all are. */
  readonly products: FeedRequest | null
  readonly connection: Pick<Connection, 'id' | 'shop' | 'vendor'>
  readonly policy: SkuPolicy
}

/**
 * Rows merged by SKU, and only of SKUs that the vendor's products feed has. Guarantee 8: a page has the SKUs with a
 * change in the feed itself or in the products feed, each as it is now; the places cover both feeds. A reader that
 * begins has seen the products as they are now, so it continues at the end of their feed.
 */
export function skuView(parts: SkuParts): FeedView {
  const { request, products, policy } = parts
  const { merge, sources: order } = policy
  const shown = products === null ? [] : [`products ${products.meta.generation}`]
  return {
    mark: [...(merge === null ? [] : [`${merge} ${order.join(',')}`]), ...shown].join(' '),
    isMerged: merge !== null,
    async page(filter, places, limit) {
      const [own, before] = parted(places)
      const page = await readFeed(request, filter, own, limit)
      const rest = Math.max(limit - page.rows.length, 0)
      const also = products === null ? null : await readProducts(parts, products, { filter, before, places }, rest)
      const keys = new Set((also?.page.rows ?? []).map(({ key }) => key))
      const sources = sourcesOf(request.meta, filter)
      const rows = await changedRows(parts, sources, page.rows, keys)
      const exhausted = page.exhausted && also?.page.exhausted !== false
      const frontier = Math.min(page.frontier, also?.page.frontier ?? Number.POSITIVE_INFINITY)
      const stays = page.places === own && (also === null || also.page.places === before)
      return { rows, exhausted, frontier, places: stays ? places : joined(page.places, also?.page.places ?? {}) }
    },
    ofKeys: (sources, keys) => rowsOfSkus(parts, sources, keys),
  }
}

/** Rows of a page: those that changed, and those of SKUs whose product changed. */
async function changedRows(
  parts: SkuParts,
  sources: readonly string[],
  rows: readonly FeedRow[],
  touched: ReadonlySet<string>,
): Promise<readonly FeedRow[]> {
  const { request, connection, policy } = parts
  if (policy.merge !== null) {
    return await rowsOfSkus(parts, sources, [...new Set([...rows.map(({ key }) => key), ...touched])])
  }
  const others = rows.filter(({ key }) => !touched.has(key))
  const again = await rowsOfKeys(request, { connection: connection.id, sources, keys: [...touched] })
  const own = { connection: connection.id, sources, shop: connection.shop }
  return await ofVendor(parts, await oneRowAKey(request, own, [...others, ...again]))
}

/** The rows of SKUs as they are now. */
async function rowsOfSkus(
  parts: SkuParts,
  sources: readonly string[],
  keys: readonly string[],
): Promise<readonly FeedRow[]> {
  const { request, connection, policy } = parts
  const rows = await rowsOfKeys(request, { connection: connection.id, sources, keys })
  const { merge: pick } = policy
  if (pick === null) return await ofVendor(parts, rows)
  const rank = (source: string) => (policy.sources.includes(source) ? policy.sources.indexOf(source) : Number.MAX_VALUE)
  const order = sources.toSorted((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1))
  const fallback = policy.sources.includes(connection.shop) ? null : connection.shop
  const merge = { pick, order, fallback, source: connection.vendor }
  const merged = [...Map.groupBy(rows, ({ key }) => key).values()].flatMap((own) => mergeGalleries(own, merge) ?? [])
  return await ofVendor(parts, merged)
}

/** Leaves out SKUs that the vendor never had; those that it has no more are deleted. */
async function ofVendor({ products, connection }: SkuParts, rows: readonly FeedRow[]): Promise<readonly FeedRow[]> {
  if (products === null) return rows
  const keys = [...new Set(rows.map(({ key }) => key))]
  const found = await rowsOfKeys(products, {
    connection: connection.id,
    sources: productSources(products, connection),
    keys,
  })
  const known = new Set(found.map(({ key }) => key))
  const live = new Set(found.filter(({ deleted }) => !deleted).map(({ key }) => key))
  return rows.filter(({ key }) => known.has(key)).map((row) => (live.has(row.key) ? row : { ...row, deleted: true }))
}

function productSources({ meta }: FeedRequest, { id, shop }: SkuParts['connection']): readonly string[] {
  return sourcesOf(meta, { connection: id, sources: null }).filter((source) => source !== shop)
}

/** Changes of products after the reader's places; `places` empty: the reader begins. */
async function readProducts(
  { connection }: SkuParts,
  products: FeedRequest,
  { filter, before, places }: { readonly filter: FeedFilter; readonly before: FeedPlaces; readonly places: FeedPlaces },
  limit: number,
) {
  const sources = productSources(products, connection)
  const begins = Object.keys(places).length === 0 && filter.from === null
  const from = begins ? endOf(products, sources) : before
  return { page: await readFeed(products, { ...filter, sources }, from, limit) }
}

function endOf({ meta, shards }: FeedRequest, sources: readonly string[]): FeedPlaces {
  const ends: Record<string, Position> = {}
  for (let shard = 0; shard < shards; shard += 1) {
    const position = meta.watermark(meta.generation, shard)?.position
    if (position !== null && position !== undefined) ends[shard] = position
  }
  return Object.fromEntries(sources.map((source) => [source, ends]))
}

/** Sources of the products feed in a cursor; ids of systems have no colon. */
const OF_PRODUCTS = 'products:'

function parted(places: FeedPlaces): readonly [own: FeedPlaces, products: FeedPlaces] {
  const all = Object.entries(places)
  const isOfProducts = ([source]: readonly [string, unknown]) => source.startsWith(OF_PRODUCTS)
  const products = all.filter(isOfProducts).map(([source, of]) => [source.slice(OF_PRODUCTS.length), of])
  return [Object.fromEntries(all.filter((one) => !isOfProducts(one))), Object.fromEntries(products)]
}

function joined(own: FeedPlaces, products: FeedPlaces): FeedPlaces {
  const named = Object.entries(products).map(([source, of]) => [`${OF_PRODUCTS}${source}`, of])
  return { ...own, ...Object.fromEntries(named) }
}
