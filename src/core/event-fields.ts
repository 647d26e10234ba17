import { readSchema } from '../platform/registry/schema-files.ts'
import type { MappedEntity } from './model.ts'

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

function readFields(entity: MappedEntity): readonly string[] {
  const event = JSON.parse(readSchema(entity)) as Record
  const data = event.fields.find(({ name }) => name === 'data')?.type as Record
  return data.fields.map(({ name }) => name)
}
