import type { LetterQuery, ManyDone } from '../../api/answers.ts'

/** One record by its id, some, or all open ones of a choice. */
export type Target =
  | { readonly id: string }
  | { readonly ids: readonly string[] }
  | { readonly choice: LetterQuery; readonly count: number }

/** With a reason, also what the API would leave as it is. */
export interface RetryWish {
  readonly target: Target
  readonly reason: string | null
  /** Vendors' orders are mapped anew, instead of sent as they were mapped. */
  readonly remap: boolean
}

/** A record, and how often it was retried before. */
export interface Wanted {
  readonly id: string
  readonly retries: number
}

/** One retry of one or many records, as far as it is. It goes on while other pages are looked at, and when this one is reloaded. */
export interface RetryRun extends RetryWish {
  readonly name: string
  /** Milliseconds. */
  readonly begun: number
  readonly total: number
  readonly sent: number
  readonly resolved: number
  readonly failedAgain: number
  /** Those that the API leaves as they are. */
  readonly refused: ManyDone['skipped']
  /** Those that are not asked for yet, and those that the API is being asked for. */
  readonly left: readonly Wanted[]
  readonly asking: readonly Wanted[]
  /** Ids of those that were retried and of which it is not known what became of them. */
  readonly following: readonly string[]
  /** `finding` which they are, `sending` them, `watching` what becomes of them, until it `ended` or was left. */
  readonly state: 'finding' | 'sending' | 'watching' | 'ended'
  /** Why it ended before all were retried, or waits. */
  readonly error: unknown
}

export function newRun(name: string, wish: RetryWish): RetryRun {
  const nothing = { total: 0, sent: 0, resolved: 0, failedAgain: 0, refused: [], error: null }
  return { ...wish, ...nothing, name, begun: Date.now(), left: [], asking: [], following: [], state: 'finding' }
}
