import { describe, expect, it } from 'vitest'
import { compareOrders } from '../../../demo/compare-orders.ts'
import { type MagentoOrder, magentoOrders } from '../../../demo/ends/magento.ts'
import { type NetSuiteOrder, netsuiteOrders } from '../../../demo/ends/netsuite.ts'

const shopOrder: MagentoOrder = {
  increment_id: '1',
  state: 'processing',
  shipping_amount: 5,
  shipping_tax_amount: 0.41,
  items: [
    { sku: 'V-1', price: 10, qty_ordered: 3, discount_amount: 4, tax_amount: 2.15 },
    { sku: 'V-1', parent_item_id: 1, price: 0, qty_ordered: 3 },
  ],
}
const erpOrder: NetSuiteOrder = {
  externalId: 'c-1',
  discountTotal: 4,
  taxTotal: 2.56,
  shippingCost: 5,
  item: { items: [{ item: { refName: 'V-1' }, quantity: 3, amount: 30 }] },
}

function compare(shop: readonly MagentoOrder[], erp: readonly NetSuiteOrder[]) {
  const ends = { shop: magentoOrders(shop), erp: netsuiteOrders(erp) }
  return compareOrders({ ...ends, connection: 'c', vendor: /^V-/, erpName: 'NetSuite' })
}

const line = (more: object) => ({ item: { items: [{ item: { refName: 'V-1' }, quantity: 3, amount: 30, ...more }] } })

describe('compareOrders', () => {
  it('finds nothing where both ends agree', () => {
    expect(compare([shopOrder], [erpOrder])).toEqual([])
  })

  it.each([
    ['a missing order', [], /0 times/],
    ['a doubled order', [erpOrder, erpOrder], /2 times/],
    ['an order the shop has not', [erpOrder, { ...erpOrder, externalId: 'c-9' }], /has not: c-9/],
    ['another quantity', [{ ...erpOrder, ...line({ quantity: 2 }) }], /V-1 × 3 = 30.*V-1 × 2 = 30/],
    ['another amount', [{ ...erpOrder, ...line({ amount: 29.99 }) }], /29\.99/],
    ['a cent of discount', [{ ...erpOrder, discountTotal: 4.01 }], /discount .* 4\.01 in NetSuite, 4 in/],
    ['a cent of tax', [{ ...erpOrder, taxTotal: 2.55 }], /tax .* 2\.55/],
    ['a cent of shipping', [{ ...erpOrder, shippingCost: 4.99 }], /shipping .* 4\.99/],
  ] as const)('finds %s', (_what, erp, message) => {
    const found = compare([shopOrder], erp)
    expect(found).toHaveLength(1)
    expect(found[0]).toMatch(message)
  })

  it('expects nothing open of an order that was canceled after it was delivered', () => {
    const canceled = { ...shopOrder, state: 'canceled' }
    expect(compare([canceled], [erpOrder])).toHaveLength(1)
    expect(compare([canceled], [{ ...erpOrder, ...line({ isClosed: true }) }])).toEqual([])
    expect(compare([canceled], [])).toEqual([])
    expect(compare([{ ...shopOrder, state: 'complete' }], [erpOrder])).toEqual([])
  })

  it('expects the pieces that are left of a line that was canceled in part', () => {
    const [first, ...rest] = shopOrder.items
    const partly = { ...shopOrder, items: [{ ...first, qty_canceled: 1 } as typeof first & object, ...rest] }
    expect(compare([partly], [{ ...erpOrder, ...line({ quantity: 2, amount: 20 }) }])).toEqual([])
    expect(compare([partly], [erpOrder])).toHaveLength(1)
  })
})
