import { expect, test } from 'vitest'
import { sourceFiles } from './source-files.ts'

/** A literal whose whole is spread into another says nothing that its fields would not say: `{ a, b }`. */
const SPREAD_LITERAL = /\.\.\.\{(?:[^{}()]|\([^()]*\))*\}(?=\s*[,}\])])/g

const spreadLiterals = (text: string): string[] => text.match(SPREAD_LITERAL) ?? []

const folders = ['src', 'simulators', 'demo', 'services', 'bench', 'scripts', 'test']

test.each(folders)('%s writes the fields of an object, and spreads no literal', (folder) => {
  const files = sourceFiles(folder)
  expect(files.length).toBeGreaterThan(2)
  const found = files.flatMap(({ path, text }) => spreadLiterals(text).map((one) => `${path}: ${one}`))
  expect(found).toEqual([])
})

test.each([
  ['const a = { ...', '{ b }, c }'],
  ['f({ c, ...', '{ b: of(c) } })'],
  ['return { ...', "{\n  kind: 'a',\n}, c }"],
])('%s%s is found', (before, after) => expect(spreadLiterals(before + after)).toHaveLength(1))

test('what is spread where it is there, or from a literal that depends, is no literal', () => {
  expect(spreadLiterals('const a = { ...(b && { b }), ...c, ...{ a: 1 }[name] }')).toEqual([])
})
