import { expect, it } from 'vitest'
import { processedOf, runProgress } from '../../../web/src/pages/tasks/run-progress.ts'

const began = Date.UTC(2026, 0, 31, 8)
const at = (minutes: number) => new Date(began + minutes * 60_000).toISOString()
const read = {
  run_state: 'running',
  started_at: at(0),
  window_from: at(-600),
  window_to: at(0),
  reached_at: at(-450),
  expected: null,
  read_count: 500,
}
const sweep = { ...read, window_from: null, window_to: null, reached_at: null, expected: 2_000 }

it('says how far a read is by the time of its window, and a sweep by the keys it expects', () => {
  expect(runProgress(read, began + 20_000)).toEqual({ share: 0.25, leftS: 60 })
  expect(runProgress(sweep, began + 20_000)).toEqual({ share: 0.25, leftS: 60 })
  expect(runProgress({ ...sweep, read_count: 2_400 }, began + 20_000)).toEqual({ share: 1, leftS: null })
})

it.each([
  ['its source does not tell how far it is', { ...read, reached_at: null }],
  ['its window begins with the beginning of all', { ...read, window_from: null }],
  ['nothing is known to be there', { ...sweep, expected: 0 }],
  ['it is over', { ...read, run_state: 'ended' }],
])('says nothing where %s', (_, task) => {
  expect(runProgress(task, began + 20_000)).toEqual({ share: null, leftS: null })
})

it('says nothing of the time that is left where it has just begun', () => {
  expect(runProgress(read, began + 1_000)).toEqual({ share: 0.25, leftS: null })
  expect(runProgress({ ...read, started_at: null }, began)).toEqual({ share: 0.25, leftS: null })
})

it('counts what came to an end at any connection', () => {
  const connections = {
    a: { ended: 2, statuses: { succeeded: 2, processing: 3 } },
    b: { ended: 1, statuses: { failed: 1 } },
  }
  expect(processedOf({ connections })).toEqual({ done: 3, total: 6 })
})
