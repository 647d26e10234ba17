import { isAxiosError } from 'axios'
import { StreamError } from '../errors.ts'
import { LONGEST_ASKED_MS } from './backoff.ts'

/** What an answer says of a failure. */
export interface HttpFailure {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** The body when it is JSON, read by `parseExact`. */
  readonly json: unknown
}

/** A system's own reading of its refusals (4xx, but for 408 and 429); undefined leaves it to the general rules. */
export type Classify = (failure: HttpFailure) => StreamError | undefined

/** `Retry-After` in milliseconds, an hour at most: seconds, or a date seen from `now`. */
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

/** A web page where data belongs: a proxy's or the system's maintenance page, whatever its status. */
export function isHtml({ headers, text }: HttpFailure): boolean {
  return (headers.get('content-type') ?? '').includes('text/html') || /^\s*<(!doctype html|html)/i.test(text)
}

/** Whether a body that is JSON by its content type, or by what the caller expects, is not JSON to its end. */
export function isHalf(answer: HttpFailure, expects: 'json' | undefined): boolean {
  if (answer.json !== undefined || isHtml(answer)) return false
  if (expects === 'json') return true
  return answer.text.trim() !== '' && /[/+]json\b/i.test(answer.headers.get('content-type') ?? '')
}

/** A retry: the next answer may come whole. */
export function fromHalfAnswer(what: string, { status, text }: HttpFailure): StreamError {
  const message = `${what} answered ${status} with ${text.length} characters that are no JSON: the answer was cut on its way`
  return new StreamError('target_unavailable', message, { details: { status } })
}

/**
 * The error of an answer that is none of the statuses the caller takes; `what` is method and path, `quotaMs` the time that
 * the answer asks for in a way of the system's own.
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

/** The error of a request without an answer. axios' own errors hold the request with its headers: none is kept as cause. */
export function fromBrokenRequest(what: string, error: unknown, ended: boolean): StreamError {
  if (error instanceof StreamError) return error
  // What a look-up refuses, axios wraps.
  if (isAxiosError(error) && error.cause instanceof StreamError) return error.cause
  if (ended) return new StreamError('stopping', `${what} was ended`)
  const code = isAxiosError(error) ? error.code : undefined
  if (code === 'ECONNABORTED' || code === 'ETIMEDOUT')
    return new StreamError('timed_out', `${what} got no answer in time`)
  const reason = isAxiosError(error) ? (code ?? 'no answer') : String(error)
  return new StreamError('target_unavailable', `${what} could not be done: ${reason}`, { details: { reason } })
}
