import { expect, it } from 'vitest'
import { StreamError } from '../../../../src/errors.ts'
import { knownProducts, lettersNote } from '../../../../src/systems/magento2/known-products.ts'
import type { Search } from '../../../../src/systems/magento2/search.ts'

const signal = new AbortController().signal

/** A shop behind a web server that takes addresses of some length, with every product that is asked for. */
function shop(longestAddress: number) {
  const asked: (readonly string[])[] = []
  const findProducts = async ({ filters: [filter] }: Search) => {
    const skus = [filter?.value ?? []].flat()
    asked.push(skus)
    if (encodeURIComponent(skus.join(',')).length > longestAddress) {
      throw new StreamError('target_unavailable', 'GET answered 414 with a web page')
    }
    return { items: skus.map((sku) => ({ sku, status: 1 })), total: skus.length }
  }
  return { asked, known: knownProducts({ findProducts }) }
}

it('an SKU that is longer than Magento has any is none of the shop’s, and keeps nobody from being found', async () => {
  const { known, asked } = shop(4_000)
  const found = await Promise.all(['A', 'x'.repeat(5_000), 'B'].map((sku) => known(sku, signal)))
  expect(found).toEqual([{ sku: 'A', status: 1 }, undefined, { sku: 'B', status: 1 }])
  expect(asked).toEqual([['A', 'B']])
})

it('SKUs that make a long address are asked for in several', async () => {
  const { known, asked } = shop(4_000)
  const skus = Array.from({ length: 40 }, (_, index) => `${index}${'電'.repeat(60)}`)
  const found = await Promise.all(skus.map((sku) => known(sku, signal)))
  expect(found.map((product) => product?.['sku'])).toEqual(skus)
  expect(asked.flat()).toEqual(skus)
})

it('an SKU with a comma is asked for alone', async () => {
  const { known, asked } = shop(4_000)
  const found = await Promise.all(['A', 'B,C', 'D'].map((sku) => known(sku, signal)))
  expect(found.map((product) => product?.['sku'])).toEqual(['A', 'B,C', 'D'])
  expect(asked).toEqual([['A', 'D'], ['B,C']])
})

it.each([
  ['abc', { sku: 'abc' }, null],
  ['abc', undefined, null],
  ['ABC', { sku: 'abc' }, /has ABC as "abc": SKUs that differ only in case or blanks are one product there/],
  ['A1', { sku: 'A1 ' }, /has A1 as "A1 "/],
])('tells where the shop has %s in other letters', async (sku, product, note) => {
  const items = product === undefined ? [] : [product]
  const known = knownProducts({ findProducts: async () => ({ items, total: items.length }) })
  const told = lettersNote(sku, await known(sku, signal))
  if (note === null) expect(told).toBeNull()
  else expect(told).toMatch(note)
})
