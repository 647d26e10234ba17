interface FeedErrorOptions {
  readonly cause?: unknown
  readonly status?: number
  readonly retryAfterMs?: number | null
  readonly transient?: boolean
}

/** A page of a feed could not be read or stored. */
export class FeedError extends Error {
  /** Code of the API's problem document; or `unavailable`, `invalid_answer`, `store_invalid`, `store_taken`. */
  readonly code: string
  /** HTTP status; null: no answer. */
  readonly status: number | null
  /** How long the API asks to wait, in milliseconds; null: it does not say. */
  readonly retryAfterMs: number | null
  /** The same request may succeed later. */
  readonly transient: boolean

  constructor(code: string, message: string, options: FeedErrorOptions = {}) {
    super(message, { cause: options.cause })
    this.name = 'FeedError'
    this.code = code
    this.status = options.status ?? null
    this.retryAfterMs = options.retryAfterMs ?? null
    this.transient = options.transient ?? false
  }
}
