import { describe, expect, it } from 'vitest'
import { allocate, decimal4, decimal8, magnitude, multiply, text4, text8 } from '../../../src/events/decimal.ts'

describe('decimal4', () => {
  it.each([
    ['12.5', 125_000n],
    ['-0.0001', -1n],
    ['1.2e3', 12_000_000n],
    ['336.3200', 3_363_200n],
    [63.5, 635_000n],
    ['12.50000000', 125_000n],
    ['.5', 5_000n],
    ['-.25', -2_500n],
    ['5.', 50_000n],
  ])('reads %s', (text, units) => expect(decimal4(text, 'price')).toBe(units))

  it.each(['', 'abc', '1,5', '0x10', 'NaN', '1.00001', '--1', '.', '-', '.e5'])(
    'refuses "%s" and names the field',
    (text) => {
      expect(() => decimal4(text, 'lines[2].price')).toThrow(/lines\[2\]\.price/)
    },
  )
})

describe('text', () => {
  it('is the shortest', () => {
    expect(text4(decimal4('100.0000', 'v'))).toBe('100')
    expect(text4(decimal4('-0.5', 'v'))).toBe('-0.5')
    expect(text8(decimal8('0.00000001', 'v'))).toBe('0.00000001')
  })
})

describe('multiply', () => {
  it('rounds half away from zero', () => {
    expect(text4(multiply(decimal8('3', 'q'), decimal8('0.33335', 'p')))).toBe('1.0001')
    expect(text4(multiply(decimal8('1', 'q'), decimal8('0.00005', 'p')))).toBe('0.0001')
    expect(text4(multiply(decimal8('-1', 'q'), decimal8('0.00005', 'p')))).toBe('-0.0001')
  })
})

describe('allocate', () => {
  const texts = (total: string, weights: readonly bigint[]) => allocate(decimal4(total, 't'), weights).map(text4)

  it('gives the cents that are left to the largest remainders', () => {
    expect(texts('10', [1n, 1n, 1n])).toEqual(['3.34', '3.33', '3.33'])
    expect(texts('0.05', [1n, 2n, 2n])).toEqual(['0.01', '0.02', '0.02'])
    expect(texts('-10', [1n, 1n, 1n])).toEqual(['-3.34', '-3.33', '-3.33'])
  })

  it('gives what is smaller than a cent to the largest share', () => {
    expect(texts('1.0025', [1n, 3n])).toEqual(['0.25', '0.7525'])
  })

  it('splits evenly when nothing has a weight', () => {
    expect(texts('1', [0n, 0n])).toEqual(['0.5', '0.5'])
    expect(texts('1', [])).toEqual([])
  })
})

describe('magnitude', () => {
  it('has no sign', () => expect(text4(magnitude(decimal4('-2.5', 'v')))).toBe('2.5'))
})
