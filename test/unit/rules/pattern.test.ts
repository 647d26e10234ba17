import { describe, expect, it } from 'vitest'
import { compilePattern } from '../../../src/rules/pattern.ts'

describe('a pattern of the configuration', () => {
  it.each([
    ['^WLD-', 'WLD-1', 'XWLD-1'],
    ['-Gray$', 'MH04-M-Gray', 'MH04-M-Gray-2'],
    ['-Gray$', '-Gray', '-Gray\n'],
    ['^(?<maker>MH|WS)0[1-3]-(?:XS|S)$', 'WS02-XS', 'WS04-XS'],
    ['^(?!WLD-|TEST-)[A-Z]', 'ABC', 'TEST-1'],
    ['^(?=.*\\d)(?!0)[\\dA-Z]{3,}$', 'A1B', 'ABC'],
    ['^[A-Z]+(?<!-OLD|X)$', 'ABC', 'ABX'],
    ['(?<=OLD)$', 'ABC-OLD', 'OLD-1'],
    ['^[\\s\\S]$', '\n', 'ab'],
    ['^\\S+$', 'ab', 'a\u00a0b'],
    ['^.$', 'é', '\u2028'],
    ['^[^]$', '\n', ''],
    ['^\\u0041\\x42\\cA\\/\\-[\\-\\]\\b]$', 'AB\x01/-]', 'AB'],
    ['^\\u{1F600}\\ud83d\\ude00$', '😀😀', '😀'],
    ['^\\p{Lu}\\P{L}[^\\p{L}]$', 'É12', 'é12'],
    ['^a{,3}$', 'a{,3}', 'aaa'],
    ['^\\A\\z\\Q$', 'AzQ', ''],
    ['^[[:alpha:]]$', 'a]', 'z'],
    ['^[a&&b]+$', 'a&b', 'c'],
    ['^(?i:abc)$', 'aBC', 'abd'],
    ['^(a|b)??c+?$', 'bcc', 'bb'],
  ])('%s is found in %j, and not in %j', (source, found, other) => {
    for (const text of [found, other]) {
      expect([text, compilePattern(source).test(text)]).toEqual([text, text === found])
    }
  })

  it.each([
    ['(', /^is not a regular expression: /],
    ['(a)\\1', /^can't be matched in linear time: \\1 refers back to a group; write out its possible values/],
    ['(?<a>x)\\k<a>', /\\k refers back to a group/],
    ['a(?=b)', /looks ahead or behind, which works only right after \^ and right before \$/],
    ['^(?!a)b|c', /without alternatives/],
    ['(?<!a)b', /looks ahead or behind/],
    ['((a{30}){30}){30}', /repetitions, written out, exceed 1000 characters; repeat less/],
    [`(${'abcdefghij'.repeat(50)}){1000}`, /exceed 1000/],
    ['(\\p{L}{0,999}.)', /exceed 1000/],
    ['x{99999}', /exceed 1000/],
    ['(?s:.)', /write \[\^\] for any character/],
    ['a'.repeat(1_001), /is longer than 1000 characters/],
  ])('%s is refused with the way out', (source, message) => {
    expect(() => compilePattern(source)).toThrow(
      expect.objectContaining({ code: 'configuration_invalid', message: expect.stringMatching(message) }),
    )
  })

  it('takes steps in proportion to the text', () => {
    for (const source of ['^([A-Z0-9]+-?)+$', '(x+x+)+y', '^(a+)+$', '(?:a?){300}a{300}b']) {
      expect(compilePattern(source).test(`${'a'.repeat(200)}!`)).toBe(false)
    }
  })

  it('refuses a text that would take it too long', () => {
    expect(() => compilePattern('(?:a?){400}').test('a'.repeat(1_000))).toThrow(/has 1000 characters; .* at most/)
    expect(compilePattern('\\S').test(` ${'a'.repeat(50_000)}`)).toBe(true)
  })
})
