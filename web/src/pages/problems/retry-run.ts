import type { LetterQuery, ManyDone } from '../../api/answers.ts'

/** One record by its id, several, or all open ones of a filter. */
export type Target =
  | { readonly id: string }
  | { readonly ids: readonly string[] }
  | { readonly choice: LetterQuery; readonly count: number }

/** With a reason, records are retried that the API would otherwise skip. */
export interface RetryWish {
  readonly target: Target
  readonly reason: string | null
  /** Vendors' orders are mapped again instead of sent with their earlier result. */
  readonly remap: boolean
}

/** A record, and how often it was retried before. */
export interface Wanted {
  readonly id: string
  readonly retries: number
}

/**
 * One retry of one or many records, with its progress. It continues while other pages are shown, and after a reload.
 */
export interface RetryRun extends RetryWish {
  readonly name: string
  /** Milliseconds. */
  readonly begun: number
  readonly total: number
  readonly sent: number
  readonly resolved: number
  readonly failedAgain: number
  /** Records that the API skipped. */
  readonly refused: ManyDone['skipped']
  /** `left`: records not requested yet; `asking`: records of the running request. */
  readonly left: readonly Wanted[]
  readonly asking: readonly Wanted[]
  /** Ids of retried records whose outcome is not known yet. */
  readonly following: readonly string[]
  /**
   * `finding` the records, `sending` the retries, `watching` their outcome, then `ended`; also ended if the user
   * stopped following.
   */
  readonly state: 'finding' | 'sending' | 'watching' | 'ended'
  /** Why it ended early, or waits. */
  readonly error: unknown
}

export function newRun(name: string, wish: RetryWish): RetryRun {
  const nothing = { total: 0, sent: 0, resolved: 0, failedAgain: 0, refused: [], error: null }
  return { ...wish, ...nothing, name, begun: Date.now(), left: [], asking: [], following: [], state: 'finding' }
}
