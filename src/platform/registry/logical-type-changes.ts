/** The attributes that define the meaning of bytes and longs; registries do not check them. */
const ATTRIBUTES = ['logicalType', 'precision', 'scale'] as const

type Node = Readonly<Record<string, unknown>>

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The attributes of a type as text, or undefined for a plain type. */
function meaningOf(node: Node): string | undefined {
  const given = ATTRIBUTES.filter((name) => node[name] !== undefined)
  return given.length === 0 ? undefined : given.map((name) => `${name} ${node[name]}`).join(', ')
}

interface Walk {
  /** Meaning by path; `none` for a plain type. */
  readonly places: Map<string, string>
  readonly records: Map<string, Node>
}

/** The paths of a schema: `data.lines[].tax`, `headers{}` for values of a map; unions add nothing to a path. */
function placesOf(schema: unknown): ReadonlyMap<string, string> {
  const walk: Walk = { places: new Map(), records: new Map() }
  visit(schema, '', walk, new Set())
  return walk.places
}

function visit(schema: unknown, path: string, walk: Walk, open: ReadonlySet<string>): void {
  if (Array.isArray(schema)) visitUnion(schema, path, walk, open)
  else if (typeof schema === 'string') visitName(schema, path, walk, open)
  else if (isNode(schema)) visitNode(schema, path, walk, open)
}

function visitNode(schema: Node, path: string, walk: Walk, open: ReadonlySet<string>): void {
  const { type } = schema
  if (type === 'record') visitRecord(schema, path, walk, open)
  else if (type === 'array') visit(schema['items'], `${path}[]`, walk, open)
  else if (type === 'map') visit(schema['values'], `${path}{}`, walk, open)
  else if (isNode(type) || Array.isArray(type)) visit(type, path, walk, open)
  else walk.places.set(path, meaningOf(schema) ?? walk.places.get(path) ?? 'none')
}

function visitUnion(branches: readonly unknown[], path: string, walk: Walk, open: ReadonlySet<string>): void {
  for (const branch of branches) if (branch !== 'null') visit(branch, path, walk, open)
}

function visitName(name: string, path: string, walk: Walk, open: ReadonlySet<string>): void {
  const record = walk.records.get(name.slice(name.lastIndexOf('.') + 1))
  if (record !== undefined) visitRecord(record, path, walk, open)
  else if (!walk.places.has(path)) walk.places.set(path, 'none')
}

/** A record that contains itself is visited once on each path. */
function visitRecord(record: Node, path: string, walk: Walk, open: ReadonlySet<string>): void {
  const name = String(record['name'])
  if (open.has(name)) return
  walk.records.set(name, record)
  const fields = Array.isArray(record['fields']) ? record['fields'].filter(isNode) : []
  for (const field of fields) {
    const fieldPath = path === '' ? String(field['name']) : `${path}.${field['name']}`
    visit(field['type'], fieldPath, walk, new Set([...open, name]))
  }
}

/**
 * Changes of logical types, scales and precisions of fields that both schemas have: `data.tax: logicalType decimal,
 * precision 19, scale 4 became logicalType decimal, precision 19, scale 2`. Such a change would read old bytes as other
 * values, but a registry treats it as compatible. The registry checks new and removed fields itself.
 */
export function logicalTypeChanges(previous: string, next: string): string[] {
  const before = placesOf(JSON.parse(previous))
  const after = placesOf(JSON.parse(next))
  return [...before].flatMap(([path, meaning]) => {
    const now = after.get(path)
    return now === undefined || now === meaning ? [] : [`${path}: ${meaning} became ${now}`]
  })
}
