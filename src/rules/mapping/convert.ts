import { Errors } from 'typebox/schema'
import type { AttributeRule, ValueSchema } from '../../configuration/model.ts'
import { toStreamError } from '../../errors.ts'
import { decimal8, text8 } from '../../events/decimal.ts'
import { compilePattern, type PatternBudget } from '../pattern.ts'
import type { Failure } from './failure.ts'

/** A destination value; decimals are text. */
export type MappedValue = string | number | boolean

/**
 * Converts the text of a path, constant or default to the rule's type and checks the rule's schema. Throws
 * `mapping_failed`. Also used to check constants, defaults and look-up values beforehand.
 */
export function convert(rule: AttributeRule, text: string, failure: Failure, budget: PatternBudget): MappedValue {
  return checked(rule, convertText(rule, text, failure), failure, budget)
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

/** The look-up's value of a source value; throws `mapping_failed` if the look-up does not have it. */
export function looked(rule: AttributeRule, text: string, failure: Failure): string {
  if (rule.lookup === null) return text
  const value = Object.hasOwn(rule.lookup, text) ? rule.lookup[text] : undefined
  if (value !== undefined) return value
  throw failure('has a value that the look-up does not know; add it to lookup', { value: text })
}

function decimalOf(text: string, failure: Failure) {
  try {
    return decimal8(text, 'it')
  } catch (cause) {
    throw failure(/more than/.test(toStreamError(cause).message) ? 'has more than 8 decimals' : 'is not a decimal', {
      value: text,
      cause,
    })
  }
}

function integerOf(text: string, failure: Failure): number {
  const whole = text8(decimalOf(text, failure))
  const value = Number(whole)
  if (/^-?\d+$/.test(whole) && Number.isSafeInteger(value)) return value
  throw failure('is not a whole number', { value: text })
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

function checked(rule: AttributeRule, value: MappedValue, failure: Failure, budget: PatternBudget): MappedValue {
  if (rule.schema === null) return value
  const broken = rule.type === 'decimal' ? brokenBound(rule.schema, String(value)) : undefined
  if (broken !== undefined) throw failure(`breaks its schema: ${broken}`, { value })
  const { pattern, ...schema } = rule.schema
  const [, errors] = Errors(schema, value)
  const mismatch = pattern === undefined ? undefined : mismatchOf(pattern, value, failure, budget)
  if (errors.length === 0 && mismatch === undefined) return value
  const reasons = errors.map(({ message }) => message.trim())
  const place = errors.filter(({ keyword }) => keyword !== 'enum').length
  const all = mismatch === undefined ? reasons : reasons.toSpliced(place, 0, mismatch)
  throw failure(`breaks its schema: ${all.join(', ')}`, { value })
}

/** Matched here: JSON Schema's own patterns have no time limit. */
function mismatchOf(pattern: string, value: MappedValue, failure: Failure, budget: PatternBudget): string | undefined {
  if (typeof value !== 'string') return undefined
  try {
    return compilePattern(pattern).test(value, budget) ? undefined : `must match pattern "${pattern}"`
  } catch (error) {
    throw failure(`breaks its schema: the pattern ${pattern} ${toStreamError(error).message}`)
  }
}

/** A decimal is text, for which JSON Schema has no bounds: they are compared exactly. */
function brokenBound({ minimum, maximum }: ValueSchema, value: string): string | undefined {
  const number = decimal8(value, 'value')
  if (minimum !== undefined && number < decimal8(minimum, 'minimum')) return `must be at least ${minimum}`
  if (maximum !== undefined && number > decimal8(maximum, 'maximum')) return `must be at most ${maximum}`
  return undefined
}
