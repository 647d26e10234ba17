import type { Read } from '../../configuration/model.ts'
import type { Clock } from '../../platform/clock.ts'
import { stringifyExact } from '../../platform/json.ts'
import type { ConfiguredSystem } from '../kit/configured-system.ts'
import { newestChange } from '../kit/newest-change.ts'
import { readRows } from '../kit/read-rows.ts'
import type { ReadEntity, ReadWindow, SourceReader } from '../kit/source.ts'
import { requireText, textOf, type Wire } from '../kit/wire.ts'
import type { BigCommerceClient } from './client.ts'
import { toProducts } from './products.ts'
import { productKey, productList, skuRows } from './read-catalog.ts'
import type { BigCommerceValues } from './settings.ts'
import { fromBigCommerceTime } from './time.ts'
import { SURE_ROWS } from './whole-list.ts'
import { secondsPages } from './window.ts'

const SLICE = 100

/**
 * Reads products by `date_modified`, oldest first, and each variant with its own SKU. `read.filter` may contain filters
 * of the list: `categories:in: "23,24"`.
 */
export function readBigCommerceProducts(
  client: BigCommerceClient,
  read: Read,
  { settings }: Pick<ConfiguredSystem<BigCommerceValues>, 'settings'>,
  clock: Clock,
): SourceReader<'products'> {
  const timing = { now: () => clock.now(), slice: SLICE }
  return {
    name: 'bigcommerce.products',
    entity: 'products',
    async *read(window, after, signal) {
      const brands = createBrands(client)
      const list = productList(client, read, 'variants,custom_fields', signal)
      for await (const { rows, reached, requestedAt } of secondsPages(list, window, after, timing)) {
        const names = await brands(rows, signal)
        const store = { currency: settings.currency, weightUnit: settings.weightUnit }
        const toEntities = (row: Wire): ReadEntity<'products'>[] => {
          const occurredAt = fromBigCommerceTime(requireText(row, 'date_modified'), 'date_modified')
          const brand = names.get(textOf(row['brand_id']) ?? '') ?? null
          const raw = stringifyExact(row)
          return toProducts(row, { ...store, brand }).map((data) => {
            return { key: data.sku, occurredAt, deleted: false, data, raw }
          })
        }
        const taken = readRows(rows, productKey, toEntities)
        const reachedAt = newestChange(taken.entities)
        yield { ...taken, rows: rows.flatMap(skuRows), reached, reachedAt, requestedAt }
      }
    },
    async *list(window: ReadWindow, signal: AbortSignal) {
      const list = productList(client, { ...read, pageSize: 250 }, 'variants', signal)
      for await (const page of secondsPages(list, window, null, timing)) yield page.rows.flatMap(skuRows)
    },
  }
}

/** Names of brands by id, requested once per read. */
function createBrands(client: BigCommerceClient) {
  const known = new Map<string, string | null>()
  return async (products: readonly Wire[], signal: AbortSignal): Promise<ReadonlyMap<string, string | null>> => {
    const ids = new Set(products.map((product) => textOf(product['brand_id']) ?? '0'))
    const unknown = [...ids].filter((id) => id !== '0' && !known.has(id))
    for (let at = 0; at < unknown.length; at += BRANDS) {
      const some = unknown.slice(at, at + BRANDS)
      const query = [['id:in', some.join(',')] as const, ['limit', '250'] as const]
      const { rows } = await client.page('/v3/catalog/brands', query, signal)
      for (const id of some) known.set(id, null)
      for (const row of rows) known.set(textOf(row['id']) ?? '', textOf(row['name']))
    }
    return known
  }
}

/** Ids per request. */
const BRANDS = SURE_ROWS
