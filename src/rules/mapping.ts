import type { AttributeRule } from '../configuration/model.ts'
import { convert, looked, type MappedValue } from './mapping/convert.ts'
import { createEvaluate, type Evaluate, type RulesOfPart } from './mapping/evaluate.ts'
import { failuresOf } from './mapping/failure.ts'
import { type MappingInput, textAt } from './mapping/mapping-input.ts'

/** Destination attributes; decimals are text, unset optional attributes are left out. */
export type MappedAttributes = Readonly<Record<string, MappedValue>>

export interface MappingOptions {
  /** Whose rules these are: what expressions may use is counted by connection. */
  readonly connection?: string
  /** False: values are personal data and are in no message. True by default. */
  readonly tellsValues?: boolean
  /** Evaluates expressions; of its own by default. */
  readonly evaluate?: Evaluate | undefined
}

/**
 * Applies the rules to one entity. Pure. Answers at once where no rule has an expression, and else a promise: expressions
 * are evaluated in worker threads. Throws or rejects with `mapping_failed`, naming the attribute, its path or expression
 * and the value: for a required attribute without a value, a value of another type, one that the look-up does not know,
 * one that breaks the rule's schema, and an expression that throws or runs too long.
 */
export function mapAttributes(
  rules: readonly AttributeRule[],
  input: MappingInput,
  options: MappingOptions = {},
): MappedAttributes | Promise<MappedAttributes> {
  const mapped = mapParts([{ rules, input }], options)
  return mapped instanceof Promise ? mapped.then(firstOf) : firstOf(mapped)
}

const firstOf = ([first = {}]: readonly MappedAttributes[]): MappedAttributes => first

/** As `mapAttributes`, for several inputs of one entity: the first rule that fails, in order, fails them all. */
export function mapParts(
  parts: readonly RulesOfPart[],
  { connection = '', tellsValues = true, evaluate }: MappingOptions = {},
): readonly MappedAttributes[] | Promise<readonly MappedAttributes[]> {
  const waits = parts.some(({ rules }) => rules.some(({ expression }) => expression !== undefined))
  if (!waits) return parts.map((part) => mapPart(part, tellsValues, () => undefined))
  return (evaluate ?? createEvaluate())(connection, parts, tellsValues).then((textOf) =>
    parts.map((part, index) => mapPart(part, tellsValues, (rule) => textOf(index, rule))),
  )
}

function mapPart(
  { rules, input }: RulesOfPart,
  tellsValues: boolean,
  evaluated: (rule: AttributeRule) => string | undefined,
): MappedAttributes {
  const mapped: Record<string, MappedValue> = {}
  for (const rule of rules) {
    const { expression, from } = rule
    const path = from === undefined ? undefined : textAt(input, from)
    const value = destinationValue(rule, expression === undefined ? path : evaluated(rule), tellsValues)
    if (value !== undefined) mapped[rule.attribute] = value
  }
  return mapped
}

function destinationValue(
  rule: AttributeRule,
  found: string | undefined,
  tellsValues: boolean,
): MappedValue | undefined {
  const failure = failuresOf(rule, tellsValues)
  if (rule.constant !== undefined) return convert(rule, rule.constant, failure)
  const text = found === undefined ? rule.default : looked(rule, found, failure)
  if (text !== undefined) return convert(rule, text, failure)
  if (!rule.required) return undefined
  throw failure('is required and has no value; fill it at the source or give the rule a default')
}
