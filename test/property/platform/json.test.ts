import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decimal8 } from '../../../src/events/decimal.ts'
import { exactNumber, parseExact, stringifyExact } from '../../../src/platform/json.ts'

const digits = (least: number, most: number) =>
  fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: least, maxLength: most })

/** Any JSON number of up to 8 decimals, also with zeros at its ends and exponents. */
const number = fc
  .record({
    minus: fc.boolean(),
    whole: digits(1, 25).map((text) => text.replace(/^0+(?=\d)/, '')),
    fraction: fc.option(digits(1, 8), { nil: undefined }),
    exponent: fc.constantFrom('', 'e0', 'E+2', 'e3'),
  })
  .map(({ minus, whole, fraction, exponent }) => {
    return `${minus ? '-' : ''}${whole}${fraction === undefined ? '' : `.${fraction}`}${exponent}`
  })

describe('exact JSON', () => {
  it('reads every number so that its decimal is the one that was written', () => {
    fc.assert(
      fc.property(number, (source) => {
        const value = parseExact(source)
        expect(decimal8(value as number | string, 'n')).toBe(decimal8(source, 'n'))
      }),
      { numRuns: 2000 },
    )
  })

  it('leaves a number alone that a double holds', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        expect(parseExact(String(value))).toBe(value === 0 ? Number(String(value)) : value)
      }),
    )
  })

  it('reads and writes everything else as JSON does', () => {
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
        const text = JSON.stringify(value)
        expect(parseExact(text)).toEqual(JSON.parse(text))
        expect(stringifyExact(value)).toBe(text)
      }),
    )
  })

  it('writes an exact number digit for digit', () => {
    fc.assert(
      fc.property(number, (source) => {
        expect(stringifyExact({ a: [exactNumber(source)] })).toBe(`{"a":[${source}]}`)
      }),
    )
  })
})
