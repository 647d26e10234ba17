import { describe, expect, it } from 'vitest'
import { StreamError } from '../../../../src/errors.ts'
import { productSkus } from '../../../../src/systems/magento2/product-skus.ts'
import type { Search } from '../../../../src/systems/magento2/search.ts'

const { signal } = new AbortController()

function shop(skus: Readonly<Record<string, string>>) {
  const asked: string[] = []
  const findProducts = async ({ filters }: Search) => {
    const ids = [filters[0]?.value ?? []].flat()
    asked.push(ids.join())
    const items = ids.flatMap((id) => (skus[id] === undefined ? [] : [{ id: Number(id), sku: skus[id] }]))
    return { items, total: items.length }
  }
  return { asked, findProducts }
}

describe('SKUs of products by their ids', () => {
  it('are asked for once, many at a time, also those that the shop does not have', async () => {
    const client = shop({ '1': 'WLD-1', '2': 'WLD-2' })
    const find = productSkus(client)
    const skus = await find(['1', '2', '1', '9'], signal)
    expect(['1', '2', '9'].map(skus)).toEqual(['WLD-1', 'WLD-2', undefined])
    await find(['2', '9'], signal)
    await find([], signal)
    expect(client.asked).toEqual(['1,2,9'])
  })

  it('are unknown where the shop does not let its products be read; other failures are told', async () => {
    const failing = (code: 'permission_missing' | 'target_unavailable') =>
      productSkus({ findProducts: () => Promise.reject(new StreamError(code, 'no')) })
    expect((await failing('permission_missing')(['1'], signal))('1')).toBeUndefined()
    await expect(failing('target_unavailable')(['1'], signal)).rejects.toMatchObject({ code: 'target_unavailable' })
  })
})
