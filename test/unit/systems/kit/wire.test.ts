import { describe, expect, it } from 'vitest'
import { text4, text8 } from '../../../../src/events/decimal.ts'
import { parseExact } from '../../../../src/platform/json.ts'
import { amountOf, quantityOf, type Wire } from '../../../../src/systems/kit/wire.ts'

describe('a number on the wire', () => {
  it.each([
    ['75.650000000000006', '75.65'],
    ['75.65000000000000002', '75.65'],
    ['0.30000000000000004', '0.3'],
    ['10610.160000000000764', '10610.16'],
    ['-12.340000000000000302', '-12.34'],
    ['19.9999', '19.9999'],
  ])('%s is %s: the last digits of a double are noise', (text, expected) => {
    const amount = amountOf(parseExact(`{"a":${text}}`) as Wire, 'a')
    expect(amount === null ? null : text4(amount)).toBe(expected)
  })

  it('keeps all digits that are none of a double’s noise', () => {
    const quantity = quantityOf({ q: '123456789012.12345678' }, 'q')
    expect(quantity === null ? null : text8(quantity)).toBe('123456789012.12345678')
    expect(() => amountOf({ a: '1.23456' }, 'a')).toThrow(
      expect.objectContaining({ code: 'decimal_invalid', field: 'a' }),
    )
  })
})
