import { describe, expect, it } from 'vitest'
import { magentoError } from '../../../../src/systems/magento2/answers.ts'

describe('a refusal of Magento', () => {
  it('has its placeholders filled in, by name and by number', () => {
    const named = {
      message: 'No such entity with %fieldName = %fieldValue',
      parameters: { fieldName: 'id', fieldValue: 7 },
    }
    expect(magentoError(404, named)).toMatchObject({
      code: 'not_found',
      message: 'Magento answered 404: No such entity with id = 7',
    })
    expect(magentoError(400, { message: '"%1" is not "%2"', parameters: ['a', 'b'] }).message).toContain(
      '"a" is not "b"',
    )
  })

  it('tells a missing permission', () => {
    const message = "The consumer isn't authorized to access %resources."
    const error = magentoError(401, { message, parameters: { resources: 'Magento_Sales::actions_view' } })
    expect(error.code).toBe('permission_missing')
    expect(error.message).toContain('Magento_Sales::actions_view')
  })

  it('tells refused credentials', () => {
    expect(magentoError(401, { message: 'The signature is invalid. Verify and try again.' }).code).toBe(
      'credentials_refused',
    )
  })

  it.each([
    [400, 'Please use the 2fa provider-specific endpoints to obtain a token.', 'credentials_refused', /integration/],
    [400, 'The timestamp value in the oauth_timestamp parameter is invalid.', 'credentials_refused', /clock/],
    [400, 'The nonce is already being used by the consumer', 'credentials_refused', /clock/],
  ])('%d "%s" is %s', (status, message, code, wayOut) => {
    expect(magentoError(status, { message })).toMatchObject({ code, message: expect.stringMatching(wayOut) })
  })

  it('tells of a page that is larger than the shop allows', () => {
    const body = { message: 'Maximum SearchCriteria pageSize is %max', parameters: { max: 300 } }
    expect(magentoError(400, body)).toMatchObject({
      code: 'configuration_invalid',
      message: expect.stringMatching(/pageSize is 300\. Lower pageSize of the read/),
    })
  })

  it('reads the other form of a fatal error', () => {
    const body = { messages: { error: [{ code: 400, message: 'Something fatal' }] } }
    expect(magentoError(400, body).message).toBe('Magento answered 400: Something fatal')
  })

  it('shows the single errors of a validation', () => {
    const errors = [{ message: '"%field" can not be empty.', parameters: { field: 'sku' } }]
    const error = magentoError(400, { message: 'Validation Failed', errors })
    expect(error).toMatchObject({
      code: 'target_rejected',
      message: expect.stringContaining('"sku" can not be empty.'),
    })
  })
})
