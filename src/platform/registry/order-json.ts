import { StreamError } from '../../errors.ts'
import type { Order } from '../../events/generated/events.ts'
import { type AvroNode, type AvroSchema, isUnion, namedTypes, withoutNull } from './avro-node.ts'
import { fromPlain } from './from-plain-event.ts'
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

/** JSON Schema of the input of `fromPlain`: decimals as text, times as ISO 8601. */
function plainSchema(schema: AvroSchema, named: ReadonlyMap<string, AvroNode>): object {
  if (isUnion(schema)) return { anyOf: [plainSchema(withoutNull(schema), named), { type: 'null' }] }
  const node = typeof schema === 'string' ? (named.get(schema) ?? { type: schema }) : schema
  const { fields, items, values, logicalType, scale = 0 } = node
  if (fields !== undefined) {
    const properties = fields.map(({ name, doc, type }) => {
      return [name, { ...plainSchema(type, named), ...(doc === undefined ? {} : { description: doc }) }] as const
    })
    const required = fields.filter((field) => field.default === undefined).map(({ name }) => name)
    return { type: 'object', properties: Object.fromEntries(properties), required, additionalProperties: false }
  }
  if (items !== undefined) return { type: 'array', items: plainSchema(items, named) }
  if (values !== undefined) return { type: 'object', additionalProperties: plainSchema(values, named) }
  if (logicalType === 'decimal') return { type: 'string', pattern: `^-?\\d+(\\.\\d{1,${scale}}0*)?$` }
  if (logicalType === 'timestamp-millis') return { type: 'string', format: 'date-time' }
  return { type: node.type === 'boolean' ? 'boolean' : 'string' }
}
