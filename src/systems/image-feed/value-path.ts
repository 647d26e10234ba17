import { TEXT } from '../kit/xml-rows.ts'

/**
 * The values at a path of names (`images.url`) as text. If the path crosses a list, each member gives its value, or
 * empty text if it has none, so that the values of two paths through one list correspond. Undefined marks a value that
 * is not text, such as an object.
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

/** An XML element with attributes holds its text under `#text`. */
function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value
  if (typeof value === 'boolean' || typeof value === 'number') return String(value)
  if (typeof value !== 'object' || value === null) return ''
  const text = memberOf(value, TEXT)
  if (typeof text === 'string' && text !== '') return text
  return Object.keys(value).every((name) => name === TEXT || name.startsWith('@')) ? '' : undefined
}

function memberOf(value: unknown, name: string): unknown {
  const isObject = typeof value === 'object' && value !== null && Object.hasOwn(value, name)
  return isObject ? (value as Readonly<Record<string, unknown>>)[name] : undefined
}

/** The names of a row's fields. A plain text has none: `Object.keys` would list its characters. */
export function namesOf(row: unknown): readonly string[] {
  return typeof row === 'object' && row !== null ? Object.keys(row) : []
}
