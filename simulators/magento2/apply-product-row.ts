import { isDeepStrictEqual } from 'node:util'
import { type ProductChanges, previewProduct } from './change-product.ts'
import type { FeedRow } from './feed-client.ts'
import type { Shop } from './shop.ts'

const columns = new Set(['name', 'price', 'weight', 'status', 'visibility', 'attribute_set_id', 'type_id'])

/**
 * Writes a product row: Magento's own columns are set, the rest goes into `custom_attributes`. A deleted row disables
 * the product; when it comes back without a status of its own, it is enabled again. An unknown SKU is created.
 *
 * @returns whether anything changed; if not, nothing is written
 */
export function applyProductRow(shop: Shop, { sku, deleted, data }: FeedRow): boolean {
  const known = shop.store.products.get(sku)
  const mark = `disabled by feed ${sku}`
  if (deleted) {
    if (known === undefined || known.status === 2) return false
    shop.store.products.put({ ...known, status: 2, updated_at: shop.stamp() })
    shop.store.setSetting(mark, 'yes')
    return true
  }
  const changes = toChanges(data ?? {})
  if (shop.store.setting(mark) === 'yes') {
    changes.status ??= 1
    shop.store.setSetting(mark, 'no')
  }
  const changed = previewProduct(shop, sku, { ...(known === undefined ? { name: sku } : {}), ...changes })
  if (isDeepStrictEqual(changed, known)) return false
  shop.store.products.put({ ...changed, updated_at: shop.stamp() })
  return true
}

function toChanges(data: Record<string, unknown>): ProductChanges {
  const own: Record<string, unknown> = {}
  const attributes: { attribute_code: string; value: unknown }[] = []
  for (const [name, value] of Object.entries(data)) {
    if (name === 'sku' || value === undefined) continue
    if (!columns.has(name)) attributes.push({ attribute_code: name, value: toAttributeValue(value) })
    else if (value !== null) own[name] = value
  }
  return { ...(own as ProductChanges), custom_attributes: attributes }
}

function toAttributeValue(value: unknown): unknown {
  if (typeof value === 'boolean') return value ? '1' : '0'
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return JSON.stringify(value)
  return value
}
