import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { commentOf, createFieldTexts } from '../../../src/systems/kit/field-limits.ts'
import { cutText, flowLines, lineText, phoneText } from '../../../src/systems/kit/fit-text.ts'

const characters = new Intl.Segmenter(undefined, { granularity: 'grapheme' })
const charactersOf = (text: string) => [...characters.segment(text)].map(({ segment }) => segment)
/** All that people read of parts, whatever stands between them. */
const lettersOf = (text: string) => text.replace(/[\s,]+/gu, '')

const piece = fc.oneof(
  { weight: 5, arbitrary: fc.string({ unit: 'binary', maxLength: 6 }) },
  fc.constantFrom(
    'a',
    'Straße',
    ' ',
    ', ',
    '-',
    '😀',
    '👨‍👩‍👧‍👦',
    '🇩🇪',
    'e\u0301',
    'ñ',
    '東京都',
    '\ud83d',
    '\n',
    '12/4',
  ),
)
const text = fc.array(piece, { maxLength: 60 }).map((pieces) => pieces.join(''))
const limit = fc.integer({ min: 1, max: 40 })

describe('texts in fields of a length', () => {
  it('are whole characters from the beginning, as many as there is room for', () => {
    fc.assert(
      fc.property(text, limit, (given, most) => {
        const whole = lineText(given) ?? ''
        const cut = cutText(whole, most)
        expect(cut.isWellFormed()).toBe(true)
        expect(cut.length).toBeLessThanOrEqual(most)
        const [all, kept] = [charactersOf(whole), charactersOf(cut)]
        expect(all.slice(0, kept.length)).toEqual(kept)
        const next = all.slice(kept.length).find((one) => one.trim() !== '')
        if (next !== undefined) expect(whole.indexOf(next, cut.length) + next.length).toBeGreaterThan(most)
      }),
    )
  })

  it('go on in the next line, and what no line has room for is told', () => {
    fc.assert(
      fc.property(
        fc.array(text, { maxLength: 4 }),
        fc.array(limit, { minLength: 1, maxLength: 4 }),
        (given, limits) => {
          const parts = given.map(lineText).filter((part) => part !== null)
          const { lines, rest } = flowLines(parts, limits)
          expect(lines).toHaveLength(limits.length)
          for (const [index, line] of lines.entries()) {
            expect(line.isWellFormed()).toBe(true)
            expect(line.length).toBeLessThanOrEqual(limits[index] ?? 0)
          }
          expect(lettersOf([...lines, rest].join(''))).toBe(lettersOf(parts.join('')))
          const fits =
            parts.length <= limits.length && parts.every((part, index) => part.length <= (limits[index] ?? 0))
          if (fits) expect(lines.filter((line) => line !== '')).toEqual(parts)
        },
      ),
    )
  })

  it('leave a rest only where there is no room for it', () => {
    fc.assert(
      fc.property(fc.array(fc.stringMatching(/^[a-z]{1,60}$/), { maxLength: 4 }), (parts) => {
        const limits = [20, 20, 20]
        if (parts.join(', ').length <= 60) expect(flowLines(parts, limits).rest).toBe('')
      }),
    )
  })

  it('keep the digits of a telephone number, from the first on', () => {
    const phone = fc.stringMatching(/^\+?[0-9() ./-]{1,50}( ?(ext\.?|x) ?[0-9]{1,8})?$/)
    fc.assert(
      fc.property(phone, limit, (given, most) => {
        const digits = (one: string) => one.replace(/\D/g, '')
        const cut = phoneText(given, most)
        expect(cut.length).toBeLessThanOrEqual(most)
        expect(digits(given).startsWith(digits(cut))).toBe(true)
        if (digits(given).length + 2 <= most) expect(digits(cut)).toBe(digits(given))
      }),
    )
  })

  it('have all of them in the comment, where there is room for it', () => {
    fc.assert(
      fc.property(text, limit, (given, most) => {
        const texts = createFieldTexts({ City: most })
        texts.line('City', 'city', given)
        const whole = lineText(given) ?? ''
        const comment = commentOf(texts.shortened, 10_000, null)
        expect(comment).toBe(whole.length > most ? `city: ${whole}` : null)
      }),
    )
  })
})
