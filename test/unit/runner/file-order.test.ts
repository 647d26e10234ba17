import { expect, it } from 'vitest'
import { sideBySide } from '../../runner/file-order.ts'

const file = (project: string, seconds: number) => ({ project, seconds })
const names = (files: readonly { project: string; seconds: number }[]) =>
  files.map(({ project, seconds }) => `${project} ${seconds}`)

it('begins files that wait beside files that compute, and never more than two of them together', () => {
  const waiting = [file('integration', 10), file('crash', 40), file('integration', 30), file('integration', 20)]
  const busy = Array.from({ length: 100 }, () => file('unit', 1))
  const order = names(sideBySide([...busy, ...waiting], 4))
  expect(order.slice(0, 4)).toEqual(['crash 40', 'integration 30', 'unit 1', 'unit 1'])
  // When the 30 seconds are over, two lanes have done 60 files that compute.
  expect(order.indexOf('integration 20')).toBe(2 + 60)
  expect(order.indexOf('integration 10')).toBe(2 + 1 + 80)
  expect(order).toHaveLength(104)
})

it('keeps files of a project together, those of the longest project first: they share workers', () => {
  const files = [file('unit', 1), file('matrix', 9), file('unit', 3), file('matrix', 8)]
  expect(names(sideBySide(files, 2))).toEqual(['matrix 9', 'matrix 8', 'unit 3', 'unit 1'])
})
