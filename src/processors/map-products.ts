import { type MappedAttributes, type MappingInput, mapAttributes } from '../core/mapping.ts'
import type { ProductMetadata } from '../core/model.ts'
import { StreamError } from '../errors.ts'
import { text8 } from '../events/decimal.ts'
import type { Product, ProductChanged, UniversalProduct } from '../events/generated/events.ts'
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
      ({ id }) => toUniversalProduct(event, context.metadataOf(id), id),
      (row, key) => ({ kind: 'universal-products', system: null, key, event: row }),
    ),
}

function toUniversalProduct(
  event: ProductChanged,
  metadata: ProductMetadata | undefined,
  connection: string,
): UniversalProduct {
  const mapped = event.deleted ? mapDeleted(event, metadata) : mapPresent(event, metadata, connection)
  const texts = Object.entries(mapped).map(([name, value]) => [name, JSON.stringify(value)])
  return { sku: event.data.sku, attributes: Object.fromEntries(texts) }
}

function mapPresent({ data }: ProductChanged, metadata: ProductMetadata | undefined, id: string): MappedAttributes {
  if (metadata !== undefined) return mapAttributes(metadata.attributes, productInput(data))
  throw new StreamError('mapping_failed', `connection ${id} has no product metadata; configure it and retry`)
}

/** A product that is gone leaves the feed also when its last content can't be mapped any more. */
function mapDeleted({ data }: ProductChanged, metadata: ProductMetadata | undefined): MappedAttributes {
  try {
    return mapAttributes(metadata?.attributes ?? [], productInput(data))
  } catch {
    return {}
  }
}

/** The product as rules see it: decimals as text. */
function productInput(product: Product): MappingInput {
  return {
    ...product,
    price: product.price === null ? null : text8(product.price),
    weight: product.weight === null ? null : text8(product.weight),
    priceLevels: product.priceLevels.map((level) => ({
      level: level.level,
      quantity: text8(level.quantity),
      price: text8(level.price),
    })),
  }
}
