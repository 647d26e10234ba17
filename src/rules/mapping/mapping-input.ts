import { parseTexts } from '../../platform/json.ts'

/** The input of a rule's path: an event's data with decimals as text; `attributes` holds JSON texts. */
export type MappingInput = Readonly<Record<string, unknown>>

type Fields = Readonly<Record<string, unknown>>

/** The result of a dotted path: a text or undefined, or several values although one is wanted. */
export type Found = { readonly text: string | undefined } | { readonly several: 'a list' | 'an object'; value: unknown }

const NOTHING: Found = { text: undefined }

/** The text at a dotted path; undefined for null, empty lists and objects, and blank text. */
export function textAt(input: MappingInput, path: string): Found {
  let value: unknown = input
  let within: string | undefined
  for (const segment of path.split('.')) {
    if (typeof value !== 'object' || value === null) return NOTHING
    // An index of a list is one value; a field of all its items is several.
    if (Array.isArray(value) && value.length > 0 && !/^\d+$/.test(segment)) return { several: 'a list', value }
    if (!Object.hasOwn(value, segment)) return NOTHING
    value = (value as Fields)[segment]
    if (within === 'attributes') value = fromJson(value)
    within = segment
  }
  if (typeof value === 'string') return { text: textOrNothing(value) }
  if (typeof value === 'number' || typeof value === 'boolean') return { text: String(value) }
  if (typeof value !== 'object' || value === null || Object.keys(value).length === 0) return NOTHING
  return { several: Array.isArray(value) ? 'a list' : 'an object', value }
}

/** Blank text counts as no value. */
export function textOrNothing(text: string): string | undefined {
  return text.trim() === '' ? undefined : text
}

/**
 * The input as expressions see it: `attributes` holds the parsed JSON, with every number as text. Null fields are left
 * out: JSONata's functions accept undefined but not null. `shared` holds objects that several inputs have in common:
 * each line of an order has the whole order, which is opened once.
 */
export function expressionInput(input: MappingInput, shared = new Map<object, unknown>()): Fields {
  const fields = Object.entries(input).filter(([, field]) => field !== null)
  return Object.fromEntries(fields.map(([name, field]) => [name, openedOnce(name, field, shared)]))
}

function openedOnce(name: string, value: unknown, shared: Map<object, unknown>): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return opened(name, value)
  const known = shared.get(value) ?? opened(name, value)
  shared.set(value, known)
  return known
}

function opened(name: string, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((one) => opened('', one))
  if (typeof value !== 'object' || value === null) return value
  const fields = Object.entries(value).map(([key, field]) => {
    return [key, opened(key, name === 'attributes' ? fromJson(field) : field)] as const
  })
  return Object.fromEntries(fields.filter(([, field]) => field !== null))
}

function fromJson(json: unknown): unknown {
  if (typeof json !== 'string') return json
  const start = json.trim()[0] ?? ''
  // A number stays text.
  if (!'"{[tfn'.includes(start) || start === '') return json
  try {
    return start === '{' || start === '[' ? parseTexts(json) : JSON.parse(json)
  } catch {
    return json
  }
}
