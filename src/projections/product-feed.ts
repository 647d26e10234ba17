import { StreamError } from '../errors.ts'
import { evolveRow } from './feed-row.ts'
import type { FeedProjection } from './projection.ts'

/** The products feed: `data` is the seller's attributes by name. Throws `value_undecodable` for one that is no JSON. */
export const productFeed: FeedProjection<'universal-products'> = {
  name: 'project-products',
  kind: 'universal-products',
  table: 'universal_products',
  evolve: (row, event, position) => evolveRow(row, event, attributes(event.data.attributes), position),
}

function attributes(texts: Readonly<Record<string, string>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, parse(name, text)]))
}

function parse(name: string, text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    const field = `data.attributes.${name}`
    throw new StreamError('value_undecodable', `${field} is not JSON text`, { field, cause })
  }
}
