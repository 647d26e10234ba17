import { StreamError, toStreamError } from '../errors.ts'
import { decimal8, text8 } from '../events/decimal.ts'
import type { AttributeRule } from './model.ts'

/** What a rule's path is looked up in: an event's data with its decimals as text; `attributes` holds JSON texts. */
export type MappingInput = Readonly<Record<string, unknown>>

/** Destination attributes; decimals are text, unset optional attributes are left out. */
export type MappedAttributes = Readonly<Record<string, string | number | boolean>>

/**
 * Applies the rules to one entity. Pure. Throws `mapping_failed`, naming the attribute and the source path, for a
 * required attribute without a value, a value of another type, and a value the look-up does not know.
 */
export function mapAttributes(rules: readonly AttributeRule[], input: MappingInput): MappedAttributes {
  const mapped: Record<string, string | number | boolean> = {}
  for (const rule of rules) {
    const value = mapAttribute(rule, input)
    if (value !== undefined) mapped[rule.attribute] = value
  }
  return mapped
}

function mapAttribute(rule: AttributeRule, input: MappingInput): string | number | boolean | undefined {
  if (rule.constant !== undefined) return convert(rule, rule.constant)
  const found = textAt(input, rule.from ?? '')
  const text = found === undefined ? rule.default : looked(rule, found)
  if (text !== undefined) return convert(rule, text)
  if (!rule.required) return undefined
  throw failure(rule, 'is required and has no value; fill it at the source or give the rule a default')
}

/** The text at a dotted path; nothing for null, empty text and what is no single value. */
function textAt(input: MappingInput, path: string): string | undefined {
  const [first = '', ...rest] = path.split('.')
  let value: unknown = input[first]
  for (const [index, segment] of rest.entries()) {
    if (typeof value !== 'object' || value === null) return undefined
    value = (value as Readonly<Record<string, unknown>>)[segment]
    if (first === 'attributes' && index === 0) value = fromJson(value)
  }
  if (typeof value === 'string') return value === '' ? undefined : value
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined
}

/** The value of a JSON text; a number stays the text it is, so that no digit of it is lost. */
function fromJson(json: unknown): unknown {
  if (typeof json !== 'string') return undefined
  const start = json.trim()[0] ?? ''
  if (!'"{[ntf'.includes(start) || start === '') return json
  try {
    return JSON.parse(json)
  } catch {
    return json
  }
}

function looked(rule: AttributeRule, text: string): string {
  if (rule.lookup === undefined) return text
  const value = Object.hasOwn(rule.lookup, text) ? rule.lookup[text] : undefined
  if (value !== undefined) return value
  throw failure(rule, `has a value the look-up does not know: "${text.slice(0, 60)}"; add it to lookup`)
}

/** The text as the rule's type; throws `mapping_failed`. Also used to check constants and defaults beforehand. */
export function convert(rule: AttributeRule, text: string): string | number | boolean {
  switch (rule.type) {
    case 'string':
      return text
    case 'decimal':
      return text8(decimalOf(rule, text))
    case 'integer':
      return integerOf(rule, text)
    case 'boolean':
      return booleanOf(rule, text)
  }
}

function decimalOf(rule: AttributeRule, text: string) {
  try {
    return decimal8(text, rule.attribute)
  } catch (cause) {
    throw failure(rule, `is no decimal: ${toStreamError(cause).message}`, cause)
  }
}

function integerOf(rule: AttributeRule, text: string): number {
  const whole = text8(decimalOf(rule, text))
  const value = Number(whole)
  if (/^-?\d+$/.test(whole) && Number.isSafeInteger(value)) return value
  throw failure(rule, `is no whole number: "${text.slice(0, 60)}"`)
}

const booleans: Readonly<Record<string, boolean>> = {
  true: true,
  t: true,
  yes: true,
  '1': true,
  false: false,
  f: false,
  no: false,
  '0': false,
}

function booleanOf(rule: AttributeRule, text: string): boolean {
  const value = booleans[text.toLowerCase()]
  if (value !== undefined) return value
  throw failure(rule, `is neither true nor false: "${text.slice(0, 60)}"`)
}

function failure(rule: AttributeRule, reason: string, cause?: unknown): StreamError {
  const source = rule.from ?? 'a constant'
  return new StreamError('mapping_failed', `attribute ${rule.attribute} (from ${source}) ${reason}`, {
    cause,
    field: rule.attribute,
    details: { attribute: rule.attribute, from: rule.from ?? null },
  })
}
