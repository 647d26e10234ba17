import { describe, expect, it } from 'vitest'
import { mistakeText, readYaml } from '../../../src/configuration/yaml-documents.ts'

const mistakesOf = (text: string) => readYaml('f.yaml', text).mistakes.map(mistakeText)

describe('a document that is no YAML', () => {
  it.each([
    ['an open list', 'a: [\n---\nb: 1\n'],
    ['an open quote', 'a: "x\nb: 2\n'],
    ['wrong indents', 'a: 1\n b: 2\n  c: 3\n---\nx: y\n'],
    ['a list and a map', '- a\nb: c\n- d: [}\n'],
    ['two colons', 'a: b: c: d\n'],
    ['tabs', '\ta: 1\n\tb: 2\n'],
    ['reserved characters', 'a: @x\nb: `y\n'],
    ['an alias of nothing', 'a: *x\n'],
  ])('%s: gives one mistake, however many follow from it', (_what, text) => {
    expect(mistakesOf(text)).toEqual([expect.stringMatching(/^f\.yaml:\d+: the document is not valid YAML: /)])
  })

  it('each broken document gives its own, and the whole ones are read', () => {
    const { documents, mistakes } = readYaml('f.yaml', 'a: [\n---\nb: 1\n---\nc: {\n---\nd: 2\n')
    expect(mistakes.map(({ line }) => line)).toHaveLength(2)
    expect(documents.map(({ value, place }) => [value, place])).toEqual([
      [{ b: 1 }, 'f.yaml:3'],
      [{ d: 2 }, 'f.yaml:7'],
    ])
  })
})

it('a key that is there twice is named with both places, and hides nothing else', () => {
  const { documents, mistakes } = readYaml(
    'f.yaml',
    'a: 1\nb:\n  - { c: 1, d: 2 }\n  - c: 3\n    d: 4\n    c: 5\na: 2\n',
  )
  expect(mistakes.map(mistakeText)).toEqual([
    'f.yaml:7: a is given twice: the other is at f.yaml:1; keep one',
    'f.yaml:6: b[1].c is given twice: the other is at f.yaml:4; keep one',
  ])
  expect(documents).toHaveLength(1)
})

it('a field has its line, and one that is not there that of what is around it', () => {
  const [document] = readYaml('f.yaml', 'a:\n  - b: 1\n    c: 2\n').documents
  expect(document?.placeOf(['a', 0, 'c'])).toBe('f.yaml:3')
  expect(document?.placeOf(['a', 0, 'd'])).toBe('f.yaml:2')
  expect(document?.placeOf(['x'])).toBe('f.yaml:1')
})
