import { describe, expect, it } from 'vitest'
import { compareFiles } from '../../../demo/compare-files.ts'
import { compareOrders } from '../../../demo/compare-orders.ts'
import { type AcmeState, acmeEnd } from '../../../demo/ends/acme.ts'
import { exactly, type ShopOrder } from '../../../demo/ends/end.ts'
import { decimal4, decimal8, ZERO4, ZERO8 } from '../../../src/events/decimal.ts'

const line = { line: 1, sku: 'A-1', quantity: 2, shipped: 0, lineId: '7' }
const state: AcmeState = {
  items: [{ sku: 'A-1', name: 'One', price: '19.90', offered: 5 }],
  orders: [{ id: 1, reference: 'c-1', lines: [line] }],
  rejected: [],
}
const row = (data: Readonly<Record<string, unknown>>, sku = 'A-1') => ({ source: 'acme', sku, deleted: false, data })
const stock = row({ locations: [{ available: '5' }] })
const price = row({ levels: [{ price: '19.9' }] })

describe('compareFiles', () => {
  it('finds nothing where the feeds have what the files say', () => {
    expect(compareFiles('c', state, { inventory: [stock], prices: [price] })).toEqual([])
  })

  it('finds what is missing, different or left over, and what the vendor could not read', () => {
    const rejected = [{ file: 'x.csv', reason: 'it is cut short' }]
    const feeds = { inventory: [row({ locations: [{ available: '4' }] }), row({}, 'A-2')], prices: [] }
    expect(compareFiles('c', { ...state, rejected }, feeds)).toEqual([
      "c: the vendor can't read x.csv: it is cut short",
      'c: stock of A-1 is 4 in the feed, 5 in the file',
      'c: stock of A-2 is  in the feed, missing in the file',
      'c: price of A-1 is missing in the feed, 19.9 in the file',
    ])
  })
})

describe('orders of a vendor that has files alone', () => {
  const order: ShopOrder = {
    number: '1',
    state: 'open',
    rows: new Map(),
    lines: [
      {
        sku: 'A-1',
        bundle: null,
        quantity: decimal8(2, 'quantity'),
        shipped: ZERO8,
        refunded: ZERO8,
        amount: exactly(decimal4('39.8', 'amount')),
        amounts: { discount: exactly(ZERO4), tax: exactly(decimal4('1', 'tax')) },
      },
    ],
    totals: null,
    shipping: ZERO4,
    shippingTax: ZERO4,
    shipments: [],
  }
  const compare = (orders: AcmeState['orders']) => {
    const erp = acmeEnd('acme', { ...state, orders }).orders
    return compareOrders({ shop: [order], erp, connection: 'c', vendor: /^A-/, erpName: 'acme' })
  }

  it('are compared by SKU and pieces: a purchase order has no amounts', () => {
    expect(compare(state.orders)).toEqual([])
    expect(compare([{ id: 1, reference: 'c-1', lines: [{ ...line, quantity: 3 }] }])).toHaveLength(1)
  })

  it('are there once', () => {
    expect(compare([])).toEqual(['order 1 of c is 0 times in acme'])
    expect(compare([...state.orders, { id: 2, reference: 'c-1', lines: [line] }])).toEqual([
      'order 1 of c is 2 times in acme',
    ])
  })
})
