import { expect, it } from 'vitest'
import { diffLines } from '../../../web/src/pages/connections/line-diff.ts'

const shown = (before: string, after: string) =>
  diffLines(before, after).map((line) =>
    line === null ? '…' : `${{ same: ' ', gone: '-', new: '+' }[line.kind]}${line.text}`,
  )

it('shows what differs, with three lines around, and that others are left out', () => {
  const lines = Array.from({ length: 12 }, (_, index) => `l${index}`)
  const changed = lines.map((line) => (line === 'l5' ? 'x' : line))
  expect(shown(lines.join('\n'), changed.join('\n'))).toEqual([
    ' l2',
    ' l3',
    ' l4',
    '-l5',
    '+x',
    ' l6',
    ' l7',
    ' l8',
    '…',
  ])
})

it('finds lines that were put in between, also at both ends', () => {
  expect(shown('b\nd\n', 'a\nb\nc\nd\ne\n')).toEqual(['+a', ' b', '+c', ' d', '+e'])
  expect(shown('', 'a\n')).toEqual(['+a'])
  expect(shown('a\n', '')).toEqual(['-a'])
  expect(shown('a\nb', 'a\nb')).toEqual([])
})
