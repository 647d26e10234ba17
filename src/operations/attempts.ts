import { toStreamError } from '../errors.ts'
import type { BackOff } from '../platform/backoff.ts'
import { map, millis, number, or, orNull, text } from '../platform/dynamodb/rows.ts'

/** The error of the last attempt; the message contains no secret and no personal address. */
export interface SendFailure {
  readonly code: string
  readonly message: string
}

/** Longest message stored. */
const LONGEST_MESSAGE = 500

/** An error as a row stores it. */
export function shortFailure(error: unknown): SendFailure {
  const { code, message } = toStreamError(error)
  return { code, message: message.slice(0, LONGEST_MESSAGE) }
}

/** Attempts to send something to a receiver. Times are milliseconds UTC. */
export interface Attempts {
  /** Failed attempts since the last success. */
  readonly attempts: number
  /** Null: the last attempt succeeded, or there was no attempt. */
  readonly failing_since: number | null
  readonly failure: SendFailure | null
  /** When something was last received; null: never. */
  readonly sent_at: number | null
}

/** The attributes of `Attempts` in a row. */
export const attemptAttributes = {
  attempts: or(number, 0),
  failing_since: orNull(millis),
  failure: orNull(map<SendFailure>({ code: text, message: text })),
  sent_at: orNull(millis),
}

/** After a success, or to start again. */
export const NO_FAILURE = { attempts: 0, failing_since: null, failure: null } as const

/** Wait after a failed attempt. */
export const SEND_BACK_OFF: BackOff = { firstMs: 5_000, longestMs: 1_800_000 }
