import { setTimeout as delay } from 'node:timers/promises'

/** Between two looks: soon at first, then a tenth of what was waited already, so that looking takes no time from the work. */
const SOONEST_MS = 25
const LATEST_MS = 250

/** How long to wait: without `progress` in all, with it for as long as nothing changes. */
export interface Patience {
  readonly withinMs?: number
  /** What can be seen of how far things are; any change of it is progress. One that fails says nothing. */
  readonly progress?: () => unknown
}

const USUAL_MS = 300_000
/** Looking at progress takes requests of its own. */
const PROGRESS_EVERY_MS = 5_000

/**
 * Resolves with the first answer that is not undefined, null or false. A look that fails counts as no answer: what is
 * looked at may be down. Rejects when `withinMs` are over without an answer, or without progress where it can be seen:
 * then a slow machine takes the time it needs. The first line of the message says what was waited for and how a look
 * failed last.
 */
export async function until<T>(
  what: string,
  look: () => Promise<T | undefined | null | false> | T | undefined | null | false,
  { withinMs = USUAL_MS, progress }: Patience = {},
): Promise<T> {
  const began = performance.now()
  const moves = new Moves(progress, Math.min(PROGRESS_EVERY_MS, withinMs / 10), began)
  for (let failure: unknown; ; ) {
    try {
      const found = await look()
      if (found !== undefined && found !== null && found !== false) return found
    } catch (error) {
      failure = error
    }
    // After the looks: the time that they take is none in which nothing could be seen to change.
    await moves.look(performance.now())
    const at = performance.now()
    if (at - moves.lastAt > withinMs) throw inVainError(what, withinMs, failure, moves.seen)
    await delay(Math.min(LATEST_MS, Math.max(SOONEST_MS, (at - began) / 10)))
  }
}

/** When it was last seen that something changed. */
class Moves {
  readonly #progress: Patience['progress']
  readonly #everyMs: number
  #nextAt: number
  seen: string | undefined
  lastAt: number

  constructor(progress: Patience['progress'], everyMs: number, now: number) {
    this.#progress = progress
    this.#everyMs = everyMs
    this.#nextAt = now
    this.lastAt = now
  }

  async look(now: number): Promise<void> {
    if (this.#progress === undefined || now < this.#nextAt) return
    this.#nextAt = now + this.#everyMs
    try {
      const seen = textOf(await this.#progress())
      if (seen !== this.seen) this.lastAt = performance.now()
      this.seen = seen
    } catch {
      // what is looked at may be down
    }
  }
}

function inVainError(what: string, withinMs: number, failure: unknown, seen: string | undefined): Error {
  const still = seen === undefined ? '' : `, while nothing changed (${seen.slice(0, 200)})`
  const last = failure === undefined ? '' : `; the last look that failed: ${firstLine(failure)}`
  return new Error(`waited ${withinMs / 1000} s for: ${what}${still}${last}`, { cause: failure })
}

/** A step of a proof. Its failure begins with what failed, and ends with what there is to see of the programs. */
export async function inStep<T>(name: string, does: () => Promise<T>, outputs: () => string): Promise<T> {
  try {
    return await does()
  } catch (error) {
    throw new Error(`${name}: ${firstLine(error)}\n${outputs()}`, { cause: error })
  }
}

/** Of an error, what lists of failed tests show. */
function firstLine(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error)
  return message.split('\n', 1)[0] ?? ''
}

function textOf(seen: unknown): string | undefined {
  if (seen === undefined) return undefined
  return JSON.stringify(seen, (_name, value: unknown) => (typeof value === 'bigint' ? String(value) : value))
}
