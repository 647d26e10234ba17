import type { TopicEvents, TopicKind } from '../../events/topics.ts'
import { type AvroNode, type AvroSchema, isUnion } from './avro-node.ts'
import { parsedSchema } from './kind-schema.ts'

/** An event in the form of JSON: decimals as text, times as ISO 8601, bytes as base64. */
export function toPlainEvent<K extends TopicKind>(kind: K, event: TopicEvents[K]): unknown {
  const { schema, named } = parsedSchema(kind)
  return plain(schema, event, named)
}

function plain(schema: AvroSchema, value: unknown, named: ReadonlyMap<string, AvroNode>): unknown {
  if (value === null || value === undefined) return null
  // Our unions have null and one other type.
  if (isUnion(schema)) return plain(schema.find((branch) => branch !== 'null') ?? 'null', value, named)
  if (typeof schema === 'string') {
    const record = named.get(schema)
    return record === undefined ? bare(value) : plain(record, value, named)
  }
  if (schema.fields !== undefined) {
    const record = value as Readonly<Record<string, unknown>>
    const shown = schema.fields.filter(({ codec }) => codec !== true)
    return Object.fromEntries(shown.map(({ name, type }) => [name, plain(type, record[name], named)]))
  }
  const { items, values } = schema
  if (items !== undefined) return (value as readonly unknown[]).map((item) => plain(items, item, named))
  if (values !== undefined) {
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, plain(values, item, named)]))
  }
  if (schema.logicalType === 'decimal' && typeof value === 'bigint') return decimalText(value, schema.scale ?? 0)
  if (schema.logicalType === 'timestamp-millis') return timeText(Number(value))
  return bare(value)
}

function bare(value: unknown): unknown {
  return value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value
}

/** Shortest text: 125000n of scale 4 is "12.5". */
function decimalText(units: bigint, scale: number): string {
  const digits = (units < 0n ? -units : units).toString().padStart(scale + 1, '0')
  const at = digits.length - scale
  const fraction = digits.slice(at).replace(/0+$/, '')
  return `${units < 0n ? '-' : ''}${digits.slice(0, at)}${fraction === '' ? '' : `.${fraction}`}`
}

/** A time outside the range of dates stays a number. */
function timeText(ms: number): string | number {
  const date = new Date(ms)
  return Number.isNaN(date.getTime()) ? ms : date.toISOString()
}
