import jsonata from 'jsonata'
import type { AttributeRule } from '../configuration/model.ts'
import { toStreamError } from '../errors.ts'
import type { ProductChanged } from '../events/generated/events.ts'
import { productInput } from './map-product.ts'
import { attributeNames } from './mapping/attribute-names.ts'
import type { MappedValue } from './mapping/convert.ts'
import type { Evaluate } from './mapping/evaluate.ts'
import { mapAttributes } from './mapping.ts'

/** The result of a rule for a product, and the fields that it read. */
export interface ExplainedRule {
  readonly attribute: string
  /** The fields that its path or expression names, as the source has them; null: no value. */
  readonly reads: readonly { readonly field: string; readonly value: unknown }[]
  /** Null: the attribute is left out, or the rule fails. */
  readonly value: MappedValue | null
  readonly failure: string | null
}

/**
 * Applies each rule separately, so that a failing one hides no other. Rejects when no thread can evaluate expressions.
 */
export async function explainProduct(
  data: ProductChanged['data'],
  rules: readonly AttributeRule[],
  { connection, evaluate }: { readonly connection: string; readonly evaluate: Evaluate },
): Promise<readonly ExplainedRule[]> {
  const input = productInput(data)
  return await Promise.all(
    rules.map(async (rule) => {
      const { attribute } = rule
      const reads = fieldsRead(rule, input).map((field) => ({ field, value: valueAt(input, field) }))
      try {
        const mapped = await mapAttributes([rule], input, { connection, evaluate })
        return { attribute, reads, value: mapped[attribute] ?? null, failure: null }
      } catch (thrown) {
        const error = toStreamError(thrown)
        if (error.policy !== 'dead-letter') throw error
        return { attribute, reads, value: null, failure: error.message }
      }
    }),
  )
}

type Fields = Readonly<Record<string, unknown>>

function fieldsRead(rule: AttributeRule, input: Fields): readonly string[] {
  if (rule.from !== null) return [rule.from]
  if (rule.expression === null) return []
  const own = firstNames(jsonata(rule.expression).ast()).filter((name) => name !== 'attributes' && name in input)
  const attributes = attributeNames({ expression: rule.expression }).map((name) => `attributes.${name}`)
  return [...new Set([...own, ...attributes])]
}

/** Names that paths of the expression begin with. */
function firstNames(node: unknown): readonly string[] {
  if (typeof node !== 'object' || node === null) return []
  const steps: unknown = Reflect.get(node, 'steps')
  const first: unknown = Array.isArray(steps) ? steps[0] : undefined
  const isName = typeof first === 'object' && first !== null && Reflect.get(first, 'type') === 'name'
  const own = isName ? [String(Reflect.get(first, 'value'))] : []
  return [...own, ...Object.values(node).flatMap(firstNames)]
}

/** Values inside `attributes` are JSON text. */
function valueAt(input: Fields, field: string): unknown {
  const [first = '', ...rest] = field.split('.')
  let value: unknown = input[first]
  for (const [index, name] of rest.entries()) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return null
    value = Reflect.get(value, name)
    if (first === 'attributes' && index === 0) value = opened(value)
  }
  return value ?? null
}

function opened(value: unknown): unknown {
  if (typeof value !== 'string') return value
  try {
    return JSON.parse(value)
  } catch {
    return value
  }
}
