import { DynamoDBServiceException } from '@aws-sdk/client-dynamodb'
import { StreamError } from '../../errors.ts'
import { correctAddress } from '../loopback.ts'

const CREDENTIALS: readonly string[] = [
  'UnrecognizedClientException',
  'InvalidSignatureException',
  'MissingAuthenticationTokenException',
  'ExpiredTokenException',
  'CredentialsProviderError',
]

/** The SDK's message, thrown before it sends a request: a retry never helps. */
const IMPRECISE_NUMBER = /Number\.M(AX|IN)_SAFE_INTEGER/

const KEY_TOO_LARGE = /size of (all )?(hash|range) ?keys? has exceeded/i

/** Converts an error of the SDK to a StreamError, whose message never contains values. */
export function fromDynamo(error: unknown, table: string): StreamError {
  if (error instanceof StreamError) return error
  const name = error instanceof Error ? error.name : ''
  const reason = error instanceof Error ? error.message : String(error)
  if (isTooLarge(error)) {
    return new StreamError('value_too_large', `an item for table ${table} has more than 400 kB`, { cause: error })
  }
  if (IMPRECISE_NUMBER.test(reason)) {
    const message = `a number for table ${table} has more digits than DynamoDB stores exactly: store it as text`
    return new StreamError('value_too_large', message, { cause: error })
  }
  if (name === 'ValidationException' && KEY_TOO_LARGE.test(reason)) {
    const message = `a key for table ${table} is too large: a partition key has 2,048 bytes at most, a sort key 1,024`
    return new StreamError('value_too_large', message, { cause: error })
  }
  if (name === 'ResourceNotFoundException') {
    return new StreamError('table_unavailable', `table ${table} does not exist; the program creates it at start`, {
      cause: error,
    })
  }
  if (isRefused(error)) {
    return new StreamError('permission_missing', `DynamoDB refused access to table ${table}`, { cause: error })
  }
  if (CREDENTIALS.includes(name)) {
    const way = 'set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or a role'
    const message = `DynamoDB refused the credentials (${name}): ${way}`
    return new StreamError('credentials_refused', message, { cause: error })
  }
  if (name === 'ValidationException' || error instanceof TypeError) {
    return new StreamError('unexpected', `table ${table} refused the request: ${reason}`, { cause: error })
  }
  const message = `table ${table} does not answer${placeOf(error) ?? whyOf(name, reason)}`
  return new StreamError('table_unavailable', message, { cause: error })
}

/** The SDK gives one name to many failures of a connection; only the message tells a time-out from them. */
function whyOf(name: string, reason: string): string {
  return reason.includes('requestTimeout') ? ' in time' : `: ${name} ${reason}`
}

/** Where nothing answers, and the fix; null: the connection is not the problem. */
function placeOf(error: unknown): string | null {
  // Names with several addresses fail with an error for each.
  const one: unknown = error instanceof AggregateError ? error.errors[0] : error
  if (!(one instanceof Error && 'code' in one)) return null
  if ('address' in one && 'port' in one) {
    const [host, place] = [String(one.address), `${one.address}:${one.port}`]
    return ` at ${place} (DYNAMODB_ENDPOINT): ${one.code}; ${correctAddress(host)}`
  }
  if (!('hostname' in one)) return null
  return ` at ${one.hostname} (DYNAMODB_ENDPOINT or AWS_REGION): ${one.code}; correct the address`
}

/** The caller lacks a permission. */
export function isRefused(error: unknown): boolean {
  return error instanceof Error && error.name === 'AccessDeniedException'
}

export function isConditionFailure(error: unknown): boolean {
  return error instanceof Error && error.name === 'ConditionalCheckFailedException'
}

/** The client sent the request more than once: an earlier one may have been carried out. */
export function wasSentAgain(error: unknown): boolean {
  return error instanceof DynamoDBServiceException && (error.$metadata.attempts ?? 1) > 1
}

function isTooLarge(error: unknown): boolean {
  if (error instanceof Error && error.name === 'ItemCollectionSizeLimitExceededException') return true
  return (
    error instanceof DynamoDBServiceException &&
    error.name === 'ValidationException' &&
    /item size/i.test(error.message) &&
    /exceeded|exceeds/i.test(error.message)
  )
}
