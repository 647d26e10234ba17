import { createContext, Script } from 'node:vm'
import { StreamError } from '../../errors.ts'
import { stoppedBy } from '../../platform/sandbox/hard-stop.ts'

/** Time limit of all searches of one regular expression in one evaluation together, in milliseconds. */
const BUDGET_MS = 200

/** Evaluating threads have no global names except those of the language. */
const now = performance.now.bind(performance)

/** An empty context. It exists because V8 can stop long-running code in a context, and only there. */
const context = createContext(Object.create(null), { codeGeneration: { strings: false, wasm: false } })
const compile = new Script('(source, flags) => new RegExp(source, flags)').runInContext(context) as (
  source: string,
  flags: string,
) => RegExp
const search = new Script('pattern.exec(text)')

/**
 * A regular expression with a time limit: a step limit can't see into a search, and a pattern like `^(a+)+$` takes
 * hours on forty letters. A search costs 60 µs more than without. Throws `mapping_failed` when its time is up.
 */
export class BoundedRegExp {
  readonly #pattern: RegExp
  #leftMs = BUDGET_MS

  constructor(pattern: RegExp) {
    this.#pattern = compile(pattern.source, pattern.flags)
  }

  get lastIndex(): number {
    return this.#pattern.lastIndex
  }

  set lastIndex(index: number) {
    this.#pattern.lastIndex = index
  }

  exec(text: string): RegExpExecArray | null {
    const startedAt = now()
    try {
      Object.assign(context, { pattern: this.#pattern, text })
      return search.runInContext(context, { timeout: Math.max(1, Math.ceil(this.#leftMs)) }) as RegExpExecArray | null
    } catch (cause) {
      const message = `the regular expression takes longer than ${BUDGET_MS} ms`
      throw new StreamError('mapping_failed', message, { cause, details: stoppedBy('time') })
    } finally {
      this.#leftMs -= now() - startedAt
      Object.assign(context, { pattern: null, text: '' })
    }
  }
}
