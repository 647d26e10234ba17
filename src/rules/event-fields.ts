import type { MappedEntity } from '../configuration/model.ts'
import { unknownName } from '../configuration/unknown-name.ts'
import { readSchema } from '../platform/registry/schema-files.ts'

/** Type of an event's field, as rules see it. */
export type FieldType =
  | { readonly kind: 'record'; readonly name: string; readonly fields: ReadonlyMap<string, FieldType> }
  | { readonly kind: 'list'; readonly of: FieldType }
  /** A text, number or boolean. */
  | { readonly kind: 'value' }
  /** Any content of the source, such as `attributes`, or an unknown type. */
  | { readonly kind: 'open' }

export type RecordType = Extract<FieldType, { kind: 'record' }>

export const OPEN: FieldType = { kind: 'open' }
export const VALUE: FieldType = { kind: 'value' }

type Avro =
  | string
  | readonly Avro[]
  | {
      readonly type: Avro
      readonly name?: string
      readonly fields?: readonly { readonly name: string; readonly type: Avro }[]
      readonly items?: Avro
      readonly values?: Avro
    }

const known = new Map<MappedEntity, RecordType>()

/** The data of an entity's events, from its schema: the root of a rule's path. */
export function dataType(entity: MappedEntity): RecordType {
  const type = known.get(entity) ?? recordAt(typeOf(JSON.parse(readSchema(entity)) as Avro, new Map()), 'data')
  known.set(entity, type)
  return type
}

/** What rules of an order line see: the line, and the whole order as its `order`. */
export function orderLineType(): RecordType {
  const order = dataType('orders')
  const lines = order.fields.get('lines')
  if (lines?.kind !== 'list' || lines.of.kind !== 'record') throw new Error('orders have no list of lines')
  return { ...lines.of, fields: new Map([...lines.of.fields, ['order', order]]) }
}

/** Names of the fields of an entity's data. */
export function fieldsOf(entity: MappedEntity): readonly string[] {
  return [...dataType(entity).fields.keys()]
}

function recordAt(type: FieldType, field: string): RecordType {
  const found = type.kind === 'record' ? type.fields.get(field) : undefined
  if (found?.kind !== 'record') throw new Error(`the schema has no record ${field}`)
  return found
}

function typeOf(schema: Avro, named: Map<string, FieldType>): FieldType {
  if (typeof schema === 'string') return named.get(schema) ?? VALUE
  if (isUnion(schema)) return typeOf(schema.find((one) => one !== 'null') ?? 'null', named)
  if (schema.values !== undefined) return OPEN
  if (schema.items !== undefined) return { kind: 'list', of: typeOf(schema.items, named) }
  if (schema.fields === undefined) return VALUE
  const fields = new Map<string, FieldType>()
  const record: RecordType = { kind: 'record', name: schema.name ?? '', fields }
  if (schema.name !== undefined) named.set(schema.name, record)
  for (const { name, type } of schema.fields) fields.set(name, typeOf(type, named))
  return record
}

function isUnion(schema: Avro): schema is readonly Avro[] {
  return Array.isArray(schema)
}

/** What is wrong with a rule's path; undefined: nothing, or the type at the path is not known. */
export function pathProblem(root: RecordType, path: string): string | undefined {
  let type: FieldType = root
  const passed: string[] = []
  for (const segment of path.split('.')) {
    const at = passed.join('.')
    if (type.kind === 'open') return undefined
    if (type.kind === 'value') return `reads ${segment} of ${at}, a single value without fields`
    if (type.kind === 'list') {
      if (!/^\d+$/.test(segment)) return `reads ${segment} of ${at}, a list; use an index (${at}.0) or an expression`
      type = type.of
    } else {
      const found = type.fields.get(segment)
      const names = [...type.fields.keys()]
      if (found === undefined) return `reads ${[...passed, segment].join('.')}, which ${unknownName(segment, names)}`
      type = found
    }
    passed.push(segment)
  }
  return undefined
}
