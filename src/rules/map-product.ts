import type { ProductMetadata } from '../configuration/model.ts'
import { StreamError, toStreamError } from '../errors.ts'
import { text8 } from '../events/decimal.ts'
import type { Product, ProductChanged } from '../events/generated/events.ts'
import type { Evaluate } from './mapping/evaluate.ts'
import type { MappingInput } from './mapping/mapping-input.ts'
import { type MappedAttributes, mapAttributes } from './mapping.ts'
import { assertLevelsRead } from './unread-levels.ts'

type Changed = Pick<ProductChanged, 'deleted' | 'data'>

/**
 * Maps a vendor's product to the seller's attributes by the connection's metadata. A deleted product leaves the feed
 * even if its last content can't be mapped any more. Rejects with `mapping_failed`. `evaluate`: shared by the entities
 * of a batch.
 */
export async function mapProduct(
  { deleted, data }: Changed,
  metadata: ProductMetadata | undefined,
  connection: string,
  evaluate?: Evaluate,
): Promise<MappedAttributes> {
  const options = { connection, evaluate }
  if (!deleted) return await mapPresent(data, metadata, options)
  try {
    return await mapAttributes(metadata?.attributes ?? [], productInput(data), options)
  } catch (thrown) {
    // A missing thread is not a fault of the product.
    if (toStreamError(thrown).policy === 'dead-letter') return {}
    throw thrown
  }
}

interface MapOptions {
  readonly connection: string
  readonly evaluate: Evaluate | undefined
}

async function mapPresent(data: Product, metadata: ProductMetadata | undefined, options: MapOptions) {
  if (metadata !== undefined) {
    assertLevelsRead(data, metadata.attributes)
    return await mapAttributes(metadata.attributes, productInput(data), options)
  }
  throw new StreamError(
    'mapping_failed',
    `connection ${options.connection} has no product metadata; configure it and retry`,
  )
}

/** The product as rules see it: decimals as text. */
export function productInput(product: Product): MappingInput {
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
