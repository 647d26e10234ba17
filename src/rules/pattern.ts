import { RE2JS } from 're2js'
import { StreamError, toStreamError } from '../errors.ts'
import { translatePattern } from './translate-pattern.ts'

/** A regular expression of the configuration; a search always takes time linear in the text. */
export interface Pattern {
  /**
   * Whether the pattern is found in the text. Throws `mapping_failed` if the text is too long for it, or the budget is
   * used up.
   */
  test(text: string, budget?: PatternBudget): boolean
}

/** Steps that the patterns of a connection may still take for one entity. */
export interface PatternBudget {
  leftSteps: number
}

const MOST_CHARACTERS = 1_000
/** Characters of a text times the size of the pattern: 20 ms at worst. */
const MOST_STEPS = 250_000
/** An order of 500 lines with a pattern as large as most takes a tenth of it. */
const MOST_STEPS_OF_ENTITY = 1_000_000

/** Shared in this process; patterns of former configurations are dropped. */
const patterns = new Map<string, Pattern>()
const MOST_KEPT = 2_000

/**
 * Compiles a JavaScript regular expression that users write. Throws `configuration_invalid` if it is invalid, can't be
 * matched in linear time, or is too large.
 */
export function compilePattern(source: string): Pattern {
  const known = patterns.get(source) ?? createPattern(source)
  if (patterns.size >= MOST_KEPT) patterns.clear()
  patterns.set(source, known)
  return known
}

export function patternBudget(): PatternBudget {
  return { leftSteps: MOST_STEPS_OF_ENTITY }
}

function createPattern(source: string): Pattern {
  if (source.length > MOST_CHARACTERS) throw invalid(`is longer than ${MOST_CHARACTERS} characters; shorten it`)
  const own = regExpOf(source)
  const { text, conditions, size, isSimple } = translatePattern(source)
  // JavaScript's own engine is ten times as fast for simple patterns such as ^WLD-, and most patterns are simple.
  const whole = isSimple ? own : compile(text)
  const beside = (isSimple ? [] : conditions).map((one) => ({ pattern: compile(one.text), holds: one.holds }))
  return {
    test(subject, budget) {
      const steps = subject.length * size
      if (steps > MOST_STEPS) {
        const most = Math.floor(MOST_STEPS / size)
        throw new StreamError('mapping_failed', `has ${subject.length} characters; the pattern accepts at most ${most}`)
      }
      if (budget !== undefined) spend(budget, steps)
      return beside.every(({ pattern, holds }) => pattern.test(subject) === holds) && whole.test(subject)
    },
  }
}

function spend(budget: PatternBudget, steps: number): void {
  budget.leftSteps -= steps
  if (budget.leftSteps >= 0) return
  throw new StreamError('mapping_failed', 'takes too long together with the matches before it; simplify the patterns')
}

function regExpOf(source: string): RegExp {
  try {
    return new RegExp(source, 'u')
  } catch (error) {
    try {
      // A pattern that is invalid with the Unicode flag may be valid without: earlier versions accepted it.
      return new RegExp(source)
    } catch {
      throw invalid(`is not a regular expression: ${toStreamError(error).message}`, error)
    }
  }
}

function compile(text: string): RE2JS {
  try {
    return RE2JS.compile(text)
  } catch (cause) {
    throw invalid(
      `can't be matched in linear time: ${toStreamError(cause).message.replace(/^error parsing regexp: /, '')}`,
      cause,
    )
  }
}

function invalid(message: string, cause?: unknown): StreamError {
  return new StreamError('configuration_invalid', message, { cause })
}
