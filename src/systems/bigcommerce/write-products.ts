import { StreamError } from '../../errors.ts'
import type { ShopProductsRequested } from '../../events/generated/events.ts'
import type { Delivered, Sink } from '../kit/sink.ts'
import { requireText, textOf, type Wire } from '../kit/wire.ts'
import type { BigCommerceClient } from './client.ts'
import { type FoundProduct, findProduct, listOf } from './find-product.ts'
import { changedFields, newProduct, type WantedProduct, wantedProduct } from './product-body.ts'

/**
 * Writes products by SKU: changes the differing fields of an existing product, or creates it. BigCommerce accepts a SKU
 * only once, so a repeated event creates no second product (Guarantee 3). The store's own fields, custom fields and
 * variants stay unchanged, and nothing is deleted: a product that the vendor no longer has is hidden.
 */
export function writeBigCommerceProducts(client: BigCommerceClient): Sink<'shop-products'> {
  return {
    kind: 'shop-products',
    naturalKey: true,
    async probe(signal) {
      await client.check(signal)
    },
    async deliver(event, connection, signal) {
      const { sku, attributes } = event.data
      const found = await findProduct(client, sku, ['custom_fields'], signal)
      if (event.deleted) return await hide(client, found, signal)
      const wanted = wantedProduct(attributes)
      if (found !== null) return await change(client, found, wanted, signal)
      const tracked = connection.push.includes('inventory')
      return await create(client, event, newProduct(sku, wanted, tracked), wanted, signal)
    },
  }
}

async function create(
  client: BigCommerceClient,
  { data }: ShopProductsRequested,
  body: Wire,
  wanted: WantedProduct,
  signal: AbortSignal,
): Promise<Delivered> {
  try {
    const product = await client.write({ method: 'POST', path: '/v3/catalog/products', body }, signal)
    return { outcome: 'written', targetId: requireText(product, 'id') }
  } catch (error) {
    if (!(error instanceof StreamError) || error.details['status'] !== 409) throw error
    // It was created meanwhile, perhaps by an earlier attempt. If the SKU does not exist, the conflict is about the
    // name.
    const found = await findProduct(client, data.sku, ['custom_fields'], signal)
    if (found === null) throw error
    return await change(client, found, wanted, signal)
  }
}

async function change(
  client: BigCommerceClient,
  { id, product, variant }: FoundProduct,
  wanted: WantedProduct,
  signal: AbortSignal,
): Promise<Delivered> {
  const fields = changedFields(wanted.fields, variant ?? product, variant !== null)
  const path = variant === null ? productPath(id) : `${productPath(id)}/variants/${requireText(variant, 'id')}`
  const changesFields = Object.keys(fields).length > 0
  if (changesFields) await client.write({ method: 'PUT', path, body: fields }, signal)
  // A variant has no custom fields; those of its product apply to all variants.
  const changesCustom = variant === null && (await changeCustomFields(client, id, product, wanted, signal))
  return { outcome: changesFields || changesCustom ? 'written' : 'unchanged', targetId: id }
}

const productPath = (id: string): string => `/v3/catalog/products/${id}`

/** Writes custom fields one by one, by id, because the effect of a list in the product's own write is unclear. */
async function changeCustomFields(
  client: BigCommerceClient,
  id: string,
  product: Wire,
  { customFields }: WantedProduct,
  signal: AbortSignal,
): Promise<boolean> {
  const path = `${productPath(id)}/custom-fields`
  let changed = false
  for (const [name, value] of customFields) {
    const known = listOf(product, 'custom_fields').filter((field) => textOf(field['name']) === name)
    const [first] = known
    if (known.some((field) => textOf(field['value']) === value) || (first === undefined && value === null)) continue
    changed = true
    if (first === undefined) await client.write({ method: 'POST', path, body: { name, value } }, signal)
    else {
      const own = `${path}/${requireText(first, 'id')}`
      const write =
        value === null ? ({ method: 'DELETE' } as const) : ({ method: 'PUT', body: { name, value } } as const)
      await client.write({ ...write, path: own }, signal)
    }
  }
  return changed
}

async function hide(client: BigCommerceClient, found: FoundProduct | null, signal: AbortSignal): Promise<Delivered> {
  if (found === null) return { outcome: 'unchanged', targetId: null }
  const { id, product, variant } = found
  if (variant !== null) {
    if (variant['purchasing_disabled'] === true) return { outcome: 'unchanged', targetId: id }
    const path = `${productPath(id)}/variants/${requireText(variant, 'id')}`
    await client.write({ method: 'PUT', path, body: { purchasing_disabled: true } }, signal)
    return { outcome: 'written', targetId: id }
  }
  if (product['is_visible'] === false) return { outcome: 'unchanged', targetId: id }
  await client.write({ method: 'PUT', path: productPath(id), body: { is_visible: false } }, signal)
  return { outcome: 'written', targetId: id }
}
