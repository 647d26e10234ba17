import { type AvroNode, type AvroSchema, isUnion, withoutNull } from './avro-node.ts'

/** JSON Schema of what `fromPlain` takes: decimals as text, times as ISO 8601. */
export function plainSchema(schema: AvroSchema, named: ReadonlyMap<string, AvroNode>): object {
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
