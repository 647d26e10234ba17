/** What is billed ahead counts as done, and an order that is settled stays so whatever people are to read of it. */
import { describe, expect, it } from 'vitest'
import type { Wire } from '../../../../src/systems/kit/wire.ts'
import { deliveredOf, headerChange, isDone } from '../../../../src/systems/netsuite/order-state.ts'

const line = (id: string, quantity: number, more: Wire = {}): Wire => {
  return { line: Number(id), custcol_waldstream_line: id, item: { id: `item ${id}` }, quantity, rate: 5, ...more }
}
const order = (digest: string, ...items: Wire[]): Wire => {
  return { id: '9', status: { id: 'D' }, custbody_waldstream_digest: digest, item: { items } }
}

describe('an order of which a part is billed', () => {
  it('is done where nothing else is open: what is never shipped is billed alone', () => {
    const shipped = line('1', 2, { quantityFulfilled: 2 })
    expect(isDone(order('d1', shipped, line('2', 1, { quantityBilled: 1 })))).toBe(true)
    expect(isDone(order('d1', shipped, line('2', 1)))).toBe(false)
    expect(isDone(order('d1', shipped, line('2', 1, { isClosed: true })))).toBe(true)
    expect(isDone(order('d1', shipped, line('2', 1, { custcol_waldstream_line: '#tax' })))).toBe(true)
  })

  it('has what is done of an item, and what is left of it', () => {
    const closed = line('2', 3, { item: { id: 'item 1' }, quantityFulfilled: 1, isClosed: true })
    expect(deliveredOf(order('d1', line('1', 2, { quantityBilled: 2 }), closed), 'item 1')).toEqual({
      done: 3,
      left: 2,
    })
    expect(deliveredOf(order('d1', closed), 'item 7')).toEqual({ done: 0, left: 0 })
  })

  it.each([
    ['d1', 'd2'],
    ['d1 settled', 'd2 settled'],
  ])('marked %s is marked %s when its address changes', (before, after) => {
    const billed = line('1', 2, { quantityFulfilled: 1, quantityBilled: 2 })
    const body = order('d2', line('1', 2))
    expect(headerChange(order(before, billed), { ...body, memo: 'x' }, { contentDigest: 'd2' })).toEqual({
      memo: 'x',
      custbody_waldstream_digest: after,
    })
  })
})
