import fc from 'fast-check'
import { type TopicEvents, type TopicKind, topics } from '../../../src/events/topics.ts'
import { readSchema } from '../../../src/platform/registry/schema-files.ts'

type Node = Readonly<Record<string, unknown>>

/** 2 January 2200: what every language's dates hold. */
const LATEST = 7_258_204_800_000

export const kinds = topics.map(({ kind }) => kind)

/** The schema of a kind, as parsed JSON. */
export function schemaOf(kind: TopicKind): unknown {
  return JSON.parse(readSchema(kind))
}

/** Any event that the kind's schema allows. */
export function eventOf<K extends TopicKind>(kind: K): fc.Arbitrary<TopicEvents[K]> {
  return anyOf(schemaOf(kind), new Map()) as fc.Arbitrary<TopicEvents[K]>
}

/** Avro has no unpaired surrogates, nor has JSON that others read. */
const text = () => fc.string({ unit: 'grapheme', maxLength: 20 })

/** A map's key; `__proto__` is none that a plain object can have. */
const name = () => text().filter((key) => key !== '__proto__')

function anyOf(schema: unknown, named: Map<string, unknown>): fc.Arbitrary<unknown> {
  if (Array.isArray(schema)) return fc.oneof(...schema.map((branch) => anyOf(branch, named)))
  if (typeof schema === 'string') return primitive(schema, named)
  const node = schema as Node
  if (node['type'] === 'record') {
    named.set(String(node['name']), node)
    const fields = (node['fields'] as Node[]).map((field) => [String(field['name']), anyOf(field['type'], named)])
    return fc.record(Object.fromEntries(fields))
  }
  if (node['type'] === 'array') return fc.array(anyOf(node['items'], named), { maxLength: 3 })
  if (node['type'] === 'map')
    return fc.dictionary(name(), anyOf(node['values'], named), { noNullPrototype: true, maxKeys: 3 })
  if (node['logicalType'] === 'decimal') return decimal(Number(node['precision']))
  if (node['logicalType'] === 'timestamp-millis') return fc.integer({ min: 0, max: LATEST })
  return anyOf(node['type'], named)
}

/** Small ones, and the largest and smallest that the precision holds. */
function decimal(precision: number): fc.Arbitrary<bigint> {
  const limit = 10n ** BigInt(precision) - 1n
  const edges = [0n, 127n, 128n, -128n, -129n, 255n, 32_767n, -32_769n, limit, -limit]
  return fc.oneof(fc.constantFrom(...edges), fc.bigInt({ min: -limit, max: limit }))
}

function primitive(name: string, named: Map<string, unknown>): fc.Arbitrary<unknown> {
  if (name === 'null') return fc.constant(null)
  if (name === 'string') return text()
  if (name === 'boolean') return fc.boolean()
  if (name === 'int') return fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })
  // avsc refuses longs above, and is wrong below; ours are offsets, revisions and times.
  if (name === 'long') return fc.integer({ min: -(2 ** 52), max: Number.MAX_SAFE_INTEGER - 1 })
  if (name === 'bytes') return fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.from(bytes))
  const record = named.get(name)
  if (record === undefined) throw new Error(`the schema names ${name}, which is not there`)
  return anyOf(record, named)
}
