import type { AttributeRule } from '../configuration/model.ts'
import { toStreamError } from '../errors.ts'
import { convert, looked, type MappedValue, textOfResult } from './mapping/convert.ts'
import { compileExpression, type Evaluate } from './mapping/expression.ts'
import { failuresOf } from './mapping/failure.ts'
import { expressionInput, type MappingInput, textAt } from './mapping/mapping-input.ts'

/** Destination attributes; decimals are text, unset optional attributes are left out. */
export type MappedAttributes = Readonly<Record<string, MappedValue>>

export interface MappingOptions {
  /** False: values are personal data and are in no message. True by default. */
  readonly tellsValues?: boolean
}

/**
 * Applies the rules to one entity. Pure. Rejects with `mapping_failed`, naming the attribute, its path or expression and
 * the value: for a required attribute without a value, a value of another type, one that the look-up does not know, one
 * that breaks the rule's schema, and an expression that throws or runs too long.
 */
export async function mapAttributes(
  rules: readonly AttributeRule[],
  input: MappingInput,
  { tellsValues = true }: MappingOptions = {},
): Promise<MappedAttributes> {
  const open = rules.some(({ expression }) => expression !== null) ? expressionInput(input) : input
  const mapped: Record<string, MappedValue> = {}
  for (const rule of rules) {
    const { expression, from } = rule
    const path = from === null ? undefined : textAt(input, from)
    // One after the other: the clock of an expression is its own.
    const found = expression === null ? path : await evaluated(rule, expression, open, tellsValues)
    const value = destinationValue(rule, found, tellsValues)
    if (value !== undefined) mapped[rule.attribute] = value
  }
  return mapped
}

/** By rule: those of a revision are the same objects until the next one. */
const compiled = new WeakMap<AttributeRule, Evaluate>()

async function evaluated(rule: AttributeRule, expression: string, input: MappingInput, tellsValues: boolean) {
  const failure = failuresOf(rule, tellsValues)
  let result: unknown
  try {
    const evaluate = compiled.get(rule) ?? compileExpression(expression, { type: rule.type, tellsValues })
    compiled.set(rule, evaluate)
    result = await evaluate(input)
  } catch (thrown) {
    throw failure(`fails: ${toStreamError(thrown).message}`, { cause: thrown })
  }
  return textOfResult(rule, result, failure)
}

function destinationValue(
  rule: AttributeRule,
  found: string | undefined,
  tellsValues: boolean,
): MappedValue | undefined {
  const failure = failuresOf(rule, tellsValues)
  if (rule.constant !== null) return convert(rule, rule.constant, failure)
  const text = found === undefined ? rule.default : looked(rule, found, failure)
  if (text !== null) return convert(rule, text, failure)
  if (!rule.required) return undefined
  throw failure('is required and has no value; fill it at the source or give the rule a default')
}
