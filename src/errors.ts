/**
 * What the runtime does after a failure:
 * `retry` the same call later; `wait` for data on its way to the target; `dead-letter` the entity, which is wrong;
 * `stop` the consumer, because the broker, the registry or a table is not available; `pause` the system or connection
 * with wrong credentials or configuration; `refuse` the request, which its caller has to change; `record` a final
 * answer and its reason.
 */
export type Policy = 'retry' | 'wait' | 'dead-letter' | 'stop' | 'pause' | 'refuse' | 'record'

/** All error codes; docs/reference/errors.md explains each, and a test keeps the two equal. */
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
  /** Facts that help to fix it; never secrets or personal data. */
  readonly details?: Readonly<Record<string, string | number | boolean | null>>
  /** The least time to wait before a retry, if the other side asked for one. */
  readonly retryAfterMs?: number
  /** All mistakes when there are several; the message contains them too. */
  readonly mistakes?: readonly FieldMistake[]
}

/** `field`: path in the request body; empty for the whole body. */
export interface FieldMistake {
  readonly field: string
  readonly message: string
}

/** The only error class. `message` names the field and the fix, and contains no secrets or personal data. */
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

/** Converts any thrown value to a StreamError: other errors become `unexpected`, with the original as the cause. */
export function toStreamError(error: unknown): StreamError {
  if (error instanceof StreamError) return error
  const message = error instanceof Error ? error.message : String(error)
  return new StreamError('unexpected', message, { cause: error })
}
