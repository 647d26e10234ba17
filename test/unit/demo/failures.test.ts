import { expect, it } from 'vitest'
import { failures } from '../../../demo/reads.ts'
import type { TaskAnswer } from '../../../demo/summary.ts'

function task(read: string, state: TaskAnswer['state'], more: Partial<TaskAnswer> = {}): TaskAnswer {
  const counts = { read_count: 1, published: 1, unchanged: 0, unrouted_failed: 0 }
  return { id: `${read} ${state}`, read, state, ...counts, connections: {}, ...more }
}

it('a read whose source changed meanwhile counts only if no later one was complete', () => {
  const incomplete = task('erp.inventory', 'incomplete')
  expect(failures([incomplete, task('erp.inventory', 'completed')])).toEqual([])
  expect(failures([incomplete])).toEqual(['erp.inventory ended incomplete'])
  expect(failures([task('erp.inventory', 'completed'), incomplete])).toEqual(['erp.inventory ended incomplete'])
  const error = { code: 'timed_out', message: 'no answer' }
  expect(failures([task('erp.orders', 'failed', { error }), task('erp.orders', 'completed')])).toEqual([
    'erp.orders ended failed: timed_out: no answer',
  ])
})
