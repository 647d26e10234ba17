import { availableParallelism } from 'node:os'
import type { AttributeRule } from '../../configuration/model.ts'
import { StreamError } from '../../errors.ts'
import { stoppedBy } from '../../platform/sandbox/hard-stop.ts'
import { type Budget, createSandbox, type Ended, type Sandbox, workerScript } from '../../platform/sandbox/sandbox.ts'
import { failuresOf } from './failure.ts'
import type { MappingInput } from './mapping-input.ts'
import type { ExpressionJob, ExpressionResults, ExpressionRule } from './run-expressions.ts'

/** Limits of the expressions of the configuration in a worker thread. */
const workerLimits = {
  /** All expressions of one entity for one connection, in milliseconds of wall clock. */
  taskMs: 1_000,
  memoryMb: 64,
  /** All entities of a batch for one connection: this many milliseconds for each of them, and at least `batchMs`. */
  batchMs: 5_000,
  eachMs: 10,
  /** Stopped entities of a batch after which the connection's remaining entities are not tried. */
  stops: 3,
} as const

/** Rules and their input. */
export interface RulesOfPart {
  readonly rules: readonly AttributeRule[]
  readonly input: MappingInput
}

/** The text that an expression returned; throws `mapping_failed` for the first one that failed. */
export type TextOf = (part: number, rule: AttributeRule) => string | undefined

/**
 * Evaluates all expressions of one entity for a connection. Calls within one turn of the event loop are evaluated
 * together, and a connection's limits count from the first call on. Rejects with `stopping` when the process stops, and
 * with `timed_out` when no thread starts.
 */
export type Evaluate = (connection: string, parts: readonly RulesOfPart[], tellsValues: boolean) => Promise<TextOf>

type Threads = Sandbox<ExpressionJob, ExpressionResults>

/** Expressions of one entity under evaluation, and the rule of each. */
interface Asked {
  readonly job: ExpressionJob
  readonly rules: readonly AttributeRule[]
  readonly settle: PromiseWithResolvers<Ended<ExpressionResults>>
}

/** Create one per batch, or per other unit of work with a time limit. */
export function createEvaluate(threads: () => Threads = sharedThreads): Evaluate {
  const budgets = new Map<string, Budget>()
  const waiting = new Map<string, Asked[]>()
  const send = (): void => {
    for (const [connection, asked] of waiting) {
      const budget = budgets.get(connection) ?? { leftMs: workerLimits.batchMs, stopsLeft: workerLimits.stops }
      budgets.set(connection, budget)
      budget.leftMs += workerLimits.eachMs * asked.length
      void evaluateAll(connection, asked, budget, threads())
    }
    waiting.clear()
  }
  return async (connection, parts, tellsValues) => {
    const asked = askedOf(parts, tellsValues)
    if (waiting.size === 0) setImmediate(send)
    const others = waiting.get(connection) ?? []
    others.push(asked)
    waiting.set(connection, others)
    return textsOf(parts, asked, await asked.settle.promise)
  }
}

async function evaluateAll(connection: string, asked: readonly Asked[], budget: Budget, threads: Threads) {
  try {
    const jobs = asked.map(({ job }) => job)
    const ended = await threads.run(connection, jobs, budget)
    for (const [index, one] of ended.entries()) asked[index]?.settle.resolve(one)
  } catch (error) {
    for (const { settle } of asked) settle.reject(error)
  }
}

/** By rule: rules of one revision are the same objects until the next revision. */
const known = new WeakMap<AttributeRule, ExpressionRule>()

function askedOf(parts: readonly RulesOfPart[], tellsValues: boolean): Asked {
  const evaluated = parts.map(({ rules, input }) => ({ input, rules: rules.filter(hasExpression) }))
  const job: ExpressionJob = {
    tellsValues,
    parts: evaluated.map(({ input, rules }) => ({ input, rules: rules.map(expressionRule) })),
  }
  return { job, rules: evaluated.flatMap(({ rules }) => rules), settle: Promise.withResolvers() }
}

const hasExpression = ({ expression }: AttributeRule): boolean => expression !== null

function expressionRule(rule: AttributeRule): ExpressionRule {
  const { attribute, type, from, expression, lookup } = rule
  const slim = known.get(rule) ?? { attribute, type, from, expression: expression ?? '', looksUp: lookup !== null }
  known.set(rule, slim)
  return slim
}

function textsOf(parts: readonly RulesOfPart[], { rules, job }: Asked, ended: Ended<ExpressionResults>): TextOf {
  const texts = ended.stopped === null ? ended.result.texts : []
  const places = parts.map(() => new Map<AttributeRule, number>())
  let place = 0
  for (const [part, { rules: ofPart }] of parts.entries()) {
    for (const rule of ofPart.filter(hasExpression)) places[part]?.set(rule, place++)
  }
  return (part, rule) => {
    const at = places[part]?.get(rule) ?? texts.length
    if (at < texts.length) return texts[at]
    throw failureOf(rules, job.tellsValues, ended)
  }
}

function failureOf(
  rules: readonly AttributeRule[],
  tellsValues: boolean,
  ended: Ended<ExpressionResults>,
): StreamError {
  if (ended.stopped === null) {
    const { failure } = ended.result
    if (failure !== null) return new StreamError('mapping_failed', failure.message, failure)
    return new StreamError('unexpected', 'a requested expression has no result')
  }
  const rule = rules[ended.step] ?? rules[0]
  if (rule === undefined) return new StreamError('unexpected', 'an expression that was not requested was stopped')
  return failuresOf(rule, tellsValues)(WHY[ended.stopped], { details: stoppedBy(ended.stopped) })
}

const WHY = {
  time: `fails: it takes longer than ${workerLimits.taskMs} ms; make it simpler`,
  memory: `fails: it takes more than ${workerLimits.memoryMb} MB of memory; make it simpler`,
  crash: 'fails: it ends the thread that evaluates it; make it simpler',
  batch: 'fails: not evaluated, because earlier expressions of the connection took too long; make them simpler',
} as const

let threads: Threads | undefined

/** Shared by everything that this process maps. */
function sharedThreads(): Threads {
  const workers = Math.max(2, Math.min(4, availableParallelism() - 1))
  threads ??= createSandbox(workerScript('./expression-worker.ts', import.meta.url), { ...workerLimits, workers })
  return threads
}

/** Ends the threads (Guarantee 10). Later requests start new ones. */
export async function closeExpressionThreads(): Promise<void> {
  const closed = threads
  threads = undefined
  await closed?.close()
}
