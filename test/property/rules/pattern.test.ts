import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { toStreamError } from '../../../src/errors.ts'
import { BoundedRegExp } from '../../../src/rules/mapping/bounded-regexp.ts'
import { compilePattern, type Pattern } from '../../../src/rules/pattern.ts'

const characters = [...'aAbz09_- .^$[](){}|*+?\\/&~é\n\r\t\v\u00a0\u2028\u2003\ufeffÉß😀']
const special = /[\\^$.*+?()[\]{}|/]/
const literal = fc.constantFrom(...characters).map((char) => (special.test(char) ? `\\${char}` : char))
const classItem = fc.oneof(
  fc.constantFrom(...characters.filter((char) => !'\\]^[-'.includes(char))),
  fc.constantFrom(
    '\\d',
    '\\D',
    '\\w',
    '\\W',
    '\\s',
    '\\S',
    '\\b',
    '\\-',
    '\\]',
    'a-z',
    '0-9',
    '\\u0041-\\u005a',
    '\\t',
    '\\x5f',
  ),
)
const characterClass = fc
  .tuple(fc.boolean(), fc.array(classItem, { minLength: 1, maxLength: 3 }))
  .map(([negated, items]) => `[${negated ? '^' : ''}${items.join('')}]`)
const atom = fc.oneof(
  literal,
  characterClass,
  fc.constantFrom('.', '\\d', '\\D', '\\w', '\\W', '\\s', '\\S', '\\b', '\\B', '^', '$', '\\n', '\\cJ'),
)
const isAssertion = (text: string) => ['\\b', '\\B', '^', '$'].includes(text)
const count = fc.constantFrom('', '', '*', '+', '?', '*?', '+?', '{2}', '{0,2}', '{1,}')
const { pattern } = fc.letrec<{ pattern: string; term: string }>((tie) => ({
  term: fc.oneof(
    { depthSize: 'small' },
    fc.tuple(atom, count).map(([text, times]) => (isAssertion(text) ? text : text + times)),
    fc.tuple(fc.constantFrom('(', '(?:', '(?<n>'), tie('pattern'), count).map(([begin, text, times]) => {
      return `${begin}${text.replaceAll('(?<n>', '(')})${times}`
    }),
  ),
  pattern: fc.array(fc.array(tie('term'), { maxLength: 4 }), { minLength: 1, maxLength: 2 }).map((parts) =>
    parts
      .map((terms) => terms.join(''))
      .join('|')
      .replace(/(?<=\(\?<n>.*)\(\?<n>/gs, '('),
  ),
}))
const text = fc.array(fc.constantFrom(...characters), { maxLength: 8 }).map((chars) => chars.join(''))

/** Some of these patterns take it hours on eight characters: they say nothing. */
function foundByJavaScript(source: string, text: string): boolean {
  try {
    return new BoundedRegExp(new RegExp(source, 'u')).exec(text) !== null
  } catch {
    fc.pre(false)
    return false
  }
}

/** What is too large, as it is or with its repetitions written out, is refused: it says nothing either. */
function compiledOrSkipped(source: string): Pattern {
  try {
    return compilePattern(source)
  } catch (error) {
    if (/(longer|more) than 1000 characters/.test(toStreamError(error).message)) fc.pre(false)
    throw error
  }
}

describe('a pattern in linear time', () => {
  it('finds what JavaScript finds', () => {
    fc.assert(
      fc.property(pattern, fc.array(text, { minLength: 1, maxLength: 5 }), (source, texts) => {
        const compiled = compiledOrSkipped(source)
        for (const one of texts) expect([one, compiled.test(one)]).toEqual([one, foundByJavaScript(source, one)])
      }),
      { numRuns: 1_000 },
    )
  })

  it('looks around at the beginning and at the end as JavaScript does', () => {
    const small = fc.array(atom, { minLength: 1, maxLength: 3 }).map((atoms) => atoms.join(''))
    fc.assert(
      fc.property(small, small, small, fc.boolean(), text, (first, middle, last, negated, one) => {
        const source = `^(?${negated ? '!' : '='}${first})${middle}.*(?<${negated ? '!' : '='}${last})$`
        expect(compilePattern(source).test(one)).toBe(foundByJavaScript(source, one))
      }),
      { numRuns: 1_000 },
    )
  })
})
