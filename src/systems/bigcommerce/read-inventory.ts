import type { Read } from '../../configuration/model.ts'
import type { Clock } from '../../platform/clock.ts'
import { stringifyExact } from '../../platform/json.ts'
import { filterOf } from '../kit/configured-system.ts'
import { readRows } from '../kit/read-rows.ts'
import type { Keyset, ReadEntity, SourceReader } from '../kit/source.ts'
import { requireText, textOf, type Wire, wiresOf } from '../kit/wire.ts'
import type { BigCommerceClient, Query } from './client.ts'
import { identityOf, toInventory, variantId } from './inventory.ts'
import { stockFilter } from './settings.ts'
import { SURE_ROWS } from './whole-list.ts'

/** Variants whose stock is asked for in one request. */
const VARIANTS = SURE_ROWS
const MOST_PRODUCTS = 250

/** An SKU and the variant that has its stock. */
interface Stocked {
  readonly sku: string
  readonly variantId: string
}

/**
 * All stock, by location: a product's `date_modified` does not move with its stock, so every read is of the whole, product
 * by product by id, and what has not changed is not published. Products that are not tracked are left out.
 * `read.filter.locations` may name location ids.
 */
export function readBigCommerceInventory(
  client: BigCommerceClient,
  read: Read,
  clock: Clock,
): SourceReader<'inventory'> {
  const pages = (after: Keyset | null, signal: AbortSignal) => stockedPages(client, read, after, signal)
  const row = ({ sku }: Stocked) => ({ key: sku, changedAt: '' })
  return {
    name: 'bigcommerce.inventory',
    entity: 'inventory',
    async *read(_window, after, signal) {
      for await (const { stocked, reached } of pages(after, signal)) {
        const requestedAt = clock.now()
        const items = await itemsOf(client, read, stocked, signal)
        const there = stocked.filter((one) => items.has(one.variantId))
        const toEntity = ({ sku, variantId: id }: Stocked): ReadEntity<'inventory'> => {
          const item = items.get(id) ?? {}
          const data = toInventory(sku, item)
          return { key: sku, occurredAt: null, deleted: false, data, raw: stringifyExact(item) }
        }
        yield { ...readRows(there, ({ sku }) => sku, toEntity), rows: stocked.map(row), reached, requestedAt }
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

function stockedOf(product: Wire): Stocked[] {
  if (product['inventory_tracking'] === 'none') return []
  const base = textOf(product['sku'])
  return wiresOf(product['variants']).flatMap((variant) => {
    const sku = textOf(variant['sku']) ?? base
    return sku === null ? [] : [{ sku, variantId: requireText(variant, 'id', 'variants.') }]
  })
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
  for (let at = 0; at < stocked.length; at += VARIANTS) {
    const ids = stocked.slice(at, at + VARIANTS).map((one) => one.variantId)
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
