/** The parts of Avro schemas that ours use: unions have null and one other type. */
export interface AvroNode {
  readonly type: string
  readonly name?: string
  readonly fields?: readonly AvroField[]
  readonly items?: AvroSchema
  readonly values?: AvroSchema
  readonly logicalType?: string
  readonly scale?: number
  readonly precision?: number
}

export interface AvroField {
  readonly name: string
  readonly doc?: string
  readonly type: AvroSchema
  readonly default?: unknown
  /** The field contains personal data: `personal-fields.ts`. */
  readonly personal?: boolean
  /** Generation of fields that introduced a personal field; 1 by default. */
  readonly since?: number
  /** True: only the codec uses the field; events don't have it. */
  readonly codec?: boolean
}

/** A string names a primitive, or a record that is declared elsewhere in the schema. */
export type AvroSchema = string | AvroNode | readonly AvroSchema[]

export function isUnion(schema: AvroSchema): schema is readonly AvroSchema[] {
  return Array.isArray(schema)
}

/** The type of a union besides null; any other schema itself. */
export function withoutNull(schema: AvroSchema): AvroSchema {
  return isUnion(schema) ? (schema.find((branch) => branch !== 'null') ?? 'null') : schema
}

/** All named records by name, wherever they are declared. */
export function namedTypes(schema: AvroSchema): ReadonlyMap<string, AvroNode> {
  const named = new Map<string, AvroNode>()
  collect(schema, named)
  return named
}

function collect(schema: AvroSchema | undefined, named: Map<string, AvroNode>): void {
  if (schema === undefined || typeof schema === 'string') return
  if (isUnion(schema)) {
    for (const branch of schema) collect(branch, named)
    return
  }
  if (schema.name !== undefined) named.set(schema.name, schema)
  for (const { type } of schema.fields ?? []) collect(type, named)
  collect(schema.items, named)
  collect(schema.values, named)
}
