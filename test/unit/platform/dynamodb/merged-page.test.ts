import { expect, it } from 'vitest'
import { mergedPage } from '../../../../src/platform/dynamodb/merged-page.ts'

it('asks many partitions a few at a time, and has their rows in one order', async () => {
  let atOnce = 0
  let most = 0
  const partitions = Array.from({ length: 100 }, (_, index) => `p${index}`)
  const query = async ({ partition }: { readonly partition: string }) => {
    atOnce += 1
    most = Math.max(most, atOnce)
    await new Promise(setImmediate)
    atOnce -= 1
    return [{ place: partition.slice(1).padStart(3, '0') }]
  }
  const wanted = { partitions, placeOf: ({ place }: { readonly place: string }) => place, descending: true, limit: 2 }
  const page = await mergedPage({ query }, { ...wanted, after: null })
  expect(page).toEqual({ rows: [{ place: '099' }, { place: '098' }], next: '098' })
  expect(most).toBe(16)
})
