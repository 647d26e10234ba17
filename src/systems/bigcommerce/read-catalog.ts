import type { Read } from '../../configuration/model.ts'
import { skuKey } from '../kit/sku.ts'
import type { WindowRow } from '../kit/source.ts'
import { requireText, textOf, type Wire } from '../kit/wire.ts'
import type { BigCommerceClient, Query } from './client.ts'
import { skusOf } from './products.ts'
import { fromBigCommerceTime, toBigCommerceTime } from './time.ts'
import type { SecondsSource } from './window-ties.ts'

const MOST_ROWS = 250

/**
 * The catalog's products as a list by seconds. `include`: what to load with them; `filter`: filters of the list, such
 * as `channel_id:in`.
 */
export function productList(
  client: BigCommerceClient,
  { pageSize, filter }: Pick<Read, 'pageSize' | 'filter'>,
  include: string,
  signal: AbortSignal,
): SecondsSource<Wire> {
  const limit = Math.min(MOST_ROWS, Math.max(2, pageSize))
  return {
    limit,
    changedAt: (row) => floorSecond(fromBigCommerceTime(requireText(row, 'date_modified'), 'date_modified')),
    id: (row) => BigInt(requireText(row, 'id')),
    async find({ min, max, idFrom }) {
      const query: Query = [
        ...Object.entries(filter).map(filterParameter),
        // For a date without a time, BigCommerce would use the current time of day.
        ...(min === null ? [] : [['date_modified:min', toBigCommerceTime(min)] as const]),
        ['date_modified:max', toBigCommerceTime(max)],
        ...(idFrom === undefined ? [] : [['id:min', String(idFrom)] as const]),
        ['sort', idFrom === undefined ? 'date_modified' : 'id'],
        ['direction', 'asc'],
        ['include', include],
        ['limit', String(limit)],
        ['page', '1'],
      ]
      return (await client.page('/v3/catalog/products', query, signal)).rows
    },
  }
}

/** The list expects true and false for `is_visible`, but 1 and 0 for the other filters. */
function filterParameter([name, value]: readonly [string, string]): readonly [string, string] {
  return [name, name === 'is_visible' ? String(value === '1') : value]
}

/** One row per SKU, because deletions are detected by SKU. */
export function skuRows(product: Wire): WindowRow[] {
  const skus = skusOf(product)
  const changedAt = textOf(product['date_modified']) ?? ''
  return (skus.length === 0 ? [productKey(product)] : skus).map((key) => ({ key, changedAt }))
}

export function productKey(product: Wire): string {
  return skuKey(product['sku']) ?? `product ${textOf(product['id'])}`
}

const floorSecond = (time: number) => Math.floor(time / 1000) * 1000
