import { StreamError } from '../../errors.ts'
import { retryAfterMs } from '../../platform/http-errors.ts'

/** Error names of SQS or of the SDK; SQS has older names for some. */
const CREDENTIALS =
  /^(InvalidClientTokenId|UnrecognizedClientException|UnrecognizedClient|SignatureDoesNotMatch|InvalidSignatureException|InvalidSignature|InvalidAccessKeyId|MissingAuthenticationToken(Exception)?|IncompleteSignature|ExpiredToken(Exception)?|InvalidSecurityToken|RequestExpired|CredentialsProviderError|TokenProviderError)$/
const PERMISSION = /^(AccessDenied(Exception)?|AccessDeniedFault|KmsAccessDenied|OptInRequired|NotAuthorized)$/
const TOO_MANY =
  /^(RequestThrottled|Throttling(Exception)?|ThrottledException|TooManyRequests(Exception)?|OverLimit|KmsThrottled|SlowDown|RequestLimitExceeded)$/
const NO_QUEUE = /^(QueueDoesNotExist|AWS\.SimpleQueueService\.NonExistentQueue|QueueDeletedRecently)$/

interface Thrown {
  readonly name?: unknown
  readonly message?: unknown
  readonly code?: unknown
  readonly $fault?: unknown
  readonly $metadata?: { readonly httpStatusCode?: number }
  readonly $response?: { readonly statusCode?: number; readonly headers?: Readonly<Record<string, string>> }
}

/**
 * Turns an SDK error into a StreamError: `not_found` for a missing queue. SDK errors hold the signed request and the
 * response with its messages, so they are never kept as the cause and their text is never repeated.
 */
export function sqsError(what: string, error: unknown, now: number): StreamError {
  if (error instanceof StreamError) return error
  const { name, code, $fault, $metadata, $response } = (error ?? {}) as Thrown
  const status = $metadata?.httpStatusCode ?? $response?.statusCode
  const called = typeof name === 'string' ? name.replace(/^.*[#:]/, '') : 'unknown'
  const details = { reason: called, ...(status === undefined ? {} : { status }) }
  const after = retryAfterMs($response?.headers?.['retry-after'] ?? null, now)
  const retry = after === undefined ? {} : { retryAfterMs: after }
  if (NO_QUEUE.test(called)) return new StreamError('not_found', `${what}: the queue does not exist`, { details })
  if (TOO_MANY.test(called) || status === 429) {
    return new StreamError('rate_limited', `${what}: SQS is throttling calls (${called})`, { details, ...retry })
  }
  if (CREDENTIALS.test(called)) {
    return new StreamError('credentials_refused', `${what}: SQS refused the credentials (${called})`, { details })
  }
  if (PERMISSION.test(called)) {
    return new StreamError('permission_missing', `${what}: the system's user lacks a permission (${called})`, {
      details,
    })
  }
  // A response with incomplete JSON, or with messages that do not match their digests, counts as no response.
  const answered = status !== undefined && status >= 400 && status < 500 && status !== 408
  if (!answered || $fault === 'server') {
    const reason = typeof code === 'string' ? code : called
    return new StreamError('target_unavailable', `${what} failed: ${reason}`, { details, ...retry })
  }
  return new StreamError('target_rejected', `${what} was rejected with ${status} (${called})`, { details })
}
