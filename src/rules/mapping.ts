import { setImmediate as nextTurn } from 'node:timers/promises'
import type { AttributeRule } from '../configuration/model.ts'
import { convert, looked, type MappedValue } from './mapping/convert.ts'
import { createEvaluate, type Evaluate, type RulesOfPart } from './mapping/evaluate.ts'
import { failuresOf, severalValues } from './mapping/failure.ts'
import { type MappingInput, textAt } from './mapping/mapping-input.ts'
import { type PatternBudget, patternBudget } from './pattern.ts'

/** Destination attributes; decimals are text, optional attributes without a value are left out. */
export type MappedAttributes = Readonly<Record<string, MappedValue>>

export interface MappingOptions {
  /** Owner of the rules: limits of expressions count per connection. */
  readonly connection?: string
  /** False: values are personal data and appear in no message. True by default. */
  readonly tellsValues?: boolean
  /** Evaluates expressions; by default a separate one. */
  readonly evaluate?: Evaluate | undefined
}

/**
 * Applies the rules to one entity. Pure. Rejects with `mapping_failed`, naming the attribute, its path or expression
 * and the value, for: a required attribute without a value, a value of another type, a value missing in the look-up, a
 * value that violates the rule's schema, and an expression that throws or runs too long.
 */
export async function mapAttributes(
  rules: readonly AttributeRule[],
  input: MappingInput,
  options: MappingOptions = {},
): Promise<MappedAttributes> {
  const [mapped = {}] = await mapParts([{ rules, input }], options)
  return mapped
}

/**
 * Like `mapAttributes`, for several inputs of one entity: the first rule that fails, in order, fails them all.
 * Expressions are evaluated in worker threads; rules without expressions do not wait.
 */
export async function mapParts(
  parts: readonly RulesOfPart[],
  { connection = '', tellsValues = true, evaluate }: MappingOptions = {},
): Promise<readonly MappedAttributes[]> {
  const waits = parts.some(({ rules }) => rules.some(({ expression }) => expression !== null))
  const textOf = waits ? await (evaluate ?? createEvaluate())(connection, parts, tellsValues) : () => undefined
  const budget = patternBudget()
  const mapped: MappedAttributes[] = []
  let sinceTurn = 0
  for (const [index, part] of parts.entries()) {
    sinceTurn += part.rules.length
    if (sinceTurn > RULES_A_TURN) {
      await nextTurn()
      sinceTurn = 0
    }
    mapped.push(mapPart(part, { tellsValues, budget, evaluated: (rule) => textOf(index, rule) }))
  }
  return mapped
}

/** Rules applied before yielding to other work: an order has them for each of its lines. */
const RULES_A_TURN = 2_000

interface PartOptions {
  readonly tellsValues: boolean
  readonly budget: PatternBudget
  readonly evaluated: (rule: AttributeRule) => string | undefined
}

function mapPart({ rules, input }: RulesOfPart, options: PartOptions): MappedAttributes {
  const mapped: Record<string, MappedValue> = {}
  for (const rule of rules) {
    const { expression } = rule
    const text = expression === null ? textOfPath(rule, input, options) : options.evaluated(rule)
    const value = destinationValue(rule, text, options)
    if (value !== undefined) mapped[rule.attribute] = value
  }
  return mapped
}

function textOfPath(rule: AttributeRule, input: MappingInput, { tellsValues }: PartOptions): string | undefined {
  if (rule.from === null) return undefined
  const found = textAt(input, rule.from)
  if ('several' in found) throw severalValues(failuresOf(rule, tellsValues), found.several, found.value)
  return found.text
}

function destinationValue(
  rule: AttributeRule,
  found: string | undefined,
  { tellsValues, budget }: PartOptions,
): MappedValue | undefined {
  const failure = failuresOf(rule, tellsValues)
  if (rule.constant !== null) return convert(rule, rule.constant, failure, budget)
  const text = found === undefined ? rule.default : looked(rule, found, failure)
  if (text !== null) return convert(rule, text, failure, budget)
  if (!rule.required) return undefined
  throw failure('is required and has no value; fill it at the source or give the rule a default')
}
