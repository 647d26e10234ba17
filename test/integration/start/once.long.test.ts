import { expect, it } from 'vitest'
import { changeOneStock, demoOf, expectWhole, publishedOf } from './demo-runs.ts'

const demo = demoOf(918_273_646)

it('runs again and again on kept data: nothing is published, then only what changed', async () => {
  expectWhole(await demo.once())

  const second = await demo.once()
  expect(second.ok).toBe(true)
  expect(publishedOf(second)).toEqual({ orders: 0, products: 0, inventory: 0, prices: 0, images: 0 })

  await demo.betweenRuns(changeOneStock)
  const third = await demo.once()
  expect(third.ok).toBe(true)
  expect(publishedOf(third)).toEqual({ orders: 0, products: 0, inventory: 1, prices: 0, images: 0 })
})
