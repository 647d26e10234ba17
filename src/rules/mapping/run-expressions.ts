import type { AttributeRule } from '../../configuration/model.ts'
import { StreamError, toStreamError } from '../../errors.ts'
import { compileExpression } from './expression.ts'
import { type Failure, failuresOf, severalValues } from './failure.ts'
import { expressionInput, type MappingInput, textOrNothing } from './mapping-input.ts'

/** The part of a rule with an expression that a worker needs. */
export type ExpressionRule = Pick<AttributeRule, 'attribute' | 'type' | 'from'> & {
  readonly expression: string
  readonly looksUp: boolean
}

/** The expressions of one entity for one connection: rules and their input. */
export interface ExpressionJob {
  /** False: values are personal data and appear in no message. */
  readonly tellsValues: boolean
  readonly parts: readonly { readonly rules: readonly ExpressionRule[]; readonly input: MappingInput }[]
}

/** The texts that the expressions returned, in order, up to the first that failed. */
export interface ExpressionResults {
  readonly texts: readonly (string | undefined)[]
  readonly failure: PlainFailure | null
}

/** A `mapping_failed` in a form that can be passed between threads. */
export interface PlainFailure {
  readonly message: string
  readonly field: string
  readonly details: StreamError['details']
}

/** `note` is called with the number of each expression before it is evaluated. */
export async function runExpressions(
  { parts, tellsValues }: ExpressionJob,
  note: (step: number) => void,
): Promise<ExpressionResults> {
  const texts: (string | undefined)[] = []
  const shared = new Map<object, unknown>()
  for (const { rules, input } of parts) {
    const open = expressionInput(input, shared)
    for (const rule of rules) {
      note(texts.length)
      const failure = failuresOf(rule, tellsValues)
      try {
        texts.push(textOfResult(rule, await evaluated(rule, open, failure, tellsValues), failure))
      } catch (thrown) {
        const { message, details } =
          thrown instanceof StreamError ? thrown : failure(`fails: ${toStreamError(thrown).message}`)
        return { texts, failure: { message, field: rule.attribute, details } }
      }
    }
  }
  return { texts, failure: null }
}

async function evaluated(rule: ExpressionRule, input: MappingInput, failure: Failure, tellsValues: boolean) {
  const { type, expression } = rule
  try {
    return await compileExpression(expression, { type, tellsValues })(input)
  } catch (thrown) {
    const { message, details } = toStreamError(thrown)
    throw failure(`fails: ${message}`, { details })
  }
}

/**
 * Converts the result of an expression to the rule's type; undefined for no result. Stricter than for text: a list, a
 * number where text is wanted, or a fraction computed as a float is an error of the expression.
 */
function textOfResult(rule: ExpressionRule, result: unknown, failure: Failure): string | undefined {
  if (result === undefined || result === null) return undefined
  if (typeof result === 'string') return textOrNothing(result)
  const scalar = typeof result === 'boolean' || typeof result === 'number'
  if (!scalar) throw severalValues(failure, Array.isArray(result) ? 'a list' : 'an object', result)
  if (rule.looksUp) return String(result)
  if (typeof result === 'boolean') {
    if (rule.type === 'boolean') return String(result)
    throw failure(`gives true or false for a ${rule.type}; use a condition: … ? … : …`, { value: result })
  }
  if (rule.type === 'string') throw failure('gives a number for a string; use $string(…)', { value: result })
  if (Number.isSafeInteger(result)) return String(result)
  throw failure('gives a float, which is not exact; use $add, $multiply, $round and text', { value: result })
}
