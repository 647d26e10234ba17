import Type, { type TSchema } from 'typebox'
import { unknownName } from './unknown-name.ts'

/**
 * A setting is declared once, where it is used: type, default, bounds and description. Validation, the JSON Schema for
 * editors, the table on the system's page and the typed value all come from the declaration.
 */
export interface Setting<T> {
  /** Purpose of the value: one line, without a full stop. */
  readonly description: string
  readonly required: boolean
  /** The default as text for people; null: no default. */
  readonly defaultText: string | null
  /** The expected value, in words that complete "must be …". */
  readonly expected: string
  /** JSON Schema of the value, for editors. */
  readonly schema: TSchema
  /** The typed value of the given one; the default for `undefined`. */
  read(given: unknown): SettingValue<T>
}

export type SettingValue<T> =
  | { readonly ok: true; readonly value: T }
  /** `must be a whole number from 0 to 3600`: follows the setting's name. */
  | { readonly ok: false; readonly problem: string }

/** Settings by name. */
export type Settings = Readonly<Record<string, Setting<unknown>>>

/** Typed values of declared settings. */
export type ValuesOf<S extends Settings> = {
  readonly [Name in keyof S]: S[Name] extends Setting<infer T> ? T : never
}

/** A mistake in a setting. */
export interface SettingProblem {
  readonly name: string
  /** Follows the setting's name: `must be …`, `is missing; …`. */
  readonly problem: string
}

/** A kind of value: how it is written and parsed. */
export interface ValueKind<T> {
  readonly expected: string
  readonly schema: TSchema
  /** Undefined: not a value of this kind. YAML's types and their text mean the same. */
  parse(given: unknown): T | undefined
}

interface Optional {
  readonly description: string
  readonly required?: false
}

interface Required {
  readonly description: string
  readonly required: true
}

interface WithDefault<T> {
  readonly description: string
  readonly default: NoInfer<T>
  /** How the default is shown to people, if different from the text of the value. */
  readonly defaultText?: string
}

/** Declares a setting. Its value is null when it is not given, not required and has no default. */
export function setting<T>(kind: ValueKind<T>, options: Required | WithDefault<T>): Setting<T>
export function setting<T>(kind: ValueKind<T>, options: Optional): Setting<T | null>
export function setting<T>(
  kind: ValueKind<T>,
  options: Optional | Required | WithDefault<T>,
): Setting<T> | Setting<T | null> {
  const { description } = options
  const required = 'required' in options && options.required === true
  const usual = 'default' in options ? options.default : null
  const { expected } = kind
  return {
    description,
    required,
    expected,
    defaultText: 'default' in options ? (options.defaultText ?? shown(options.default)) : null,
    schema: kind.schema,
    read(given: unknown): SettingValue<T | null> {
      if (given === undefined) {
        return required ? { ok: false, problem: `is missing; it must be ${expected}` } : { ok: true, value: usual }
      }
      const value = kind.parse(given)
      return value === undefined ? { ok: false, problem: `must be ${expected}` } : { ok: true, value }
    },
  }
}

function shown(value: unknown): string {
  if (Array.isArray(value)) return value.join(',') || 'none'
  return String(value)
}

/** Typed values, or all mistakes in the given ones. Ignores values that are not declared. */
export function readSettings<S extends Settings>(
  declared: S,
  given: Readonly<Record<string, unknown>>,
):
  | { readonly ok: true; readonly values: ValuesOf<S> }
  | { readonly ok: false; readonly problems: readonly SettingProblem[] } {
  const problems: SettingProblem[] = []
  const values: Record<string, unknown> = {}
  for (const [name, declaration] of Object.entries(declared)) {
    const read = declaration.read(given[name])
    if (read.ok) values[name] = read.value
    else problems.push({ name, problem: read.problem })
  }
  if (problems.length > 0) return { ok: false, problems }
  // Every declared name was read by its own declaration.
  return { ok: true, values: values as ValuesOf<S> }
}

/**
 * Typed values, with the default or null for wrong ones, so that settings that depend on others can still be checked.
 */
export function tolerantValues<S extends Settings>(declared: S, given: Readonly<Record<string, unknown>>): ValuesOf<S> {
  const values = Object.entries(declared).map(([name, declaration]) => {
    const read = [declaration.read(given[name]), declaration.read(undefined)].find(({ ok }) => ok)
    return [name, read?.ok === true ? read.value : null] as const
  })
  return Object.fromEntries(values) as ValuesOf<S>
}

/** Problems for given names that are not declared. */
export function unknownSettings(
  declared: Settings,
  given: Readonly<Record<string, unknown>>,
): readonly SettingProblem[] {
  const names = Object.keys(declared)
  return Object.keys(given)
    .filter((name) => !Object.hasOwn(declared, name))
    .map((name) => ({ name, problem: unknownName(name, names) }))
}

