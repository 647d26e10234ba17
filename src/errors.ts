/**
 * What the runtime does with a failure:
 * `retry` the same call again later; `wait` for what is on its way to the target; `dead-letter` the entity, which is
 * wrong; `stop` the consumer, because the broker, registry or a table is gone; `pause` the system or connection whose
 * credentials or configuration are wrong; `refuse` the request of a caller, who has to change it; `record` an answer that is
 * final, with its reason.
 */
export type Policy = 'retry' | 'wait' | 'dead-letter' | 'stop' | 'pause' | 'refuse' | 'record'

/** The closed table of error codes; docs/reference/errors.md explains each and a test holds the two equal. */
export const policies = {
  broker_unavailable: 'stop',
  registry_unavailable: 'stop',
  table_unavailable: 'stop',
  stopping: 'stop',
  lease_lost: 'stop',
  no_position: 'stop',
  instance_taken: 'stop',

  target_unavailable: 'retry',
  rate_limited: 'retry',
  timed_out: 'retry',
  concurrent_change: 'retry',
  target_changed: 'retry',

  item_missing: 'wait',
  order_not_ready: 'wait',
  cancellation_requested: 'wait',
  original_open: 'wait',

  credentials_refused: 'pause',
  permission_missing: 'pause',
  configuration_invalid: 'pause',

  value_undecodable: 'dead-letter',
  row_unreadable: 'dead-letter',
  value_missing: 'dead-letter',
  value_too_large: 'dead-letter',
  decimal_invalid: 'dead-letter',
  time_invalid: 'dead-letter',
  source_data_invalid: 'dead-letter',
  mapping_failed: 'dead-letter',
  configuration_missing: 'dead-letter',
  totals_differ: 'dead-letter',
  line_claimed_twice: 'dead-letter',
  bundle_owned_in_part: 'dead-letter',
  target_rejected: 'dead-letter',
  target_conflict: 'dead-letter',
  unexpected: 'dead-letter',

  cancellation_refused: 'record',

  request_invalid: 'refuse',
  method_not_allowed: 'refuse',
  host_refused: 'refuse',
  origin_refused: 'refuse',
  too_many_requests: 'refuse',
  unauthorized: 'refuse',
  forbidden: 'refuse',
  not_found: 'refuse',
  state_conflict: 'refuse',
  confirmation_needed: 'refuse',
  revision_differs: 'refuse',
  cursor_expired: 'refuse',
  cursor_invalid: 'refuse',
  start_from_missing: 'refuse',
  too_many_gone: 'refuse',
  port_in_use: 'refuse',
  services_missing: 'refuse',
  schema_incompatible: 'refuse',
  topic_differs: 'refuse',
} as const satisfies Record<string, Policy>

export type ErrorCode = keyof typeof policies

export interface ErrorOptions {
  readonly cause?: unknown
  /** Where in the input, for example `lines[2].sku`. */
  readonly field?: string
  /** What helps to mend it; never secrets or personal data. */
  readonly details?: Readonly<Record<string, string | number | boolean | null>>
  /** The least time to wait before a retry, where the other side said so. */
  readonly retryAfterMs?: number
  /** All that is wrong, where several things are; the message has them too. */
  readonly mistakes?: readonly FieldMistake[]
}

/** `field`: path in what was sent; empty for all of it. */
export interface FieldMistake {
  readonly field: string
  readonly message: string
}

/** The one error class. `message` names the field and the way out and holds no secret and no personal data. */
export class StreamError extends Error {
  readonly code: ErrorCode
  readonly field: string | undefined
  readonly details: Readonly<Record<string, string | number | boolean | null>>
  readonly retryAfterMs: number | undefined
  readonly mistakes: readonly FieldMistake[]

  constructor(code: ErrorCode, message: string, options: ErrorOptions = {}) {
    super(message, { cause: options.cause })
    this.name = 'StreamError'
    this.code = code
    this.field = options.field
    this.details = options.details ?? {}
    this.retryAfterMs = options.retryAfterMs
    this.mistakes = options.mistakes ?? []
  }

  get policy(): Policy {
    return policies[this.code]
  }
}

/** Any thrown thing as a StreamError; what is not one already is `unexpected`, with its cause kept. */
export function toStreamError(error: unknown): StreamError {
  if (error instanceof StreamError) return error
  const message = error instanceof Error ? error.message : String(error)
  return new StreamError('unexpected', message, { cause: error })
}
