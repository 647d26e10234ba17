import { expect, it } from 'vitest'
import { StreamError } from '../../../../src/errors.ts'
import { sqsError } from '../../../../src/systems/sqs/answers.ts'

const NOW = Date.UTC(2026, 2, 2)
const thrown = (name: string, status?: number, more: object = {}) =>
  Object.assign(new Error('the text of a customer'), {
    name,
    ...(status === undefined ? {} : { $metadata: { httpStatusCode: status } }),
    ...more,
  })

it.each([
  ['QueueDoesNotExist', 400, 'not_found'],
  ['AWS.SimpleQueueService.NonExistentQueue', 400, 'not_found'],
  ['com.amazonaws.sqs#QueueDoesNotExist', 400, 'not_found'],
  ['RequestThrottled', 400, 'rate_limited'],
  ['ThrottlingException', 400, 'rate_limited'],
  ['OverLimit', 403, 'rate_limited'],
  ['Unknown', 429, 'rate_limited'],
  ['InvalidClientTokenId', 403, 'credentials_refused'],
  ['SignatureDoesNotMatch', 403, 'credentials_refused'],
  ['ExpiredTokenException', 403, 'credentials_refused'],
  ['CredentialsProviderError', undefined, 'credentials_refused'],
  ['AccessDenied', 403, 'permission_missing'],
  ['ServiceUnavailable', 503, 'target_unavailable'],
  ['Unknown', 408, 'target_unavailable'],
  // An answer cut in half, or with messages that do not have their digests.
  ['SyntaxError', 200, 'target_unavailable'],
  ['Error', undefined, 'target_unavailable'],
  ['InvalidAttributeName', 400, 'target_rejected'],
])('%s with status %s is %s', (name, status, code) => {
  const error = sqsError('ReceiveMessage q', thrown(name, status), NOW)
  expect(error.code).toBe(code)
  expect(error.message).not.toContain('customer')
  expect(error.cause).toBeUndefined()
})

it('tells how long to wait where SQS does, and the reason of a broken connection', () => {
  const $response = { statusCode: 503, headers: { 'retry-after': '7' } }
  expect(sqsError('x', thrown('ServiceUnavailable', 503, { $response }), NOW).retryAfterMs).toBe(7000)
  expect(sqsError('x', thrown('Error', undefined, { code: 'ECONNREFUSED' }), NOW).message).toContain('ECONNREFUSED')
  const own = new StreamError('stopping', 'ended')
  expect(sqsError('x', own, NOW)).toBe(own)
})
