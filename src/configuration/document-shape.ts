import type { TSchema } from 'typebox'
import { Check } from 'typebox/value'
import { parse } from 'yaml'
import { type Fields, isFields } from '../events/fields.ts'
import { collectMistakes } from '../platform/collect-mistakes.ts'
import { unknownName } from './unknown-name.ts'
import type { FieldPath, Mistake, YamlDocument } from './yaml-documents.ts'

/** The parts of a schema used here; `$comment` describes the expected value in words. */
interface SchemaNode {
  readonly type?: string
  readonly properties?: Readonly<Record<string, SchemaNode>>
  readonly required?: readonly string[]
  readonly patternProperties?: Readonly<Record<string, SchemaNode>>
  readonly items?: SchemaNode
  readonly minItems?: number
  readonly maxItems?: number
  readonly maxProperties?: number
  readonly anyOf?: readonly SchemaNode[]
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly minimum?: number
  readonly maximum?: number
  readonly minLength?: number
  readonly description?: string
  readonly $comment?: string
}

/**
 * Finds up to a hundred mistakes against the schema, and returns the document in a form for further checks: wrong
 * optional values are left out, wrong required ones are empty. So one mistake does not hide others. Messages never
 * contain values.
 */
export function readShape(
  schema: TSchema,
  yaml: YamlDocument,
): { readonly value: unknown; readonly mistakes: Mistake[] } {
  const node = schema as unknown as SchemaNode
  const { value, mistakes } = collectMistakes<Mistake, Fitted>((say) =>
    fitValue(node, yaml.value, [], (path, message) => say(yaml.mistake(path, message))),
  )
  return { value: value === undefined ? emptyValue(node) : value.value, mistakes }
}

type Say = (path: FieldPath, message: string) => void

interface Fitted {
  readonly value: unknown
  /** False: the value replaces a wrong one. */
  readonly given: boolean
}

function fitValue(node: SchemaNode, given: unknown, path: FieldPath, say: Say): Fitted {
  if (node.properties !== undefined && isFields(given)) {
    return { value: fitFields(node, node.properties, given, path, say), given: true }
  }
  const [valueNode] = Object.values(node.patternProperties ?? {})
  if (valueNode !== undefined && isFields(given)) {
    if (isTooLong(node, Object.keys(given).length, path, say)) return { value: {}, given: false }
    const entries = Object.entries(given).map(([name, one]) => [
      name,
      fitValue(valueNode, one, [...path, name], say).value,
    ])
    return { value: Object.fromEntries(entries), given: true }
  }
  const { items } = node
  if (items !== undefined && Array.isArray(given)) {
    if (isTooLong(node, given.length, path, say)) return { value: [], given: false }
    if (given.length < (node.minItems ?? 0)) say(path, `must be ${expectedAt(node)}`)
    return { value: given.map((one, index) => fitValue(items, one, [...path, index], say).value), given: true }
  }
  if (Check(node as unknown as TSchema, given)) return { value: given, given: true }
  say(path, `must be ${expectedAt(node)}${quotes(node, given)}`)
  // Text of the wrong form is still text and can be checked further.
  const isText = typeof given === 'string' && (node.type === 'string' || node.const !== undefined)
  return isText ? { value: given, given: true } : { value: emptyValue(node, given), given: false }
}

/** Reports only the length of a list or map that is too long: checking its entries would delay other requests. */
function isTooLong({ maxItems, maxProperties }: SchemaNode, count: number, path: FieldPath, say: Say): boolean {
  const most = maxItems ?? maxProperties
  if (most === undefined || count <= most) return false
  say(path, `has ${count} entries; at most ${most} are allowed`)
  return true
}

function fitFields(
  { required = [] }: SchemaNode,
  properties: Readonly<Record<string, SchemaNode>>,
  given: Fields,
  path: FieldPath,
  say: Say,
): Fields {
  const names = Object.keys(properties)
  const fields: Record<string, unknown> = {}
  for (const [name, one] of Object.entries(given)) {
    const node = Object.hasOwn(properties, name) ? properties[name] : undefined
    if (node === undefined) say([...path, name], unknownName(name, names))
    else {
      const fitted = fitValue(node, one, [...path, name], say)
      if (fitted.given || required.includes(name)) fields[name] = fitted.value
    }
  }
  for (const name of required.filter((one) => !Object.hasOwn(given, one))) {
    const node = properties[name] ?? {}
    say([...path, name], `is missing; it must be ${expectedAt(node)}`)
    fields[name] = emptyValue(node)
  }
  return fields
}

/** The expected value in words: `a whole number from 0 to 3600`. */
function expectedAt(node: SchemaNode): string {
  if (node.$comment !== undefined) return node.$comment
  if (node.const !== undefined) return `"${node.const}"`
  if (node.enum !== undefined) return `one of: ${node.enum.join(', ')}`
  const about = node.description === undefined ? '' : `: ${node.description}`
  if (node.anyOf !== undefined) return `${node.anyOf.map(kindOf).join(' or ')}${about}`
  const plain = node.type === 'integer' || node.type === 'number' || node.type === 'boolean'
  return plain ? kindOf(node) : `${kindOf(node)}${about}`
}

function kindOf(node: SchemaNode): string {
  switch (node.type) {
    case 'integer':
      return `a whole number${bounds(node)}`
    case 'number':
      return `a number${bounds(node)}`
    case 'boolean':
      return 'true or false'
    case 'string':
      return node.minLength === undefined ? 'a text' : 'a text that is not empty'
    case 'null':
      return 'nothing'
    case 'array':
      return node.minItems === undefined ? 'a list' : 'a list that is not empty'
    default:
      return 'a map'
  }
}

function bounds({ minimum, maximum }: SchemaNode): string {
  if (minimum !== undefined && maximum !== undefined) return ` from ${minimum} to ${maximum}`
  return minimum === undefined ? '' : ` of at least ${minimum}`
}

/** Hint about quotes: in YAML `"5"` is text and `1.0` is a number. */
function quotes(node: SchemaNode, given: unknown): string {
  const schema = node as unknown as TSchema
  if (typeof given === 'string') return Check(schema, withoutQuotes(given)) ? ', without quotes' : ''
  const isScalar = typeof given === 'number' || typeof given === 'boolean'
  return isScalar && Check(schema, String(given)) ? ', in quotes' : ''
}

function withoutQuotes(text: string): unknown {
  try {
    return parse(text)
  } catch {
    return undefined
  }
}

/** Placeholder for a missing required value, which is not reported again. A wrong word of an enumeration stays. */
function emptyValue(node: SchemaNode, given?: unknown): unknown {
  if (node.const !== undefined) return node.const
  if (node.enum !== undefined) return typeof given === 'string' ? given : ''
  if (node.anyOf?.[0] !== undefined) return emptyValue(node.anyOf[0])
  if (node.items !== undefined) return []
  if (node.patternProperties !== undefined) return {}
  if (node.properties !== undefined) {
    const names = node.required ?? []
    return Object.fromEntries(names.map((name) => [name, emptyValue(node.properties?.[name] ?? {})]))
  }
  if (node.type === 'integer' || node.type === 'number') return node.minimum ?? 0
  return node.type === 'boolean' ? false : ''
}
