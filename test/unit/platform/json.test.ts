import { describe, expect, it } from 'vitest'
import { exactNumber, parseExact, stringifyExact } from '../../../src/platform/json.ts'

describe('exact JSON', () => {
  it.each([
    ['19.99', 19.99],
    ['19.9900', 19.99],
    ['1.0', 1],
    ['1E2', 100],
    ['-0', -0],
    ['0.1000000000000000055', '0.1000000000000000055'],
    ['12345678901234567890', '12345678901234567890'],
    ['9007199254740993', '9007199254740993'],
    ['1e400', '1e400'],
    ['1e-400', '1e-400'],
    ['-123456789012345.12345678', '-123456789012345.12345678'],
  ])('reads %s as %s', (source, value) => {
    expect(parseExact(`{"n":${source}}`)).toEqual({ n: value })
  })

  it('leaves text that looks like a number text', () => {
    expect(parseExact('["19.9900","1e400"]')).toEqual(['19.9900', '1e400'])
  })

  it('refuses what is no number, no JSON, or has no scale', () => {
    expect(() => exactNumber('1,5')).toThrow(TypeError)
    expect(() => exactNumber('01')).toThrow(TypeError)
    expect(() => exactNumber('NaN')).toThrow(TypeError)
    expect(() => parseExact('{')).toThrow(SyntaxError)
    expect(() => stringifyExact({ price: 12n })).toThrow(/^price: a bigint has no scale/)
  })
})
