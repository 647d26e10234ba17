import { expect, it } from 'vitest'
import { changeOneStock, demoOf, expectWhole, publishedOf } from './demo-runs.ts'

const demo = demoOf(918_273_645)

it('runs once and ends; on kept data only what changed is published', async () => {
  expectWhole(await demo.once())

  await demo.betweenRuns(changeOneStock)
  const second = await demo.once()
  expect(second.ok).toBe(true)
  expect(publishedOf(second)).toEqual({ orders: 0, products: 0, inventory: 1, images: 0 })
  expect(second.fulfilments['published']).toBe(0)
})
