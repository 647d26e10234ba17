import { toStreamError } from '../errors.ts'
import { MOST_MISTAKES } from '../platform/collect-mistakes.ts'
import { dataType, orderLineType, pathProblem, type RecordType } from '../rules/event-fields.ts'
import { CUSTOMER_FIELDS, LINE_FIELDS } from '../rules/map-order.ts'
import { attributeNames } from '../rules/mapping/attribute-names.ts'
import { convert } from '../rules/mapping/convert.ts'
import { checkExpression, tooManyExpressions } from '../rules/mapping/expression.ts'
import { failuresOf } from '../rules/mapping/failure.ts'
import { unknownNames } from '../rules/mapping/unknown-names.ts'
import { compilePattern, type PatternBudget, patternBudget } from '../rules/pattern.ts'
import type { MappedEntity } from './model.ts'
import { attributeRuleOf } from './model-of.ts'
import type { AttributeRuleDocument } from './rule-schema.ts'
import type { OwnOrderFields } from './system-type.ts'
import { unknownName } from './unknown-name.ts'
import { type FieldPath, type Mistake, twiceAt, type YamlDocument } from './yaml-documents.ts'

export interface RulesContext {
  /** Path of the list of rules in the document. */
  readonly path: FieldPath
  readonly entity: MappedEntity
  /** Attributes the destination knows; undefined: any. */
  readonly known?: readonly string[] | undefined
  /** Fields that Waldstream writes itself. */
  readonly own?: OwnOrderFields | undefined
  /** Problem with the name of a source attribute; without it, names are not checked. */
  readonly attributeProblem?: ((name: string) => string | null) | undefined
}

type Say = (field: FieldPath, message: string) => void

/** Checks the rules of a mapping. */
export function checkRules(
  rules: readonly AttributeRuleDocument[],
  yaml: YamlDocument,
  context: RulesContext,
): Mistake[] {
  const mistakes: Mistake[] = []
  const tooMany = tooManyExpressions(rules.map(({ expression }) => expression))
  if (tooMany !== undefined) return [yaml.mistake(context.path, tooMany)]
  const budget = patternBudget()
  const firsts = new Map(rules.map(({ attribute }, index) => [attribute, index] as const).toReversed())
  for (const [index, rule] of rules.entries()) {
    if (mistakes.length >= MOST_MISTAKES) break
    const say: Say = (field, message) => mistakes.push(yaml.mistake([...context.path, index, ...field], message))
    const first = firsts.get(rule.attribute) ?? index
    if (first < index) say(['attribute'], twiceAt(yaml.placeOf([...context.path, first, 'attribute'])))
    checkDestination(rule, context, say)
    checkSource(rule, context, say)
    checkSchema(rule, say)
    checkValues(rule, budget, say)
  }
  return mistakes
}

function checkDestination({ attribute }: AttributeRuleDocument, { known, own }: RulesContext, say: Say): void {
  if (known !== undefined && !known.includes(attribute)) {
    say(['attribute'], `${unknownName(attribute, known)}; correct it, or add it to destination.attributes`)
  }
  if (own?.customer !== undefined && attribute.startsWith(CUSTOMER_FIELDS)) {
    const problem = customerProblem(attribute.slice(CUSTOMER_FIELDS.length), own.customer)
    if (problem !== undefined) say(['attribute'], problem)
    return
  }
  const [first = '', second] = attribute.split('.')
  const root = attribute.startsWith(LINE_FIELDS) ? `${first}.${second}` : first
  if (own === undefined || own.mappable.includes(attribute) || !own.own.includes(root)) return
  say(
    ['attribute'],
    `is written by Waldstream itself, as are ${own.own.join(', ')}; remove the rule or name another field`,
  )
}

function customerProblem(name: string, own: readonly string[] | null): string | undefined {
  if (own === null) return 'is a field of the customer, who is the same for all orders there and is not written'
  if (!own.includes(name.split('.')[0] ?? '')) return undefined
  return `is written by Waldstream itself, as are ${own.join(', ')}; remove the rule or name another field`
}

function checkSource(rule: AttributeRuleDocument, { entity, attributeProblem }: RulesContext, say: Say): void {
  const { from, constant, expression, type = 'string' } = rule
  const sources = [from, constant, expression].filter((source) => source !== undefined)
  if (sources.length !== 1) say(['from'], 'must be given, or constant, or expression: exactly one of the three')
  const ofLine = entity === 'orders' && rule.attribute.startsWith(LINE_FIELDS)
  const root = ofLine ? orderLineType() : dataType(entity)
  const problem = from === undefined ? undefined : pathProblem(root, from)
  if (problem !== undefined) say(['from'], problem)
  const wrong = expression === undefined ? [] : expressionProblems(expression, type, root)
  for (const one of wrong) say(['expression'], one)
  if (attributeProblem === undefined || wrong.length > 0) return
  const source = { ...(from === undefined ? {} : { from }), ...(expression === undefined ? {} : { expression }) }
  for (const name of attributeNames(source)) {
    const unknown = attributeProblem(name)
    if (unknown !== null)
      say([expression === undefined ? 'from' : 'expression'], `reads attributes.${name}: ${unknown}`)
  }
}

function expressionProblems(expression: string, type: string, root: RecordType): readonly string[] {
  try {
    checkExpression(expression, type)
    return unknownNames(expression, root)
  } catch (error) {
    return [toStreamError(error).message]
  }
}

function checkSchema({ schema = {}, type = 'string' }: AttributeRuleDocument, say: Say): void {
  const { pattern, minimum, maximum, minLength, maxLength } = schema
  try {
    compilePattern(pattern ?? '')
  } catch (error) {
    say(['schema', 'pattern'], toStreamError(error).message)
  }
  if ((minimum ?? 0) > (maximum ?? Number.POSITIVE_INFINITY)) say(['schema', 'minimum'], 'is more than the maximum')
  if ((minLength ?? 0) > (maxLength ?? Number.POSITIVE_INFINITY)) say(['schema', 'minLength'], 'is more than maxLength')
  const numeric = type === 'decimal' || type === 'integer'
  for (const bound of ['minimum', 'maximum'] as const) {
    if (schema[bound] !== undefined && !numeric) say(['schema', bound], `is only for a decimal or integer, not ${type}`)
  }
}

/**
 * Checks constants, defaults and look-up values against type and schema. `budget` covers all patterns of the document,
 * which are matched in the main thread.
 */
function checkValues(rule: AttributeRuleDocument, budget: PatternBudget, say: Say): void {
  const model = attributeRuleOf(rule)
  const failure = failuresOf(model, true)
  const check = (field: FieldPath, value: string | number | boolean | undefined): void => {
    if (value === undefined) return
    try {
      convert(model, String(value), failure, budget)
    } catch (error) {
      const reason = /breaks its schema.*/.exec(toStreamError(error).message)?.[0]
      say(field, reason ?? `is not of type ${model.type}: ${JSON.stringify(value)}; correct it or the rule's type`)
    }
  }
  check(['constant'], rule.constant)
  check(['default'], rule.default)
  for (const [key, value] of Object.entries(rule.lookup ?? {})) check(['lookup', key], value)
}
