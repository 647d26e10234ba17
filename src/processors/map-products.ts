import { declarationOf } from '../events/entities.ts'
import type { ProductChanged, UniversalProduct } from '../events/generated/events.ts'
import { mapProduct } from '../rules/map-product.ts'
import type { MappedAttributes } from '../rules/mapping.ts'
import { ownsProduct } from '../rules/ownership.ts'
import { mapProcessor } from './map-rows.ts'

/** Vendor's product → row of the products feed, by the connection's product metadata. */
export const mapProducts = mapProcessor(declarationOf('products'), async (event, connection, context) => {
  const mapped = await mapProduct(event, context.metadataOf(connection.id), connection.id, context.evaluate)
  return { data: toUniversalProduct(event, mapped), owned: ownsProduct(connection, mapped) }
})

function toUniversalProduct({ data }: ProductChanged, mapped: MappedAttributes): UniversalProduct {
  const texts = Object.entries(mapped).map(([name, value]) => [name, JSON.stringify(value)])
  return { sku: data.sku, attributes: Object.fromEntries(texts) }
}
