import type { FieldMistake } from '../../errors.ts'
import { collectMistakes } from '../collect-mistakes.ts'
import { type AvroNode, type AvroSchema, isUnion, withoutNull } from './avro-node.ts'

/** The value and up to a hundred mistakes; the value is complete only without mistakes. */
export interface FromPlain {
  readonly value: unknown
  readonly mistakes: readonly FieldMistake[]
}

/** The reverse of `toPlainEvent`, for untrusted JSON: decimals from text, times from ISO 8601, defaults filled in. */
export function fromPlain(schema: AvroSchema, named: ReadonlyMap<string, AvroNode>, json: unknown): FromPlain {
  return collectMistakes<FieldMistake, unknown>((say) =>
    read(schema, json, '', { named, say: (field, message) => say({ field, message }) }),
  )
}

interface Reading {
  readonly named: ReadonlyMap<string, AvroNode>
  readonly say: (field: string, message: string) => void
}

function read(schema: AvroSchema, json: unknown, at: string, reading: Reading): unknown {
  if (isUnion(schema)) return json === null ? null : read(withoutNull(schema), json, at, reading)
  const node = typeof schema === 'string' ? (reading.named.get(schema) ?? { type: schema }) : schema
  if (node.fields !== undefined) return readRecord(node.fields, json, at, reading)
  const { items, values } = node
  if (items !== undefined) {
    if (Array.isArray(json)) return json.map((item, index) => read(items, item, `${at}[${index}]`, reading))
    return void reading.say(at, 'must be a list')
  }
  if (values !== undefined) {
    if (!isObject(json)) return void reading.say(at, 'must be an object')
    return Object.fromEntries(
      Object.entries(json).map(([name, item]) => [name, read(values, item, within(at, name), reading)]),
    )
  }
  return readScalar(node, json, at, reading)
}

function readRecord(fields: NonNullable<AvroNode['fields']>, json: unknown, at: string, reading: Reading): unknown {
  if (!isObject(json)) return void reading.say(at, 'must be an object')
  const known = fields.map(({ name }) => name)
  for (const name of Object.keys(json).filter((one) => !known.includes(one))) {
    reading.say(within(at, name), `is not a known field; known are: ${known.join(', ')}`)
  }
  return Object.fromEntries(
    fields.map(({ name, type, default: otherwise }) => {
      const given = json[name]
      if (given !== undefined) return [name, read(type, given, within(at, name), reading)]
      if (otherwise === undefined) reading.say(within(at, name), 'is missing')
      // Only amounts have a default for bytes: zero.
      return [name, isDecimal(withoutNull(type)) && otherwise !== null ? 0n : otherwise]
    }),
  )
}

function readScalar(node: AvroNode, json: unknown, at: string, reading: Reading): unknown {
  const { logicalType, scale = 0, precision = 0 } = node
  if (logicalType === 'decimal') {
    const units = typeof json === 'string' ? unitsOf(json, scale) : undefined
    if (units !== undefined && units < 10n ** BigInt(precision) && units > -(10n ** BigInt(precision))) return units
    return void reading.say(at, `must be a decimal as text with at most ${scale} decimals, for example "12.5"`)
  }
  if (logicalType === 'timestamp-millis') {
    const time = typeof json === 'string' && TIME.test(json) ? Date.parse(json) : Number.NaN
    if (Number.isFinite(time)) return time
    return void reading.say(at, 'must be a time with its zone, for example 2026-01-31T08:00:00Z')
  }
  if (node.type === 'boolean' ? typeof json === 'boolean' : typeof json === 'string') return json
  return void reading.say(at, node.type === 'boolean' ? 'must be true or false' : 'must be text')
}

const TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})$/
const DECIMAL = /^(-?)(\d{1,30})(?:\.(\d{1,30}))?$/

function unitsOf(text: string, scale: number): bigint | undefined {
  const [, sign = '', whole = '', fraction = ''] = DECIMAL.exec(text) ?? []
  const exact = fraction.replace(/0+$/, '')
  if (whole === '' || exact.length > scale) return undefined
  return BigInt(`${sign}${whole}${exact.padEnd(scale, '0')}`)
}

function isDecimal(schema: AvroSchema): boolean {
  return typeof schema === 'object' && !isUnion(schema) && schema.logicalType === 'decimal'
}

function isObject(json: unknown): json is Readonly<Record<string, unknown>> {
  return typeof json === 'object' && json !== null && !Array.isArray(json)
}

function within(at: string, name: string): string {
  return at === '' ? name : `${at}.${name}`
}
