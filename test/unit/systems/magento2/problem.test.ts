import { describe, expect, it } from 'vitest'
import { magentoProblem } from '../../../../src/systems/magento2/problem.ts'

describe('a refusal of Magento', () => {
  it('has its placeholders filled in, by name and by number', () => {
    const named = {
      message: 'No such entity with %fieldName = %fieldValue',
      parameters: { fieldName: 'id', fieldValue: 7 },
    }
    expect(magentoProblem(404, named)).toMatchObject({
      code: 'not_found',
      message: 'Magento answered 404: No such entity with id = 7',
    })
    expect(magentoProblem(400, { message: '"%1" is not "%2"', parameters: ['a', 'b'] }).message).toContain(
      '"a" is not "b"',
    )
  })

  it('tells a missing permission, and the other cause of the same answer', () => {
    const message = "The consumer isn't authorized to access %resources."
    const error = magentoProblem(401, { message, parameters: { resources: 'Magento_Sales::actions_view' } })
    expect(error.code).toBe('permission_missing')
    expect(error.message).toContain('Magento_Sales::actions_view')
    expect(error.message).toContain('enable_integration_as_bearer')
  })

  it('tells refused credentials', () => {
    expect(magentoProblem(401, { message: 'The signature is invalid. Verify and try again.' }).code).toBe(
      'credentials_refused',
    )
  })

  it('shows the single errors of a validation', () => {
    const errors = [{ message: '"%field" can not be empty.', parameters: { field: 'sku' } }]
    const error = magentoProblem(400, { message: 'Validation Failed', errors })
    expect(error).toMatchObject({
      code: 'target_rejected',
      message: expect.stringContaining('"sku" can not be empty.'),
    })
  })
})
