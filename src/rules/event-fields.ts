import type { MappedEntity } from '../configuration/model.ts'
import { readSchema } from '../platform/registry/schema-files.ts'

interface Record {
  readonly fields: readonly { readonly name: string; readonly type: unknown }[]
}

const known = new Map<MappedEntity, readonly string[]>()

/** Names of the fields of an entity's data: what a rule's path begins with. */
export function fieldsOf(entity: MappedEntity): readonly string[] {
  const fields = known.get(entity) ?? readFields(entity)
  known.set(entity, fields)
  return fields
}

/** Names of the fields of an order's line. */
export function orderLineFields(): readonly string[] {
  const { type } = fieldOf(dataOf('orders'), 'lines')
  return (type as { readonly items: Record }).items.fields.map(({ name }) => name)
}

function readFields(entity: MappedEntity): readonly string[] {
  return dataOf(entity).fields.map(({ name }) => name)
}

function dataOf(entity: MappedEntity): Record {
  return fieldOf(JSON.parse(readSchema(entity)) as Record, 'data').type as Record
}

function fieldOf({ fields }: Record, name: string): Record['fields'][number] {
  const field = fields.find((one) => one.name === name)
  if (field === undefined) throw new Error(`the schema has no field ${name}`)
  return field
}
