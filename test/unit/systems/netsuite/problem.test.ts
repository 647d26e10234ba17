import { expect, it } from 'vitest'
import { netsuiteProblem } from '../../../../src/systems/netsuite/problem.ts'

const body = (code: string, more: object = {}) => ({
  title: 'Bad Request',
  'o:errorDetails': [{ detail: 'Some detail.', 'o:errorCode': code, ...more }],
})

it.each([
  [401, 'INVALID_LOGIN', 'credentials_refused', 'pause'],
  [403, 'INSUFFICIENT_PERMISSION', 'permission_missing', 'pause'],
  [429, 'CONCURRENCY_LIMIT_EXCEEDED', 'rate_limited', 'retry'],
  [400, 'SSS_REQUEST_LIMIT_EXCEEDED', 'rate_limited', 'retry'],
  [400, 'INVALID_CONTENT', 'target_rejected', 'dead-letter'],
  [404, 'NONEXISTENT_ID', 'not_found', 'refuse'],
  [500, 'UNEXPECTED_ERROR', 'target_unavailable', 'retry'],
])('%i %s is %s: %s', (status, netsuiteCode, code, policy) => {
  expect(netsuiteProblem(status, body(netsuiteCode))).toMatchObject({ code, policy, details: { status, netsuiteCode } })
})

it('names code, place and detail', () => {
  const error = netsuiteProblem(400, body('INVALID_CONTENT', { 'o:errorPath': 'item.items[0].item' }))
  expect(error.field).toBe('item.items[0].item')
  expect(error.message).toBe('NetSuite answered INVALID_CONTENT at item.items[0].item: Some detail.')
})
