import { Type } from 'typebox'
import { StreamError } from '../errors.ts'
import { declarationOf } from '../events/entities.ts'
import { defineFeed } from './projection.ts'

/** `data`: the seller's attributes by name. Throws `value_undecodable` for a value that is not JSON. */
export const productFeed = defineFeed({
  entity: declarationOf('products'),
  title: 'mapped products',
  table: 'universal_products',
  data: Type.Object({}, { additionalProperties: true, description: "The seller's attributes by name" }),
  columns: ({ attributes }) =>
    Object.fromEntries(Object.entries(attributes).map(([name, text]) => [name, parse(name, text)])),
})

function parse(name: string, text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    const field = `data.attributes.${name}`
    throw new StreamError('value_undecodable', `${field} is not JSON text`, { field, cause })
  }
}
