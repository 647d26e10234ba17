/**
 * The values at a path of names (`images.url`) as text. Where a list is on the way, every member of it gives its value,
 * or empty text when it has none: so that two paths through one list give values that belong together. Undefined is what
 * is there and no text: an object where a text belongs.
 */
export function valuesAt(value: unknown, path: string): readonly (string | undefined)[] {
  return path === '' ? texts(value) : walk(value, path.split('.'))
}

function walk(value: unknown, names: readonly string[]): readonly (string | undefined)[] {
  if (Array.isArray(value)) return value.flatMap((member) => walk(member, names))
  const [name, ...rest] = names
  if (name === undefined) return texts(value)
  return walk(memberOf(value, name), rest)
}

function texts(value: unknown): readonly (string | undefined)[] {
  if (Array.isArray(value)) return value.flatMap(texts)
  return [textOf(value)]
}

/** An element with attributes has its text beside them. */
function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value
  if (typeof value === 'boolean' || typeof value === 'number') return String(value)
  if (typeof value !== 'object' || value === null) return ''
  const text = memberOf(value, TEXT)
  if (typeof text === 'string' && text !== '') return text
  return Object.keys(value).every((name) => name === TEXT || name.startsWith('@')) ? '' : undefined
}

/** The name under which an element of XML keeps its own text. */
export const TEXT = '#text'

function memberOf(value: unknown, name: string): unknown {
  const isObject = typeof value === 'object' && value !== null && Object.hasOwn(value, name)
  return isObject ? (value as Readonly<Record<string, unknown>>)[name] : undefined
}

/** Names of what a row has; a text has none: its characters are no columns, and a long one has millions. */
export function namesOf(row: unknown): readonly string[] {
  return typeof row === 'object' && row !== null ? Object.keys(row) : []
}
