import { describe, expect, it } from 'vitest'
import { readYaml } from '../../../web/src/pages/connections/yaml.ts'
import { readMap, readRules } from '../../../web/src/pages/mapping/mapping-text.ts'

/** Nine times nine times …: a few lines that stand for millions. */
const manyAliases = ['a0: &a0 [x, x, x, x, x, x, x, x, x]']
  .concat(
    Array.from(
      { length: 8 },
      (_, n) => `a${n + 1}: &a${n + 1} [${Array.from({ length: 9 }, () => `*a${n}`).join(', ')}]`,
    ),
  )
  .join('\n')

const throwing: Readonly<Record<string, string>> = {
  'aliases of aliases': manyAliases,
  'an alias of nothing': 'attributes: *nothing',
  'a value within itself': 'attributes: &all\n  - *all',
  'lists that are nested too deeply': `attributes: ${'['.repeat(20_000)}${']'.repeat(20_000)}`,
}

describe('a text that the parser gives up', () => {
  for (const [what, text] of Object.entries(throwing)) {
    it(`is a mistake: ${what}`, () => {
      expect(readYaml(text)).toMatchObject({ problem: { message: expect.stringMatching(/\w/) } })
      expect(readRules(text)).toMatchObject({ mistake: { message: expect.stringMatching(/\w/) } })
      expect(readMap(text)).toMatchObject({ mistake: { message: expect.stringMatching(/\w/) } })
    })
  }

  it('says what is wrong in words, with the line where it is known', () => {
    expect(readYaml('a: "b\nc: d')).toMatchObject({ problem: { line: expect.any(Number) } })
    expect(readYaml(throwing['a value within itself'] ?? '')).toMatchObject({
      problem: { message: expect.stringContaining('contains itself'), line: null },
    })
    expect(readYaml('a: 1')).toEqual({ value: { a: 1 }, problem: null })
    expect(readYaml('')).toEqual({ value: null, problem: null })
  })
})
