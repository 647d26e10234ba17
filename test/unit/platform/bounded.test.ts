import { expect, it } from 'vitest'
import { forEachBounded, mapBounded } from '../../../src/platform/bounded.ts'

it('works on every item, never on more at once than the limit', async () => {
  let atOnce = 0
  let most = 0
  const done: number[] = []
  await forEachBounded([1, 2, 3, 4, 5, 6, 7], 3, async (item) => {
    atOnce += 1
    most = Math.max(most, atOnce)
    await new Promise(setImmediate)
    atOnce -= 1
    done.push(item)
  })
  expect(done.toSorted()).toEqual([1, 2, 3, 4, 5, 6, 7])
  expect(most).toBe(3)
})

it('begins nothing after a failure, and ends after what was begun', async () => {
  const begun: number[] = []
  let ended = 0
  const work = forEachBounded([1, 2, 3, 4, 5], 2, async (item) => {
    begun.push(item)
    if (item === 1) throw new Error('first')
    await new Promise(setImmediate)
    ended += 1
  })
  await expect(work).rejects.toThrow('first')
  expect([begun, ended]).toEqual([[1, 2], 1])
})

it('answers for every item in their order, whichever is answered first', async () => {
  let atOnce = 0
  let most = 0
  const answers = await mapBounded([3, 1, 2], 2, async (item) => {
    atOnce += 1
    most = Math.max(most, atOnce)
    for (let turn = 0; turn < item; turn += 1) await new Promise(setImmediate)
    atOnce -= 1
    return item * 10
  })
  expect(answers).toEqual([30, 10, 20])
  expect(most).toBe(2)
})
