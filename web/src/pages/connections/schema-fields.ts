/** A part of the JSON Schema of documents. */
export interface Schema {
  readonly type?: string
  readonly properties?: Readonly<Record<string, Schema>>
  readonly patternProperties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly items?: Schema
  readonly maxItems?: number
  readonly anyOf?: readonly Schema[]
  readonly enum?: readonly (string | number)[]
  /** One description for each value of `enum`. */
  readonly enumDescriptions?: readonly string[]
  readonly const?: unknown
  readonly description?: string
  readonly minimum?: number
  readonly maximum?: number
  readonly allOf?: readonly Conditional[]
  readonly definitions?: Readonly<Record<string, Schema>>
}

interface Conditional {
  readonly if?: { readonly properties: Readonly<Record<string, { readonly const: unknown }>> }
  readonly then?: Schema
}

export type Path = readonly (string | number)[]

/** How a value is edited. `other`: as YAML. */
type Control = 'text' | 'number' | 'switch' | 'choice' | 'lines' | 'group' | 'list' | 'other'

export function controlOf(schema: Schema): Control {
  if (schema.enum !== undefined) return 'choice'
  if (schema.properties !== undefined) return 'group'
  const { items } = schema
  if (items !== undefined) {
    if (items.properties !== undefined) return 'list'
    return items.type === 'string' || items.enum !== undefined ? 'lines' : 'other'
  }
  switch (schema.type) {
    case 'string':
      return 'text'
    case 'integer':
    case 'number':
      return 'number'
    case 'boolean':
      return 'switch'
    default:
      return isScalar(schema) ? 'text' : 'other'
  }
}

/** Text that YAML may read as a number, or as true, is still text. */
function isScalar({ anyOf = [] }: Schema): boolean {
  const scalars = ['string', 'integer', 'number', 'boolean', 'null']
  return anyOf.some(({ type }) => type === 'string') && anyOf.every(({ type = '' }) => scalars.includes(type))
}

/** The schema of a value: conditions that it meets (such as the type of a system) add their part. */
export function schemaFor(schema: Schema, value: unknown): Schema {
  const met = (schema.allOf ?? []).filter((one) => meets(one, value)).flatMap(({ then }) => then ?? [])
  return met.reduce(merged, schema)
}

function meets({ if: condition }: Conditional, value: unknown): boolean {
  if (condition === undefined) return true
  return Object.entries(condition.properties).every(([name, { const: wanted }]) => memberOf(value, name) === wanted)
}

function merged(one: Schema, other: Schema): Schema {
  const names = [...new Set([...Object.keys(one.properties ?? {}), ...Object.keys(other.properties ?? {})])]
  const properties = names.map((name) => [name, both(one.properties?.[name], other.properties?.[name])] as const)
  const items = one.items === undefined && other.items === undefined ? {} : { items: both(one.items, other.items) }
  const required = [...(one.required ?? []), ...(other.required ?? [])]
  return {
    ...one,
    ...other,
    ...items,
    ...(names.length === 0 ? {} : { properties: Object.fromEntries(properties) }),
    ...(required.length === 0 ? {} : { required }),
  }
}

function both(one: Schema | undefined, other: Schema | undefined): Schema {
  if (one === undefined || other === undefined) return one ?? other ?? {}
  return merged(one, other)
}

function memberOf(value: unknown, name: string | number): unknown {
  if (typeof value !== 'object' || value === null) return undefined
  return Object.hasOwn(value, name) ? (value as Readonly<Record<string, unknown>>)[name] : undefined
}

/** Sets the value at a path; undefined removes it. Parts outside the path stay the same objects. */
export function withValue(whole: unknown, path: Path, value: unknown): unknown {
  const [name, ...rest] = path
  if (name === undefined) return value
  const changed = withValue(memberOf(whole, name), rest, value)
  if (typeof name === 'number') {
    const list: readonly unknown[] = Array.isArray(whole) ? whole : []
    if (changed === undefined) return list.filter((_, index) => index !== name)
    return name >= list.length ? [...list, changed] : list.map((one, index) => (index === name ? changed : one))
  }
  const fields = typeof whole === 'object' && whole !== null ? whole : {}
  if (changed !== undefined) return { ...fields, [name]: changed }
  return Object.fromEntries(Object.entries(fields).filter(([one]) => one !== name))
}

export const valueAt = (whole: unknown, path: Path): unknown => path.reduce(memberOf, whole)

/** Like the API names it: `reads[0].zone`. */
export function fieldName(path: Path): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`
    return text === '' ? part : `${text}.${part}`
  }, '')
}
