import { describe, expect, it } from 'vitest'
import { type BigCommerceState, bigcommerceEnd } from '../../../demo/ends/bigcommerce.ts'
import { text4, text8 } from '../../../src/events/decimal.ts'

type Order = BigCommerceState['orders'][number]
type Line = Order['products'][number]

const line = (id: number, more: Partial<Line> = {}): Line => ({
  id,
  order_address_id: 1,
  sku: `SKU-${id}`,
  quantity: 4,
  quantity_shipped: 0,
  quantity_refunded: 0,
  price_ex_tax: '10.0000',
  parent_order_product_id: null,
  ...more,
})

/** Two lines of 40, 5 shipping, 3 a fee, 2 wrapping; 10 % tax on all but the fee. */
const order = (status_id: number, products: readonly Line[]): Order => ({
  id: 100,
  status_id,
  subtotal_ex_tax: '80.0000',
  shipping_cost_ex_tax: '5.0000',
  shipping_cost_inc_tax: '5.5000',
  handling_cost_ex_tax: '0.0000',
  handling_cost_inc_tax: '0.0000',
  wrapping_cost_ex_tax: '2.0000',
  wrapping_cost_inc_tax: '2.2000',
  fees: [{ cost_ex_tax: '3.0000', cost_inc_tax: '3.0000' }],
  total_ex_tax: '86.0000',
  total_inc_tax: '94.7000',
  gift_certificate_amount: '0.0000',
  products,
})

const endOf = (status: number, products: readonly Line[]) => {
  const state = { orders: [order(status, products)], shipments: [], products: [], inventory: [] }
  const [found] = bigcommerceEnd('bigcommerce', state).orders
  if (found === undefined) throw new Error('the order is not there')
  return found
}
const ranges = ({ totals }: ReturnType<typeof endOf>) =>
  [totals?.discount, totals?.tax].map((range) => range && [range.least, range.most].map(text4))

describe('what a vendor is to have of a BigCommerce order', () => {
  it('is its lines and their shipping: fees and wrapping are the seller’s', () => {
    const end = endOf(11, [line(1), line(2)])
    expect([end.state, text4(end.shipping), text4(end.shippingTax)]).toEqual(['open', '5', '0.5'])
    expect(ranges(end)).toEqual([
      ['4', '4'],
      ['8', '8'],
    ])
  })

  it('is less what was refunded before it was shipped, with what belongs to it', () => {
    const end = endOf(11, [line(1, { quantity_refunded: 3 }), line(2, { quantity_shipped: 4, quantity_refunded: 1 })])
    expect(end.lines.map(({ quantity, shipped }) => [text8(quantity), text8(shipped)])).toEqual([
      ['1', '0'],
      ['4', '4'],
    ])
    expect(ranges(end)[0]).toEqual(['0', '4'])
    expect(end.lines.map(({ refunded }) => text8(refunded))).toEqual(['3', '1'])
  })

  it.each([
    [3, [line(1), line(2, { quantity_shipped: 4 })], 'open'],
    [14, [line(1), line(2, { quantity_refunded: 1 })], 'other'],
    [12, [line(1)], 'ended'],
    [13, [line(1)], 'ended'],
    [5, [line(1)], 'ended'],
    [7, [line(1)], 'other'],
  ] as const)('in status %i', (status, products, state) => {
    expect(endOf(status, products).state).toBe(state)
  })
})
