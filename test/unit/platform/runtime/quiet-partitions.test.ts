import { expect, it } from 'vitest'
import { createQuietPartitions } from '../../../../src/platform/runtime/quiet-partitions.ts'

it('a partition with nothing parked is left alone for a while, and not for ever', () => {
  const quiet = createQuietPartitions()
  expect(quiet.isQuiet(1, 0)).toBe(false)
  quiet.noteEmpty(1, quiet.mark(1), 1_000)
  expect([quiet.isQuiet(1, 1_000), quiet.isQuiet(2, 1_000), quiet.isQuiet(1, 60_000)]).toEqual([true, false, false])
})

it('is looked at again as soon as something is parked, also while the table was asked', () => {
  const quiet = createQuietPartitions()
  quiet.noteEmpty(1, quiet.mark(1), 0)
  quiet.noteParked(1)
  expect(quiet.isQuiet(1, 1)).toBe(false)
  const mark = quiet.mark(1)
  quiet.noteParked(1)
  quiet.noteEmpty(1, mark, 1)
  expect(quiet.isQuiet(1, 2)).toBe(false)
})
