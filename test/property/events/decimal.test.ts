import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  add,
  allocate,
  CENT,
  type Decimal4,
  type Decimal8,
  decimal4,
  decimal8,
  multiply,
  sum,
  text4,
  text8,
} from '../../../src/events/decimal.ts'

const amount = fc.bigInt({ min: -(10n ** 18n), max: 10n ** 18n }).map((units) => units as Decimal4)
const weights = fc.array(fc.bigInt({ min: 0n, max: 10n ** 14n }), { minLength: 1, maxLength: 12 })

describe('decimals', () => {
  it('come back from their text', () => {
    fc.assert(
      fc.property(amount, (value) => {
        expect(decimal4(text4(value), 'v')).toBe(value)
      }),
    )
    fc.assert(
      fc.property(amount, (value) => {
        expect(decimal8(text8(value as bigint as Decimal8), 'v')).toBe(value)
      }),
    )
  })

  it('are read from any JSON number exactly', () => {
    const cents = fc.integer({ min: -99_999_999_99, max: 99_999_999_99 })
    fc.assert(
      fc.property(cents, (n) => {
        expect(decimal4(n / 100, 'v')).toBe(BigInt(n) * 100n)
      }),
    )
  })

  it('multiply to within half a unit of the last place', () => {
    const small = fc.bigInt({ min: -(10n ** 14n), max: 10n ** 14n }).map((units) => units as Decimal8)
    fc.assert(
      fc.property(small, small, (a, b) => {
        const error = (multiply(a, b) as bigint) * 10n ** 12n - (a as bigint) * (b as bigint)
        expect(error <= 5n * 10n ** 11n && error >= -5n * 10n ** 11n).toBe(true)
      }),
    )
  })
})

describe('allocate', () => {
  it('conserves the total', () => {
    fc.assert(
      fc.property(amount, weights, (total, of) => {
        expect(sum(allocate(total, of))).toBe(total)
      }),
    )
  })

  it('is never more than a cent, and the dust below one, away from the exact share', () => {
    fc.assert(
      fc.property(amount, weights, (total, of) => {
        const all = of.reduce((a, b) => a + b, 0n)
        if (all === 0n) return
        allocate(total, of).forEach((share, i) => {
          const error = (share as bigint) * all - (total as bigint) * (of[i] ?? 0n)
          expect(error < 2n * CENT * all && error > -2n * CENT * all).toBe(true)
        })
      }),
    )
  })

  it('gives whole cents of a total in whole cents', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10n ** 9n }), weights, (cents, of) => {
        for (const share of allocate((cents * 100n) as Decimal4, of)) expect(share % CENT).toBe(0n)
      }),
    )
  })
})

describe('add', () => {
  it('keeps the scale', () => {
    expect(text4(add(decimal4('1.25', 'a'), decimal4('-0.2501', 'b')))).toBe('0.9999')
  })
})
