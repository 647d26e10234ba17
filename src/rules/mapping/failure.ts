import type { AttributeRule } from '../../configuration/model.ts'
import { StreamError } from '../../errors.ts'

/** Creates the error of one rule from the reason and the value. */
export type Failure = (reason: string, about?: FailureAbout) => StreamError

export interface FailureAbout {
  readonly value?: unknown
  readonly cause?: unknown
  /** Details besides the rule. */
  readonly details?: StreamError['details']
}

const MOST_SHOWN = 60
/** Limit for an expression and for a reason: an expression may throw a text of any length. */
const LONGEST_PART = 1_000

type NamedRule = Pick<AttributeRule, 'attribute' | 'from' | 'expression'>

/**
 * Errors of a rule: `mapping_failed`, naming attribute, source and value. `tellsValues` false: values are personal
 * data, and only their type is named.
 */
export function failuresOf(rule: NamedRule, tellsValues: boolean): Failure {
  const { attribute, from, expression } = rule
  const source = expression === null ? (from ?? 'a constant') : `expression ${cut(expression)}`
  return (reason, { value, cause, details } = {}) => {
    const told = value === undefined ? '' : tellsValues ? `: ${shown(value)}` : `: ${kindOf(value)}`
    return new StreamError('mapping_failed', `attribute ${attribute} (from ${source}) ${cut(reason)}${told}`, {
      cause: tellsValues ? cause : undefined,
      field: attribute,
      details: { attribute, from, expression, ...details },
    })
  }
}

/** Error for a path or expression that gives several values for a single-value attribute. */
export function severalValues(failure: Failure, what: 'a list' | 'an object', value: unknown): StreamError {
  const way =
    what === 'a list' ? 'join it in an expression with $join(…), or take one of its values' : 'take one of its fields'
  return failure(`gives ${what}, not one value; ${way}`, { value })
}

function cut(text: string): string {
  return text.length <= LONGEST_PART ? text : `${text.slice(0, LONGEST_PART)}…`
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value)
  return text.length <= MOST_SHOWN ? text : `${text.slice(0, MOST_SHOWN)}…`
}

function kindOf(value: unknown): string {
  if (typeof value === 'string') return `a text of ${value.length} characters`
  return Array.isArray(value) ? 'a list' : `a ${typeof value}`
}
