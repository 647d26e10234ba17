import jsonata, { type Expression } from 'jsonata'
import { StreamError } from '../../errors.ts'
import { stoppedBy } from '../../platform/sandbox/hard-stop.ts'
import { BoundedRegExp } from './bounded-regexp.ts'
import { registerExactFunctions } from './exact-functions.ts'
import { wayOutOfFloats } from './float-use.ts'

/**
 * Limits of an evaluation. Steps are counted, so that an event fails or succeeds equally on every machine. `text` and
 * `list` limit what one step may create (characters, items). The clock stops an evaluation between two steps, before
 * the whole thread is stopped from outside; that is the last resort.
 */
export const expressionLimits = { steps: 20_000, depth: 200, list: 2_000, text: 100_000, clockMs: 800 } as const

/** Functions that return something different each time, or run text as code: a mapping must be repeatable. */
const REFUSED = ['now', 'millis', 'random', 'shuffle', 'eval'] as const

/** Limits for one expression, and for all of a document: parsing takes more than linear time. */
const parseLimits = { characters: 4_000, marks: 500, ofDocument: 50_000 } as const

/**
 * A compiled expression. Rejects with `mapping_failed`, whose message says what went wrong and where in the expression.
 */
export type Evaluate = (input: unknown) => Promise<unknown>

/** What JSONata throws, and what functions throw through it. */
interface Thrown {
  readonly code?: string
  readonly message?: string
  readonly position?: number
  readonly value?: unknown
}

export interface ExpressionOptions {
  /** Type of the destination attribute. */
  readonly type: string
  /** False: values are personal data and appear in no message. */
  readonly tellsValues: boolean
}

/**
 * Compiles a JSONata expression. It can't reach anything outside of the event. Throws `configuration_invalid` for an
 * invalid expression, and for one that can't be exact or repeatable.
 */
export function compileExpression(text: string, options: ExpressionOptions): Evaluate {
  const key = `${options.type} ${options.tellsValues} ${text}`
  const known = compiled.get(key) ?? compileOnce(text, options)
  if (compiled.size >= MOST_KEPT) compiled.clear()
  compiled.set(key, known)
  return known
}

/** Expressions of former configurations are dropped. */
const compiled = new Map<string, Evaluate>()
const MOST_KEPT = 500

function compileOnce(text: string, { type, tellsValues }: ExpressionOptions): Evaluate {
  const expression = parse(text)
  const ast = expression.ast()
  const refused = REFUSED.find((name) => calls(ast, name))
  if (refused !== undefined) {
    throw invalid(`uses $${refused}, which is not allowed: an event must give the same value each time`)
  }
  const floats = type === 'decimal' ? wayOutOfFloats(ast) : undefined
  if (floats !== undefined) throw invalid(floats)
  for (const name of REFUSED) expression.registerFunction(name, () => refuse(`$${name} is not allowed`))
  expression.registerFunction('pad', pad, '<s-ns?:s>')
  registerExactFunctions(expression)
  hook(expression, 'jsonata.__evaluate_entry', countStep)
  hook(expression, 'jsonata.__evaluate_exit', checkSize)
  return async (input) => {
    try {
      return await expression.evaluate(input)
    } catch (thrown) {
      throw failed(thrown as Thrown, tellsValues)
    }
  }
}

/**
 * Like `compileExpression`, to check an expression beforehand; it runs in the main thread, so it must not take long.
 */
