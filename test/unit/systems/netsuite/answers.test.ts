import { expect, it } from 'vitest'
import { netsuiteError } from '../../../../src/systems/netsuite/answers.ts'

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
  [400, 'USER_ERROR', 'target_rejected', 'dead-letter'],
  [400, 'RCRD_HAS_BEEN_CHANGED', 'concurrent_change', 'retry'],
  [409, 'CONFLICT', 'concurrent_change', 'retry'],
  [404, 'NONEXISTENT_ID', 'not_found', 'refuse'],
  [500, 'UNEXPECTED_ERROR', 'target_unavailable', 'retry'],
])('%i %s is %s: %s', (status, netsuiteCode, code, policy) => {
  expect(netsuiteError(status, body(netsuiteCode))).toMatchObject({ code, policy, details: { status, netsuiteCode } })
})

it('names code, place and detail', () => {
  const error = netsuiteError(400, body('INVALID_CONTENT', { 'o:errorPath': 'item.items[0].item' }))
  expect(error.field).toBe('item.items[0].item')
  expect(error.message).toBe('NetSuite answered INVALID_CONTENT at item.items[0].item: Some detail.')
})

const lacking = (detail: string, code = 'INVALID_PARAMETER') => netsuiteError(400, body(code, { detail }))
const search = 'Invalid search query. Detailed unprocessed description follows. Search error occurred: '

it.each([
  ['item', 'upccode', 'settings.itemColumns'],
  ['itemmember', 'parentitem', 'settings.kitMembers'],
  ['transaction', 'custbody_waldstream_digest', 'Create the custom fields'],
  ['transactionline', 'createdfrom', 'settings.shipmentLink'],
  ['location', 'name', 'role'],
])('a column of %s that the account does not have is told with what to change', (record, column, hint) => {
  const detail = `${search}Field '${column}' for record '${record}' was not found. Reason: NOT_EXPOSED - Field is not exposed to the search.`
  expect(lacking(detail)).toMatchObject({
    code: 'configuration_invalid',
    policy: 'pause',
    field: `${record}.${column}`,
    message: expect.stringContaining(hint),
  })
})

it('a record that the role does not see lacks a permission, and a table of kits a setting', () => {
  expect(lacking(`${search}Record 'aggregateitemlocation' was not found.`)).toMatchObject({
    code: 'permission_missing',
    policy: 'pause',
    field: 'aggregateitemlocation',
  })
  expect(lacking(`${search}Record 'ItemMember' was not found.`)).toMatchObject({
    code: 'configuration_invalid',
    message: expect.stringContaining('settings.kitMembers'),
  })
  expect(lacking(`${search}Record 'location' was not found.`)).toMatchObject({
    code: 'configuration_invalid',
    message: expect.stringContaining('settings.inactiveLocations to open'),
  })
})

it('a field that the account does not have is the configuration’s, whichever way NetSuite tells it', () => {
  expect(lacking('Unknown reference or field(s): custbody_a, custbody_b.', 'INVALID_CONTENT')).toMatchObject({
    code: 'configuration_invalid',
    field: 'custbody_a, custbody_b',
  })
  const named = netsuiteError(400, body('NONEXISTENT_FIELD', { 'o:errorPath': 'custbody_a' }))
  expect(named).toMatchObject({ code: 'configuration_invalid', field: 'custbody_a' })
})

it('another language than the account’s is a setting, another wrong header is not', () => {
  const header = (name: string) => netsuiteError(400, body('INVALID_HEADER', { 'o:errorHeader': name }))
  expect(header('Accept-Language')).toMatchObject({ code: 'configuration_invalid', field: 'Accept-Language' })
  expect(header('Accept-Language').message).toContain('settings.language')
  expect(header('Prefer')).toMatchObject({ code: 'target_rejected' })
})

it('a date in the account’s own format is NetSuite’s word, and no more', () => {
  const detail = 'Parse of date/time "2022-12-31" failed with date format "dd/MM/yy" in time zone Europe/Berlin.'
  expect(lacking(detail)).toMatchObject({ code: 'target_rejected', message: expect.stringContaining('dd/MM/yy') })
})
