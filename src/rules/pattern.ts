import { RE2JS } from 're2js'
import { StreamError, toStreamError } from '../errors.ts'
import { translatePattern } from './translate-pattern.ts'

/** A regular expression of the configuration; a search takes time in proportion to the text, whatever it is. */
export interface Pattern {
  /**
   * Whether it is found in the text. Throws `mapping_failed` for a text that is too long for it, and where the budget has
   * nothing left for it.
   */
  test(text: string, budget?: PatternBudget): boolean
}

/** What the patterns of a connection may take for one entity, in steps; it is used up by them. */
export interface PatternBudget {
  leftSteps: number
}

const MOST_CHARACTERS = 1_000
/** Characters of a text, times the size of the pattern: 20 ms at worst. */
const MOST_STEPS = 250_000
/** An order of 500 lines, by a pattern as large as most that are written, takes a tenth of it. */
const MOST_STEPS_OF_ENTITY = 1_000_000

/** The same everywhere in this process; those of former configurations make room. */
const patterns = new Map<string, Pattern>()
const MOST_KEPT = 2_000

/**
 * Compiles what users write as a regular expression of JavaScript. Throws `configuration_invalid`: it is none, can't be
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
  // JavaScript's own engine is ten times as fast for what is found at once, such as ^WLD-, and most patterns are that.
  const whole = isSimple ? own : compile(text)
  const beside = (isSimple ? [] : conditions).map((one) => ({ pattern: compile(one.text), holds: one.holds }))
  return {
    test(subject, budget) {
      const steps = subject.length * size
      if (steps > MOST_STEPS) {
        const most = Math.floor(MOST_STEPS / size)
        throw new StreamError('mapping_failed', `has ${subject.length} characters; the pattern takes at most ${most}`)
      }
      if (budget !== undefined) spend(budget, steps)
      return beside.every(({ pattern, holds }) => pattern.test(subject) === holds) && whole.test(subject)
    },
  }
}

function spend(budget: PatternBudget, steps: number): void {
  budget.leftSteps -= steps
  if (budget.leftSteps >= 0) return
  throw new StreamError('mapping_failed', 'takes too long, with what was matched before it; make the patterns simpler')
}

function regExpOf(source: string): RegExp {
  try {
    return new RegExp(source, 'u')
  } catch (error) {
    try {
      // What is none with Unicode may be one without: it was taken always.
      return new RegExp(source)
    } catch {
      throw invalid(`is no regular expression: ${toStreamError(error).message}`, error)
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
