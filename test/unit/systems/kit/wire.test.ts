import { describe, expect, it } from 'vitest'
import { text4, text8 } from '../../../../src/events/decimal.ts'
import { exactNumber, parseExact } from '../../../../src/platform/json.ts'
import { amountOf, priceOf, quantityOf, roundingNote, textOf, type Wire } from '../../../../src/systems/kit/wire.ts'

it('a number with all its digits is text too', () => {
  expect(textOf(exactNumber('7.10'))).toBe('7.10')
})

describe('a number on the wire', () => {
  it.each([
    ['75.650000000000006', '75.65'],
    ['75.65000000000000002', '75.65'],
    ['0.30000000000000004', '0.3'],
    ['10610.160000000000764', '10610.16'],
    ['-12.340000000000000302', '-12.34'],
    ['19.9999', '19.9999'],
    ['-1.7763568394002505E-15', '0'],
    ['7.1054273576010019e-15', '0'],
    ['-0.0000000000000017763568394002505', '0'],
    ['1.5e-3', '0.0015'],
    ['12.100000000000001', '12.1'],
    ['33.333333333333336', '33.3333'],
  ])('%s is %s: the last digits of a double are noise', (text, expected) => {
    const amount = amountOf(parseExact(`{"a":${text}}`) as Wire, 'a')
    expect(amount === null ? null : text4(amount)).toBe(expected)
  })

  it.each([
    ['33.333333333333336', '33.33333333'],
    ['0.66666666666666663', '0.66666667'],
    ['10.333333', '10.333333'],
  ])('%s is the unit price %s: a quotient is rounded', (text, expected) => {
    const price = priceOf(parseExact(`{"p":${text}}`) as Wire, 'p')
    expect(price === null ? null : text8(price)).toBe(expected)
  })

  it.each([
    ['5.083333333333', '5.08333333'],
    ['0.999999999', '0.99999999'],
    ['33.333333333333336', '33.33333333'],
    ['-5.000000001', '-5.00000001'],
    ['2.9999999999999996', '3'],
    ['1e-9', '0'],
  ])('%s is the quantity %s: never more than was said', (text, expected) => {
    const quantity = quantityOf(parseExact(`{"q":${text}}`) as Wire, 'q')
    expect(quantity === null ? null : text8(quantity)).toBe(expected)
  })

  it.each(['', ' ', '\t\n', '\u00a0'])('is not there where there are blanks alone: %j', (text) => {
    expect([quantityOf({ q: text }, 'q'), priceOf({ p: text }, 'p'), textOf(text)]).toEqual([null, null, null])
  })

  it('says which numbers were rounded, as they were given', () => {
    const given = { a: '0.045359237', b: '0.5', c: null, d: '75.650000000000006', e: 1 }
    expect(roundingNote(given)).toEqual({ waldstream_rounded: '{"a":"0.045359237"}' })
    expect(roundingNote({ b: '0.5' })).toEqual({})
  })

  it('keeps all digits that are none of a double’s noise', () => {
    const quantity = quantityOf({ q: '123456789012.12345678' }, 'q')
    expect(quantity === null ? null : text8(quantity)).toBe('123456789012.12345678')
    expect(() => amountOf({ a: '1.23456' }, 'a')).toThrow(
      expect.objectContaining({ code: 'decimal_invalid', field: 'a' }),
    )
  })
})