export function checkExpression(text: string, type: string): void {
  const { characters, marks } = parseLimits
  if (text.length > characters) throw invalid(`is longer than ${characters} characters; use a look-up, or shorten it`)
  const found = text.match(/[.[@^%#]/g)?.length ?? 0
  if (found > marks) throw invalid(`has more than ${marks} steps and filters (${found}); shorten it`)
  compileExpression(text, { type, tellsValues: true })
}

/** Whether the expressions of one document are too long together; undefined: they are not. */
export function tooManyExpressions(expressions: readonly (string | undefined)[]): string | undefined {
  const length = expressions.reduce((sum, text) => sum + (text?.length ?? 0), 0)
  if (length <= parseLimits.ofDocument) return undefined
  return `have ${length} characters of expressions; the limit is ${parseLimits.ofDocument}: use look-ups, or shorten them`
}

function parse(text: string): Expression {
  const RegexEngine = BoundedRegExp as unknown as RegExpConstructor
  const { depth: stack, list: sequence, clockMs: timeout } = expressionLimits
  try {
    return jsonata(text, { RegexEngine, stack, sequence, timeout })
  } catch (thrown) {
    const { message, position } = thrown as Thrown
    throw invalid(`is not a JSONata expression: ${message}${at(position)}`, thrown)
  }
}

type Hook = (ast: unknown, input: unknown, environment: { readonly base: Budget }, result: unknown) => void

/** JSONata's own evaluator names its hooks by symbols, which its types don't know. */
function hook(expression: Expression, name: string, run: Hook): void {
  expression.assign(Symbol.for(name) as unknown as string, run)
}

/** The outermost frame of one evaluation. */
interface Budget {
  steps?: number
}

const countStep: Hook = (_ast, _input, { base }) => {
  base.steps = (base.steps ?? 0) + 1
  if (base.steps > expressionLimits.steps) refuse(`it takes more than ${expressionLimits.steps} steps`)
}

const checkSize: Hook = (_ast, _input, _environment, result) => {
  const { text, list } = expressionLimits
  if (typeof result === 'string' && result.length > text) refuse(`it makes a text of more than ${text} characters`)
  if (Array.isArray(result) && result.length > list) refuse(`it makes a list of more than ${list} items`)
}

/** Like JSONata's own, but it fills up to the limit of a text instead of filling the memory. */
function pad(text: string | undefined, width: number, filler = ' '): string | undefined {
  if (text === undefined) return undefined
  if (Math.abs(width) > expressionLimits.text) refuse(`$pad makes at most ${expressionLimits.text} characters`)
  const missing = Math.abs(Math.trunc(width)) - [...text].length
  if (missing <= 0) return text
  const filling = [...(filler === '' ? ' ' : filler).repeat(missing)].slice(0, missing).join('')
  return width > 0 ? text + filling : filling + text
}

function refuse(reason: string): never {
  throw new StreamError('mapping_failed', reason)
}

function invalid(message: string, cause?: unknown): StreamError {
  return new StreamError('configuration_invalid', message, { field: 'expression', cause })
}

function failed(thrown: Thrown, tellsValues: boolean): StreamError {
  const reason = `${reasonOf(thrown, tellsValues)}${at(thrown.position)}`
  const details = thrown.code === 'D1012' ? stoppedBy('time') : thrown instanceof StreamError ? thrown.details : {}
  return new StreamError('mapping_failed', reason, { cause: tellsValues ? thrown : undefined, details })
}

function reasonOf(thrown: Thrown, tellsValues: boolean): string {
  if (thrown.code === 'D1011') return `it is nested deeper than ${expressionLimits.depth}`
  if (thrown.code === 'D1012') return `it takes longer than ${expressionLimits.clockMs} ms`
  if (thrown.code === 'D2015') return `it makes a list of more than ${expressionLimits.list} items`
  const message = String(thrown.message).replace(/\.$/, '')
  if (thrown.value === undefined) return message
  const value = String(JSON.stringify(thrown.value))
  if (tellsValues) return message.includes(value) ? message : `${message}: ${value.slice(0, 60)}`
  // The message of $error comes from the expression's author; values in it must not reveal the customer.
  return thrown.code === undefined ? message : message.replaceAll(value, 'a value')
}

const at = (position: number | undefined): string => (position === undefined ? '' : ` (at character ${position})`)

/** Whether a node of the expression names the function. */
function calls(node: unknown, name: string): boolean {
  if (Array.isArray(node)) return node.some((one) => calls(one, name))
  if (typeof node !== 'object' || node === null) return false
  const { type, value } = node as { readonly type?: unknown; readonly value?: unknown }
  if (type === 'variable' && value === name) return true
  return Object.values(node).some((one) => calls(one, name))
}
