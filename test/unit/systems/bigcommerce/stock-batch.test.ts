import { describe, expect, it } from 'vitest'
import { StreamError } from '../../../../src/errors.ts'
import { type Adjustment, createStockBatch } from '../../../../src/systems/bigcommerce/stock-batch.ts'
import { gate } from '../../../worlds/sink-world.ts'

const level = (sku: string, quantity = 1, location_id = 1): Adjustment => ({ sku, quantity, location_id })
const open = () => new AbortController().signal

/** A target that refuses requests with a bad SKU, and holds the first until it is let go. */
function target(bad: readonly string[] = [], error = new StreamError('target_rejected', 'unknown')) {
  const first = gate()
  const requests: string[][] = []
  let held = true
  const batch = createStockBatch(async (items) => {
    requests.push(items.map(({ sku, quantity }) => `${sku} ${quantity}`))
    if (held) {
      held = false
      await first.pass()
    }
    if (items.some(({ sku }) => bad.includes(sku))) throw error
  })
  return { batch, requests, first }
}

describe('levels that are written at once', () => {
  it('wait for the request under way, then go together', async () => {
    const { batch, requests, first } = target()
    const one = batch.put([level('A')], open())
    await first.entered
    const others = ['B', 'C', 'D'].map((sku) => batch.put([level(sku)], open()))
    first.open()
    await Promise.all([one, ...others])
    expect(requests).toEqual([['A 1'], ['B 1', 'C 1', 'D 1']])
  })

  it('of one SKU at one place never meet: the later one comes later', async () => {
    const { batch, requests, first } = target()
    const one = batch.put([level('A')], open())
    await first.entered
    const others = [level('B', 1), level('B', 2), level('C'), level('B', 3)].map((item) => batch.put([item], open()))
    first.open()
    await Promise.all([one, ...others])
    expect(requests.flat().filter((text) => text.startsWith('B'))).toEqual(['B 1', 'B 2', 'B 3'])
    expect(requests.every((items) => items.filter((text) => text.startsWith('B')).length <= 1)).toBe(true)
  })

  it('that nobody waits for any more are not sent later', async () => {
    const signals: AbortSignal[] = []
    const batch = createStockBatch((_items, signal) => {
      signals.push(signal)
      return new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(new StreamError('stopping', 'it was ended in its queue')))
      })
    })
    const [first, second] = [new AbortController(), new AbortController()]
    const given = [batch.put([level('A')], first.signal), batch.put([level('B')], second.signal)]
    await Promise.resolve()
    first.abort()
    await expect(given[0]).rejects.toMatchObject({ code: 'stopping' })
    expect(signals.map(({ aborted }) => aborted)).toEqual([false])
    second.abort()
    await expect(given[1]).rejects.toMatchObject({ code: 'stopping' })
    expect(signals.map(({ aborted }) => aborted)).toEqual([true])
  })

  it('are 2000 at most', async () => {
    const { batch, requests, first } = target()
    const one = batch.put([level('A')], open())
    await first.entered
    const many = Array.from({ length: 700 }, (_, n) =>
      batch.put(
        [1, 2, 3].map((at) => level(`S${n}`, 1, at)),
        open(),
      ),
    )
    first.open()
    await Promise.all([one, ...many])
    expect(requests.map((items) => items.length)).toEqual([1, 1998, 102])
  })

  it('that are refused are halved until what is wrong stands alone', async () => {
    const { batch, first } = target(['BAD'])
    const skus = ['A', 'B', 'C', 'BAD', 'D', 'E', 'F']
    const ends = skus.map((sku) =>
      batch.put([level(sku)], open()).then(
        () => sku,
        (error) => error.code,
      ),
    )
    first.open()
    expect(await Promise.all(ends)).toEqual(['A', 'B', 'C', 'target_rejected', 'D', 'E', 'F'])
  })

  it('all fail with a target that is down, in one request', async () => {
    const { batch, requests, first } = target(['A'], new StreamError('target_unavailable', 'down'))
    const ends = ['A', 'B'].map((sku) => batch.put([level(sku)], open()).catch((error) => error.code))
    first.open()
    expect(await Promise.all(ends)).toEqual(['target_unavailable', 'target_unavailable'])
    expect(requests).toHaveLength(1)
  })

  it('are given up when their delivery ends; what was not sent is never sent', async () => {
    const { batch, requests, first } = target()
    const ending = new AbortController()
    const one = batch.put([level('A')], open())
    await first.entered
    const two = batch.put([level('B')], ending.signal)
    ending.abort()
    await expect(two).rejects.toMatchObject({ code: 'stopping' })
    first.open()
    await one
    await batch.put([level('C')], open())
    expect(requests).toEqual([['A 1'], ['C 1']])
    await expect(batch.put([level('D')], ending.signal)).rejects.toMatchObject({ code: 'stopping' })
  })
})
