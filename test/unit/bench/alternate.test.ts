import { expect, test } from 'vitest'
import { alternate, cpuRatio, speedRatio } from '../../../bench/alternate.ts'

const measured = (seconds: number, cpuSeconds: number) => ({ events: 100, seconds, cpuSeconds, rssMb: 1 })

test('who is first in one round is last in the next', async () => {
  const order: string[] = []
  const contender = (name: string) => ({
    name,
    run: async () => {
      order.push(name)
      return measured(1, 1)
    },
  })
  const runs = await alternate([contender('a'), contender('b')], 3, () => undefined)
  expect(order).toEqual(['a', 'b', 'b', 'a', 'a', 'b'])
  expect(runs.get('a')).toHaveLength(3)
})

test('ratios are of the runs of one round, and of these the median', () => {
  const ours = [measured(2, 4), measured(8, 4), measured(2, 4)]
  const theirs = [measured(1, 2), measured(8, 2), measured(4, 8)]
  expect(speedRatio(ours, theirs)).toBe(1)
  expect(cpuRatio(ours, theirs)).toBe(2)
})
