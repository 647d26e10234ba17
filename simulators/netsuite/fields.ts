import type { Wire } from './account.ts'
import { invalidContent, notSettable, userError } from './problems.ts'

/**
 * Type of a field. `readOnly` fields may be sent and are ignored, like values of a record read before; `computed` ones
 * are refused.
 */
type FieldKind =
  | 'text'
  | 'date'
  | 'number'
  | 'boolean'
  | 'reference'
  | 'list'
  | 'address'
  | 'sublist'
  | 'readOnly'
  | 'computed'

/** The fields of a record or line; custom fields by their prefix, of any type. */
export interface FieldSpec {
  fields: Readonly<Record<string, FieldKind>>
  /** Maximum characters of text fields; others are unlimited here. */
  lengths?: Readonly<Record<string, number>>
  customPrefix?: string
  /** Fields that do not exist here, although they normally would. */
  missing?: ReadonlySet<string>
  /** Fields that can't be set here, although they normally could. */
  computed?: ReadonlySet<string>
}

/** The validated values: null clears a field. `unknown`: names that are not fields here. */
export interface FieldValues {
  values: Wire
  unknown: string[]
}

/**
 * Validates a body, or a part of one at `path`.
 * @throws NetSuiteProblem 400 INVALID_CONTENT with the path of the first value of a wrong type, USER_ERROR for a text
 * that is too long and for a field that can't be set
 */
export function readFields(body: unknown, spec: FieldSpec, path = ''): FieldValues {
  if (!isObject(body)) throw invalidContent(path, 'The content must be a JSON object.')
  const values: Wire = {}
  const unknown: string[] = []
  for (const [name, value] of Object.entries(body)) {
    const at = path === '' ? name : `${path}.${name}`
    const kind = spec.fields[name]
    if (spec.missing?.has(name)) unknown.push(at)
    else if (kind === 'computed' || spec.computed?.has(name)) throw notSettable(name, at)
    else if (kind === 'readOnly' || name === 'links') continue
    else if (kind !== undefined) {
      values[name] = value === null ? null : check(value, kind, at)
      checkLength(name, value, spec)
    } else if (spec.customPrefix !== undefined && name.startsWith(spec.customPrefix)) values[name] = value
    else unknown.push(at)
  }
  return { values, unknown }
}

/** In NetSuite's words, as quoted in getlago/lago-api#4689 and elsewhere. */
function checkLength(name: string, value: unknown, { lengths }: FieldSpec): void {
  const most = lengths?.[name]
  if (most === undefined || typeof value !== 'string' || value.length <= most) return
  throw userError(
    `The field ${name.toLowerCase()} contained more than the maximum number ( ${most} ) of characters allowed.`,
  )
}

/** The validated elements of a sublist `{ items: [...] }`; undefined if the field was not sent. */
export function readSublist(value: unknown, spec: FieldSpec, path: string): { lines: Wire[]; unknown: string[] } {
  const { items } = value as { items: unknown[] }
  const read = items.map((item, index) => readFields(item, spec, `${path}.items[${index}]`))
  return { lines: read.map(({ values }) => values), unknown: read.flatMap(({ unknown }) => unknown) }
}

/** A validated reference: its id or external id. */
export interface Reference {
  id?: string
  externalId?: string
}

export function isObject(value: unknown): value is Wire {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

const isText = (value: unknown): value is string => typeof value === 'string'

const checks: Record<
  Exclude<FieldKind, 'readOnly' | 'computed'>,
  readonly [expected: string, test: (value: unknown) => boolean]
> = {
  text: ['a string', isText],
  date: ['a date YYYY-MM-DD', (value) => isText(value) && isDate(value)],
  number: ['a number', (value) => typeof value === 'number' && Number.isFinite(value)],
  boolean: ['a boolean', (value) => typeof value === 'boolean'],
  reference: ['a reference with an id or an externalId', isReference],
  list: ['an object with an id', (value) => isObject(value) && isText(value['id'])],
  address: ['an address', isObject],
  sublist: ['an object with an array "items"', (value) => isObject(value) && Array.isArray(value['items'])],
}

function check(value: unknown, kind: keyof typeof checks, path: string): unknown {
  const [expected, test] = checks[kind]
  if (!test(value))
    throw invalidContent(path, `Invalid value for the resource or sub-resource field. Provide ${expected}.`)
  if (kind !== 'reference') return value
  const { id, externalId } = value as { id?: string | number; externalId?: string }
  return id === undefined ? { externalId } : { id: String(id) }
}

function isReference(value: unknown): boolean {
  if (!isObject(value)) return false
  const { id, externalId } = value
  return isText(id) || Number.isInteger(id) || (id === undefined && isText(externalId))
}

function isDate(text: string): boolean {
  const moment = new Date(`${text}T00:00:00Z`)
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(moment.getTime()) && moment.toISOString().startsWith(text)
}
