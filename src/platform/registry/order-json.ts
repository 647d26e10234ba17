import { StreamError } from '../../errors.ts'
import type { Order } from '../../events/generated/events.ts'
import { type AvroNode, type AvroSchema, namedTypes } from './avro-node.ts'
import { fromPlain } from './from-plain-event.ts'
import { plainSchema } from './plain-schema.ts'
import { readSchema } from './schema-files.ts'

const event = JSON.parse(readSchema('orders')) as AvroNode
const named = namedTypes(event)
const order = event.fields?.find(({ name }) => name === 'data')?.type as AvroSchema

/** JSON Schema of an order, made from the schema of `orders`. */
export const orderSchema = plainSchema(order, named)

/** An order as JSON. Throws `request_invalid` with every mistake, each with its field. */
export function orderFromJson(json: unknown): Order {
  const { value, mistakes } = fromPlain(order, named, json)
  const [first] = mistakes
  if (first === undefined) return value as Order
  const text = mistakes.map(({ field, message }) => `${field === '' ? 'the order' : field} ${message}`).join('; ')
  throw new StreamError('request_invalid', text, { field: first.field, mistakes })
}
