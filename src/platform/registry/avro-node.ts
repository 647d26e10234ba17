/** A schema file's parts, as far as our own schemas go: unions are of null and one other. */
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
  /** It says something of a person: `personal-fields.ts`. */
  readonly personal?: boolean
  /** Of a personal field that came later: the generation of fields that it came with; 1 without. */
  readonly since?: number
  /** The codec's own: events don't have it. */
  readonly codec?: boolean
}

/** A string names a primitive, or a record that is declared elsewhere in the schema. */
export type AvroSchema = string | AvroNode | readonly AvroSchema[]

export function isUnion(schema: AvroSchema): schema is readonly AvroSchema[] {
  return Array.isArray(schema)
}

/** The type that a union holds besides null; what is no union, itself. */
export function withoutNull(schema: AvroSchema): AvroSchema {
  return isUnion(schema) ? (schema.find((branch) => branch !== 'null') ?? 'null') : schema
}

/** Every record by its name, wherever it is declared: a value may have null where that is. */
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
