import type { Read } from '../../configuration/model.ts'
import { StreamError } from '../../errors.ts'
import type { Clock } from '../../platform/clock.ts'
import { stringifyExact } from '../../platform/json.ts'
import { filterOf } from '../kit/configured-system.ts'
import { readRows } from '../kit/read-rows.ts'
import { requireSku, skuKey } from '../kit/sku.ts'
import type { Keyset, ReadEntity, SourceReader } from '../kit/source.ts'
import { requireText, type Wire, wiresOf } from '../kit/wire.ts'
import type { BigCommerceClient, Query } from './client.ts'
import { identityOf, toInventory, variantId } from './inventory.ts'
import { stockFilter } from './settings.ts'
import { SURE_ROWS } from './whole-list.ts'

/** Variants per stock request. */
const VARIANTS = SURE_ROWS
const MOST_PRODUCTS = 250

/** A SKU and the variants with its stock; `sku` null: they have no SKU. */
interface Stocked {
  readonly sku: string | null
  readonly variantIds: readonly string[]
  readonly product: string
  /** Whether stock is tracked for the whole product and not per variant. */
  readonly isOneStock: boolean
}

/**
 * Reads all stock, by location: a product's `date_modified` does not change with its stock, so every run reads
 * everything, by product id, and unchanged stock is not published. Untracked products are left out.
 * `read.filter.locations` may contain location ids.
 */
export function readBigCommerceInventory(
  client: BigCommerceClient,
  read: Read,
  clock: Clock,
): SourceReader<'inventory'> {
  const pages = (after: Keyset | null, signal: AbortSignal) => stockedPages(client, read, after, signal)
  const row = (one: Stocked) => ({ key: stockKey(one), changedAt: '' })
  return {
    name: 'bigcommerce.inventory',
    entity: 'inventory',
    async *read(_window, after, signal) {
      for await (const { stocked, reached } of pages(after, signal)) {
        const requestedAt = clock.now()
        const items = await itemsOf(client, read, stocked, signal)
        const own = ({ variantIds }: Stocked) =>
          variantIds.map((id) => items.get(id)).filter((item) => item !== undefined)
        const there = stocked.filter((one) => own(one).length > 0)
        const toEntity = (one: Stocked): ReadEntity<'inventory'> => {
          const key = requireSku({ sku: one.sku }, 'sku', 'variants.')
          const levels = own(one)
          const data = toInventory(key, one.isOneStock ? oneOf(key, levels) : levels)
          const raw = stringifyExact(levels.length === 1 ? levels[0] : levels)
          return { key, occurredAt: null, deleted: false, data, raw }
        }
        yield { ...readRows(there, stockKey, toEntity), rows: stocked.map(row), reached, requestedAt }
      }
    },
    async *list(_window, signal) {
      for await (const { stocked } of pages(null, signal)) yield stocked.map(row)
    },
  }
}

async function* stockedPages(
  client: BigCommerceClient,
  { pageSize }: Read,
  after: Keyset | null,
  signal: AbortSignal,
): AsyncGenerator<{ readonly stocked: readonly Stocked[]; readonly reached: Keyset }> {
  const limit = Math.min(MOST_PRODUCTS, Math.max(2, pageSize))
  for (let last = BigInt(after?.id ?? 0); ; ) {
    const query: Query = [
      ['id:greater', String(last)],
      ['sort', 'id'] as const,
      ['direction', 'asc'] as const,
      ['include', 'variants'] as const,
      ['limit', String(limit)] as const,
      ['page', '1'] as const,
    ]
    const { rows } = await client.page('/v3/catalog/products', query, signal)
    const end = rows.at(-1)
    if (end === undefined) return
    last = BigInt(requireText(end, 'id'))
    yield { stocked: rows.flatMap(stockedOf), reached: { changedAt: '', id: String(last) } }
    if (rows.length < Math.min(limit, SURE_ROWS)) return
  }
}

/** Variants without their own SKU belong to the product, whose stock is the sum of theirs. */
function stockedOf(product: Wire): Stocked[] {
  if (product['inventory_tracking'] === 'none') return []
  const base = skuKey(product['sku'])
  const bySku = Map.groupBy(wiresOf(product['variants']), (variant) => skuKey(variant['sku']) ?? base)
  return [...bySku].map(([sku, variants]): Stocked => {
    const variantIds = variants.map((variant) => requireText(variant, 'id', 'variants.'))
    const isOneStock = product['inventory_tracking'] === 'product'
    return { sku, variantIds, product: requireText(product, 'id'), isOneStock }
  })
}

/** Counts stock once if several variants report the same product-level stock. */
function oneOf(sku: string, items: readonly Wire[]): readonly Wire[] {
  const seen = new Set(items.map((item) => stringifyExact(item['locations'])))
  if (seen.size <= 1) return items.slice(0, 1)
  const message = `the stock of ${sku} is tracked for the whole product, but its variants have ${seen.size} different levels`
  throw new StreamError('source_data_invalid', message, { field: 'locations' })
}

function stockKey({ sku, product }: Stocked): string {
  return sku ?? `product ${product}`
}

/** Inventory items by variant. */
async function itemsOf(
  client: BigCommerceClient,
  read: Read,
  stocked: readonly Stocked[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Wire>> {
  const items = new Map<string, Wire>()
  const { locations } = filterOf(stockFilter, read)
  const variants = stocked.flatMap(({ variantIds }) => variantIds)
  for (let at = 0; at < variants.length; at += VARIANTS) {
    const ids = variants.slice(at, at + VARIANTS)
    const query: Query = [
      ['variant_id:in', ids.join(',')],
      ...(locations === null || locations.length === 0 ? [] : [['location_id:in', locations.join(',')] as const]),
      ['limit', String(VARIANTS)],
    ]
    for (const item of (await client.page('/v3/inventory/items', query, signal)).rows) {
      const id = variantId(identityOf(item))
      if (id !== null) items.set(id, item)
    }
  }
  return items
}
