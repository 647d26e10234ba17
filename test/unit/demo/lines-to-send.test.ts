import { describe, expect, it } from 'vitest'
import { linesToSend, type ShopOrder } from '../../../demo/lines-to-send.ts'

type Line = ShopOrder['items'][number]

const line = (sku: string, over: Partial<Line> = {}): Line => ({
  sku,
  product_type: 'simple',
  qty_ordered: 2,
  qty_shipped: 0,
  qty_canceled: 0,
  qty_refunded: 0,
  ...over,
})
const skus = (state: string, ...items: readonly Line[]) =>
  linesToSend({ increment_id: '1', grand_total: 10, state, items }, /^V-/).map(({ sku }) => sku)

describe('lines of an order that a vendor will be sent', () => {
  it('are its own', () => {
    expect(skus('processing', line('V-1'), line('X-1'))).toEqual(['V-1'])
  })

  it('are of an order that goes on', () => {
    for (const state of ['new', 'pending_payment', 'payment_review', 'holded', 'canceled', 'complete', 'closed']) {
      expect([state, skus(state, line('V-1'))]).toEqual([state, []])
    }
  })

  it('have pieces left, and so have what they are part of', () => {
    expect(skus('processing', line('V-1', { qty_canceled: 2 }), line('V-2', { qty_refunded: 2 }))).toEqual([])
    expect(skus('processing', line('V-1', { qty_shipped: 2 }), line('V-2', { qty_canceled: 1 }))).toEqual(['V-2'])
    const bundle = line('bundle', { product_type: 'bundle', qty_canceled: 2 })
    expect(skus('processing', line('V-1', { parent_item: bundle }))).toEqual([])
  })
})
