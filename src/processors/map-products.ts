import type { ProductChanged, UniversalProduct } from '../events/generated/events.ts'
import { mapProduct } from '../rules/map-product.ts'
import type { MappedAttributes } from '../rules/mapping.ts'
import { ownsProduct } from '../rules/ownership.ts'
import { mapRows } from './map-rows.ts'
import type { Processor } from './processor.ts'

const NAME = 'map-products'

/** Vendor's product → row of the products feed, by the connection's product metadata. */
export const mapProducts: Processor<'products'> = {
  name: NAME,
  from: 'products',
  remembers: false,
  process: (event, context) =>
    mapRows(
      NAME,
      event,
      context,
      (connection) => {
        const rowOf = (mapped: MappedAttributes) => ({
          data: toUniversalProduct(event, mapped),
          owned: ownsProduct(connection, mapped),
        })
        const mapped = mapProduct(event, context.metadataOf(connection.id), connection.id, context.evaluate)
        return mapped instanceof Promise ? mapped.then(rowOf) : rowOf(mapped)
      },
      (row, key) => ({ kind: 'universal-products', system: null, key, event: row }),
    ),
}

function toUniversalProduct({ data }: ProductChanged, mapped: MappedAttributes): UniversalProduct {
  const texts = Object.entries(mapped).map(([name, value]) => [name, JSON.stringify(value)])
  return { sku: data.sku, attributes: Object.fromEntries(texts) }
}
