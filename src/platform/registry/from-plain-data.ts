import { StreamError } from '../../errors.ts'
import { decimal4, decimal8 } from '../../events/decimal.ts'
import type { Entity, TopicEvents } from '../../events/topics.ts'
import { readSchema } from './schema-files.ts'

interface Field {
  readonly name: string
  readonly type: Schema
  readonly default?: unknown
}

interface Node {
  readonly type: string
  readonly name?: string
  readonly fields?: readonly Field[]
  readonly items?: Schema
  readonly values?: Schema
  readonly logicalType?: string
  readonly scale?: number
}

type Schema = string | Node | readonly Schema[]
type Names = Map<string, Node>

/**
 * The data of an entity from the form of `toPlainEvent`: decimals from text, times from ISO 8601. Missing values are
 * null, empty or zero where the schema allows it. Throws `value_missing`, `decimal_invalid`, `time_invalid` or
 * `source_data_invalid`, naming the field.
 */
export function fromPlainData<K extends Entity>(kind: K, plain: unknown): TopicEvents[K]['data'] {
  const schema = JSON.parse(readSchema(kind)) as Node
  const names: Names = new Map()
  collect(schema, names)
  const data = schema.fields?.find(({ name }) => name === 'data')?.type
  if (data === undefined) throw new Error(`${kind} has no data`)
  return valueAt(data, plain, '', names) as TopicEvents[K]['data']
}

/** Collects named records: fields refer to the schemas of lines and addresses by name. */
function collect(schema: Schema | undefined, names: Names): void {
  if (schema === undefined || typeof schema === 'string') return
  if (isUnion(schema)) {
    for (const branch of schema) collect(branch, names)
    return
  }
  if (schema.name !== undefined) names.set(schema.name, schema)
  for (const { type } of schema.fields ?? []) collect(type, names)
  collect(schema.items, names)
  collect(schema.values, names)
}

const isUnion = (schema: Schema): schema is readonly Schema[] => Array.isArray(schema)

function valueAt(schema: Schema, value: unknown, path: string, names: Names): unknown {
  if (isUnion(schema)) {
    if (value === null || value === undefined) return null
    return valueAt(schema.find((branch) => branch !== 'null') ?? 'null', value, path, names)
  }
  const node = typeof schema === 'string' ? (names.get(schema) ?? { type: schema }) : schema
  if (node.fields !== undefined) return recordAt(node.fields, value, path, names)
  if (node.items !== undefined) return listAt(node.items, value ?? [], path, names)
  if (node.values !== undefined) return textsAt(value ?? {}, path)
  if (node.logicalType === 'decimal') {
    const text = value === undefined || value === null ? '0' : String(value)
    return node.scale === 4 ? decimal4(text, path) : decimal8(text, path)
  }
  if (node.logicalType === 'timestamp-millis') return timeAt(value, path)
  return bareAt(node.type, value, path)
}

function recordAt(fields: readonly Field[], value: unknown, path: string, names: Names): object {
  const given = objectAt(value ?? {}, path)
  return Object.fromEntries(
    fields.map(({ name, type, default: otherwise }) => {
      const at = path === '' ? name : `${path}.${name}`
      const missing = given[name] === undefined && typeof otherwise !== 'string' ? otherwise : given[name]
      return [name, valueAt(type, missing, at, names)]
    }),
  )
}

function listAt(items: Schema, value: unknown, path: string, names: Names): unknown[] {
  if (!Array.isArray(value)) throw wrongTypeError(path, 'a list')
  return value.map((item, index) => valueAt(items, item, `${path}[${index}]`, names))
}

/** Each value is JSON text; other values are converted to it. */
function textsAt(value: unknown, path: string): Record<string, string> {
  const entries = Object.entries(objectAt(value, path))
  return Object.fromEntries(entries.map(([name, one]) => [name, typeof one === 'string' ? one : JSON.stringify(one)]))
}

function objectAt(value: unknown, path: string): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>
  throw wrongTypeError(path, 'an object')
}

function timeAt(value: unknown, path: string): number {
  if (value === undefined || value === null) return 0
  const time = typeof value === 'number' ? value : Date.parse(String(value))
  if (!Number.isNaN(time)) return time
  throw new StreamError('time_invalid', `${path} is not a time like 2026-01-31T00:00:00Z`, { field: path })
}

function bareAt(type: string, value: unknown, path: string): unknown {
  const expected = type === 'string' ? 'string' : type === 'boolean' ? 'boolean' : 'number'
  if (value === undefined || value === null) {
    if (expected === 'string') return ''
    throw new StreamError('value_missing', `${path} is missing; it is a ${expected}`, { field: path })
  }
  if (typeof value !== expected) throw wrongTypeError(path, expected === 'string' ? 'text' : `a ${expected}`)
  return value
}

function wrongTypeError(path: string, expected: string): StreamError {
  const field = path === '' ? 'the data' : path
  return new StreamError('source_data_invalid', `${field} must be ${expected}`, { field })
}
