import { StreamError } from '../../errors.ts'
import { retryAfterMs } from '../../platform/http-errors.ts'
import { codedError, type Placing } from './place-errors.ts'

/** Error codes of S3 ("Error responses" of its API reference) and errors of the SDK, which have a name each. */
const CREDENTIALS =
  /^(InvalidAccessKeyId|SignatureDoesNotMatch|InvalidToken|ExpiredToken|TokenRefreshRequired|CredentialsProviderError|TokenProviderError)$/
const PERMISSION = /^(AccessDenied|AllAccessDisabled|AccountProblem|InvalidPayer|NotSignedUp|Forbidden)$/
const TOO_MANY =
  /^(SlowDown|RequestLimitExceeded|TooManyRequests|Throttling|ThrottlingException|RequestThrottled|BandwidthLimitExceeded|RequestTimeout|RequestTimeTooSkewed)$/
/** The bucket is in another region, or at another address. */
const ELSEWHERE =
  /^(PermanentRedirect|TemporaryRedirect|Redirect|AuthorizationHeaderMalformed|IllegalLocationConstraintException|IncorrectEndpoint)$/
/** Another write of the same object was going on; this one had no effect. */
const CONCURRENT = /^(ConditionalRequestConflict|OperationAborted)$/

interface Thrown {
  readonly name?: unknown
  readonly code?: unknown
  readonly Region?: unknown
  readonly $metadata?: { readonly httpStatusCode?: number }
  readonly $response?: { readonly statusCode?: number; readonly headers?: Readonly<Record<string, string>> }
}

/**
 * An error of the SDK as our error. It holds the signed request and the answer, so it is never the cause, and its text is
 * never repeated. `PreconditionFailed` is left to the caller, who knows the condition.
 */
export function s3Error(error: unknown, placing: Placing): StreamError {
  if (error instanceof StreamError) return error
  const { name, code, Region, $metadata, $response } = (error ?? {}) as Thrown
  const status = $metadata?.httpStatusCode ?? $response?.statusCode
  const headers = $response?.headers ?? {}
  // Whoever answers chooses it.
  const reason = typeof name === 'string' && /^[A-Za-z][\w.]{0,60}$/.test(name) ? name : 'unknown'
  const { place, path } = placing
  const what = `${place}: ${path === '' ? 'its folder' : path}`
  const after = retryAfterMs(headers['retry-after'] ?? null, Date.now())
  const details = { reason, ...(status === undefined ? {} : { status }) }
  const retry = { details, ...(after === undefined ? {} : { retryAfterMs: after }) }
  if (reason === 'NoSuchKey') return codedError('not_found', placing)
  if (reason === 'NoSuchBucket') return configurationError(`${place} does not exist; correct the address`, 'address')
  if (TOO_MANY.test(reason) || status === 429) {
    return new StreamError('rate_limited', `${what}: calls are throttled (${reason})`, retry)
  }
  if (CREDENTIALS.test(reason)) {
    const message = `${place} refused the credentials (${reason}); correct the secrets accessKeyId and secretAccessKey`
    return new StreamError('credentials_refused', message, { details })
  }
  if (PERMISSION.test(reason)) return codedError('permission_missing', placing)
  if (ELSEWHERE.test(reason) || status === 301 || status === 307) {
    const found = headers['x-amz-bucket-region'] ?? Region
    const region =
      typeof found === 'string' && /^[a-z0-9-]{1,40}$/.test(found) ? `to ${found}` : 'to that of the bucket'
    return configurationError(`${place} is in another region; set settings.region ${region}`, 'settings.region')
  }
  if (CONCURRENT.test(reason)) {
    return new StreamError('concurrent_change', `${what}: another write of it was going on (${reason})`, { details })
  }
  if (reason === 'NotImplemented' || status === 501) {
    return new StreamError('target_rejected', `${what}: the service does not know this request (${reason})`, {
      details,
    })
  }
  if (status !== undefined && status >= 400 && status < 500 && status !== 408) {
    return new StreamError('target_rejected', `${what} was rejected with ${status} (${reason})`, { details })
  }
  const why = typeof code === 'string' ? code : reason
  return new StreamError('target_unavailable', `${what} could not be reached: ${why}`, retry)
}

/** Whether a condition of a request did not hold. */
export function isPrecondition(error: unknown): boolean {
  return error instanceof Error && error.name === 'PreconditionFailed'
}

function configurationError(message: string, field: string): StreamError {
  return new StreamError('configuration_invalid', message, { field })
}
