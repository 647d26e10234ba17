import { isAxiosError } from 'axios'
import { StreamError } from '../errors.ts'
import { LONGEST_ASKED_MS } from './backoff.ts'

/** An answer of an outside system. */
export interface HttpFailure {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** The body when it is JSON, read by `parseExact`. */
  readonly json: unknown
}

/** Maps a system's own refusals (4xx except 408 and 429) to errors; undefined leaves it to the general rules. */
export type Classify = (failure: HttpFailure) => StreamError | undefined

/** `Retry-After` (seconds, or a date compared with `now`) in milliseconds, at most an hour. */
export function retryAfterMs(header: string | null, now: number): number | undefined {
  if (header === null) return undefined
  const seconds = Number(header)
  if (header.trim() !== '' && Number.isFinite(seconds)) return capWait(Math.round(seconds * 1000))
  const date = Date.parse(header)
  return Number.isNaN(date) ? undefined : capWait(date - now)
}

function capWait(ms: number): number {
  return Math.min(LONGEST_ASKED_MS, Math.max(0, ms))
}

/** True for a web page in place of data: a maintenance page of a proxy or the system, whatever its status. */
export function isHtml({ headers, text }: HttpFailure): boolean {
  return (headers.get('content-type') ?? '').includes('text/html') || /^\s*<(!doctype html|html)/i.test(text)
}

/** True when a body that should be JSON, by its content type or the caller's expectation, is not complete JSON. */
export function isHalf(answer: HttpFailure, expects: 'json' | undefined): boolean {
  if (answer.json !== undefined || isHtml(answer)) return false
  if (expects === 'json') return true
  return answer.text.trim() !== '' && /[/+]json\b/i.test(answer.headers.get('content-type') ?? '')
}

/** Error for a truncated answer: retried, since the next answer may be complete. */
export function fromHalfAnswer(what: string, { status, text }: HttpFailure): StreamError {
  const message = `${what} answered ${status} with incomplete JSON (${text.length} characters)`
  return new StreamError('target_unavailable', message, { details: { status } })
}

/**
 * The error of an answer whose status the caller does not accept; `what` is method and path, `quotaMs` the wait that
 * the answer asks for in the system's own way.
 */
export function fromAnswer(
  what: string,
  failure: HttpFailure,
  now: number,
  classify?: Classify,
  quotaMs?: number,
): StreamError {
  const { status } = failure
  const details = { status }
  const after =
    retryAfterMs(failure.headers.get('retry-after'), now) ?? (quotaMs === undefined ? undefined : capWait(quotaMs))
  const retry = after === undefined ? {} : { retryAfterMs: after }
  if (status === 429) return new StreamError('rate_limited', `${what} answered 429`, { details, ...retry })
  if (status === 408) return new StreamError('timed_out', `${what} answered 408`, { details, ...retry })
  if (status >= 500) return new StreamError('target_unavailable', `${what} answered ${status}`, { details, ...retry })
  if (isHtml(failure)) {
    const message = `${what} answered ${status} with a web page: check the system's address, or it is in maintenance`
    return new StreamError('target_unavailable', message, { details, ...retry })
  }
  const classified = classify?.(failure)
  if (classified !== undefined) return withRetryAfter(classified, after)
  if (status === 401) {
    return new StreamError('credentials_refused', `${what} answered 401: check the system's secrets`, { details })
  }
  if (status === 403) {
    return new StreamError('permission_missing', `${what} answered 403: the system's user lacks a permission`, {
      details,
    })
  }
  return new StreamError('target_rejected', `${what} answered ${status}`, { details })
}

function withRetryAfter(error: StreamError, after: number | undefined): StreamError {
  if (after === undefined || error.retryAfterMs !== undefined) return error
  const { code, message, field, details, cause } = error
  return new StreamError(code, message, {
    details,
    cause,
    retryAfterMs: after,
    ...(field === undefined ? {} : { field }),
  })
}

/**
 * The error of a request without an answer. Errors of axios contain the request's headers, so they never become a
 * cause.
 */
export function fromBrokenRequest(what: string, error: unknown, ended: boolean): StreamError {
  if (error instanceof StreamError) return error
  // axios wraps errors that the look-up threw.
  if (isAxiosError(error) && error.cause instanceof StreamError) return error.cause
  if (ended) return new StreamError('stopping', `${what} was stopped`)
  const code = isAxiosError(error) ? error.code : undefined
  if (code === 'ECONNABORTED' || code === 'ETIMEDOUT')
    return new StreamError('timed_out', `${what} got no answer in time`)
  const reason = isAxiosError(error) ? (code ?? 'no answer') : String(error)
  return new StreamError('target_unavailable', `${what} failed: ${reason}`, { details: { reason } })
}
