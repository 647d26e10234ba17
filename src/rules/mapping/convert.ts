import { Errors } from 'typebox/schema'
import type { AttributeRule, ValueSchema } from '../../configuration/model.ts'
import { toStreamError } from '../../errors.ts'
import { decimal8, text8 } from '../../events/decimal.ts'
import type { Failure } from './failure.ts'

/** A destination value; decimals are text. */
export type MappedValue = string | number | boolean

/**
 * What a path found, or a constant or default says, as the rule's type; it must keep the rule's schema. Throws
 * `mapping_failed`. Also used to check constants, defaults and look-up values beforehand.
 */
export function convert(rule: AttributeRule, text: string, failure: Failure): MappedValue {
  return checked(rule, convertText(rule, text, failure), failure)
}

function convertText(rule: AttributeRule, text: string, failure: Failure): MappedValue {
  switch (rule.type) {
    case 'string':
      return text
    case 'decimal':
      return text8(decimalOf(text, failure))
    case 'integer':
      return integerOf(text, failure)
    case 'boolean':
      return booleanOf(text, failure)
  }
}

/**
 * What an expression gave, as the rule's type; undefined for nothing. It is taken more strictly than text: a list, a
 * number where text is wanted, or a fraction that was computed as a float is the expression's mistake.
 */
export function textOfResult(rule: AttributeRule, result: unknown, failure: Failure): string | undefined {
  if (result === undefined || result === null || result === '') return undefined
  if (typeof result === 'string') return result
  const scalar = typeof result === 'boolean' || typeof result === 'number'
  if (!scalar)
    throw failure(`gives ${Array.isArray(result) ? 'a list' : 'an object'}, not one value`, { value: result })
  if (rule.lookup !== null) return String(result)
  if (typeof result === 'boolean') {
    if (rule.type === 'boolean') return String(result)
    throw failure(`gives true or false for a ${rule.type}; use a condition: … ? … : …`, { value: result })
  }
  if (rule.type === 'string') throw failure('gives a number for a string; use $string(…)', { value: result })
  if (Number.isSafeInteger(result)) return String(result)
  throw failure('gives a float, which is not exact; use $add, $multiply, $round and text', { value: result })
}

/** The destination's value of a source value; throws `mapping_failed` for one the look-up does not know. */
export function looked(rule: AttributeRule, text: string, failure: Failure): string {
  if (rule.lookup === null) return text
  const value = Object.hasOwn(rule.lookup, text) ? rule.lookup[text] : undefined
  if (value !== undefined) return value
  throw failure('has a value the look-up does not know; add it to lookup', { value: text })
}

function decimalOf(text: string, failure: Failure) {
  try {
    return decimal8(text, 'it')
  } catch (cause) {
    throw failure(/more than/.test(toStreamError(cause).message) ? 'has more than 8 decimals' : 'is no decimal', {
      value: text,
      cause,
    })
  }
}

function integerOf(text: string, failure: Failure): number {
  const whole = text8(decimalOf(text, failure))
  const value = Number(whole)
  if (/^-?\d+$/.test(whole) && Number.isSafeInteger(value)) return value
  throw failure('is no whole number', { value: text })
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

function booleanOf(text: string, failure: Failure): boolean {
  const word = text.toLowerCase()
  const value = Object.hasOwn(booleans, word) ? booleans[word] : undefined
  if (value !== undefined) return value
  throw failure('is neither true nor false', { value: text })
}

function checked(rule: AttributeRule, value: MappedValue, failure: Failure): MappedValue {
  if (rule.schema === null) return value
  const broken = rule.type === 'decimal' ? brokenBound(rule.schema, String(value)) : undefined
  if (broken !== undefined) throw failure(`breaks its schema: ${broken}`, { value })
  const [kept, errors] = Errors(rule.schema, value)
  if (kept) return value
  throw failure(`breaks its schema: ${errors.map(({ message }) => message.trim()).join(', ')}`, { value })
}

/** A decimal is text, which JSON Schema has no bounds for: they are compared exactly. */
function brokenBound({ minimum, maximum }: ValueSchema, value: string): string | undefined {
  const number = decimal8(value, 'value')
  if (minimum !== undefined && number < decimal8(minimum, 'minimum')) return `must be at least ${minimum}`
  if (maximum !== undefined && number > decimal8(maximum, 'maximum')) return `must be at most ${maximum}`
  return undefined
}
