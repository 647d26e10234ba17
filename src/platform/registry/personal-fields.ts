import type { TopicEvents, TopicKind } from '../../events/topics.ts'
import { type AvroNode, type AvroSchema, isUnion, namedTypes, withoutNull } from './avro-node.ts'
import { parsedSchema } from './kind-schema.ts'
import { toPlainEvent } from './plain-event.ts'

/** Replaces a value that must not be shown. */
export const MASK = '[personal]'

type Fields = Readonly<Record<string, unknown>>

/**
 * A copy with every value masked that belongs to a field which the schema marks as `personal`; lists and maps keep
 * their shape, null and empty text stay. Accepts events and the output of `toPlainEvent`.
 */
export function maskPersonal(schema: AvroSchema, value: unknown, named = namedTypes(schema)): unknown {
  return withPersonal(schema, value, named, masked)
}

/** An event in the form of JSON; `persons` false: with masked personal fields. */
export function shownEvent<K extends TopicKind>(kind: K, event: TopicEvents[K], persons: boolean): unknown {
  const plain = toPlainEvent(kind, event)
  const { schema, named } = parsedSchema(kind)
  return persons ? plain : maskPersonal(schema, plain, named)
}

/** Whether events of the kind have personal fields. */
export function holdsPersonal(kind: TopicKind): boolean {
  return marked(parsedSchema(kind).schema)
}

/** A copy with `change` applied to the value of each personal field. */
export function withPersonal(
  schema: AvroSchema,
  value: unknown,
  named: ReadonlyMap<string, AvroNode>,
  change: (value: unknown) => unknown,
): unknown {
  if (value === null || value === undefined) return value
  if (isUnion(schema)) return withPersonal(withoutNull(schema), value, named, change)
  const node = typeof schema === 'string' ? named.get(schema) : schema
  if (node === undefined) return value
  const { fields, items, values } = node
  if (fields !== undefined) {
    const own = new Map(fields.map((field) => [field.name, field]))
    const entries = Object.entries(value).map(([name, of]) => {
      const field = own.get(name)
      if (field === undefined) return [name, of]
      return [name, field.personal === true ? change(of) : withPersonal(field.type, of, named, change)]
    })
    return Object.fromEntries(entries)
  }
  if (items !== undefined) return (value as readonly unknown[]).map((one) => withPersonal(items, one, named, change))
  if (values === undefined) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, one]) => [name, withPersonal(values, one, named, change)]),
  )
}

function masked(value: unknown): unknown {
  if (value === null || value === undefined || value === '') return value
  if (Array.isArray(value)) return value.map(masked)
  if (typeof value !== 'object' || value instanceof Uint8Array) return MASK
  return Object.fromEntries(Object.entries(value as Fields).map(([name, one]) => [name, masked(one)]))
}

function marked(schema: AvroSchema): boolean {
  if (typeof schema === 'string') return false
  if (isUnion(schema)) return schema.some(marked)
  const { fields = [], items = 'null', values = 'null' } = schema
  return fields.some(({ personal, type }) => personal === true || marked(type)) || marked(items) || marked(values)
}