interface TextOptions {
  /** The whole text must match. */
  readonly pattern?: RegExp
  /** The expected value, in words: `an ISO 4217 code such as USD`. */
  readonly expected?: string
}

/** A text; accepts a number or boolean of YAML as text. */
export function text({ pattern, expected = 'a text' }: TextOptions = {}): ValueKind<string> {
  const whole = pattern === undefined ? null : new RegExp(`^(?:${pattern.source})$`, pattern.flags)
  const matches = (value: string) => whole?.test(value) ?? true
  return {
    expected,
    schema: Type.Union([
      Type.String(pattern === undefined ? { minLength: 1 } : { pattern: `^(?:${pattern.source})$` }),
      ...(matches('12') ? [Type.Number()] : []),
      ...(matches('true') ? [Type.Boolean()] : []),
    ]),
    parse(given) {
      const value = textOfScalar(given)
      return value !== undefined && value !== '' && matches(value) ? value : undefined
    },
  }
}

const scalarSchema = Type.Union([Type.String(), Type.Number(), Type.Boolean()])

/** Like `text`, but may be empty. */
export function possiblyEmptyText(expected: string): ValueKind<string> {
  return { expected, schema: scalarSchema, parse: textOfScalar }
}

/** A whole number within bounds, as a number or its text. */
export function whole({ minimum, maximum }: { readonly minimum: number; readonly maximum: number }): ValueKind<number> {
  return {
    expected: `a whole number from ${minimum} to ${maximum}`,
    schema: Type.Union([Type.Integer({ minimum, maximum }), Type.String({ pattern: '^-?[0-9]{1,15}$' })]),
    parse(given) {
      const value = typeof given === 'string' && /^-?\d{1,15}$/.test(given) ? Number(given) : given
      if (typeof value !== 'number' || !Number.isInteger(value)) return undefined
      return value >= minimum && value <= maximum ? value : undefined
    },
  }
}

/** `true` or `false`, as a boolean or its text. */
export const flag: ValueKind<boolean> = {
  expected: 'true or false',
  schema: Type.Union([Type.Boolean(), Type.Enum(['true', 'false'])]),
  parse(given) {
    if (given === 'true' || given === true) return true
    return given === 'false' || given === false ? false : undefined
  },
}

/** One of these texts. */
export function choice<const T extends string>(values: readonly T[]): ValueKind<T> {
  return {
    expected: `one of ${values.join(', ')}`,
    schema: Type.Enum([...values]),
    parse: (given) => values.find((value) => value === given),
  }
}

/** A list of YAML, or its members in one text, separated by commas. Spaces around members do not count. */
export function list<T>(item: ValueKind<T>, what: string): ValueKind<readonly T[]> {
  return {
    expected: `a list of ${what}, or the same separated by commas`,
    schema: Type.Union([Type.Array(item.schema), Type.String(), Type.Number()]),
    parse(given) {
      const parts = Array.isArray(given) ? given : splitText(given)
      const values = parts?.map((part) => item.parse(typeof part === 'string' ? part.trim() : part))
      return values?.every((value) => value !== undefined) ? values : undefined
    },
  }
}

/** A map of YAML, or pairs in one text: `USD=$,GBP=£`. */
export function pairs(key: RegExp, what: string, example: string): ValueKind<ReadonlyMap<string, string>> {
  const whole = new RegExp(`^(?:${key.source})$`)
  const entriesOf = (given: unknown): readonly (readonly [string, unknown])[] | undefined => {
    if (typeof given === 'object' && given !== null && !Array.isArray(given)) return Object.entries(given)
    return splitText(given)?.map((part) => {
      const at = part.indexOf('=')
      return at < 0 ? (['', part] as const) : ([part.slice(0, at).trim(), part.slice(at + 1).trim()] as const)
    })
  }
  return {
    expected: `a map of ${what}, or pairs separated by commas, such as ${example}`,
    schema: Type.Union([Type.Record(Type.String(), scalarSchema), Type.String()]),
    parse(given) {
      const entries = entriesOf(given)?.map(([name, value]) => [name, textOfScalar(value)] as const)
      const isRight = entries?.every(([name, value]) => whole.test(name) && value !== undefined && value !== '')
      return isRight ? new Map(entries as readonly (readonly [string, string])[]) : undefined
    },
  }
}

/** ISO 4217, three capital letters. */
export const currencyCode = text({
  pattern: /[A-Z]{3}/,
  expected: 'an ISO 4217 code of three capital letters, such as USD',
})

function splitText(given: unknown): string[] | undefined {
  return textOfScalar(given)
    ?.split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
}

function textOfScalar(given: unknown): string | undefined {
  if (typeof given === 'string') return given
  return typeof given === 'number' || typeof given === 'boolean' ? String(given) : undefined
}
