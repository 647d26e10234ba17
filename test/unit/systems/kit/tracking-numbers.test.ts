import { describe, expect, it } from 'vitest'
import { trackingNumbers } from '../../../../src/systems/kit/tracking-numbers.ts'

describe('the tracking numbers of a field', () => {
  it.each([
    ['A, B', ['A', 'B']],
    ['A;B|C', ['A', 'B', 'C']],
    ['1Z999AA10123456784 1Z999AA10123456795', ['1Z999AA10123456784', '1Z999AA10123456795']],
    ['1Z999AA10123456784\n1Z999AA10123456795', ['1Z999AA10123456784', '1Z999AA10123456795']],
    ['1Z999AA10123456784 / 1Z999AA10123456795', ['1Z999AA10123456784', '1Z999AA10123456795']],
    ['1Z999AA10123456784<BR/>1Z999AA10123456795', ['1Z999AA10123456784', '1Z999AA10123456795']],
    ['1Z999AA10123456784 and 1Z999AA10123456795', ['1Z999AA10123456784', '1Z999AA10123456795']],
    ['T-1, T-1', ['T-1']],
    [' , ', []],
    [null, []],
  ])('%j are %j', (text, numbers) => {
    expect(trackingNumbers(text)).toEqual(numbers)
  })

  it.each(['9400 1000 0000 0000 0000 00', 'RR 123 456 789 DE', 'delivered by hand', 'AB/1234'])(
    '%s stays one',
    (text) => {
      expect(trackingNumbers(text)).toEqual([text])
    },
  )
})
