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
    const left = { ...erpOrder, discountTotal: 2.67, taxTotal: 1.84, ...line({ quantity: 2, amount: 20 }) }
    expect(compare([partly], [left])).toEqual([])
    expect(compare([partly], [erpOrder])).toHaveLength(3)
    const refunded = { ...shopOrder, items: [{ ...first, qty_refunded: 1 } as typeof first & object, ...rest] }
    expect(compare([refunded], [left])).toEqual([])
    const returned = {
      ...refunded,
      items: [{ ...refunded.items[0], qty_shipped: 1 } as typeof first & object, ...rest],
    }
    expect(compare([returned], [erpOrder])).toEqual([])
  })

  it('expects nothing of an order whose rows the shop has shipped itself', () => {
    const [first] = shopOrder.items
    const shipped = { ...shopOrder, items: [{ ...first, qty_shipped: 3 } as typeof first & object] }
    expect(compare([shipped], [])).toEqual([])
  })

  it('expects a bundle’s components, at their own prices or at a part of the bundle’s', () => {
    const bundle = { item_id: 1, product_type: 'bundle', sku: 'SET-1', qty_ordered: 2 }
    const part = (id: number, sku: string, more: object) => ({
      item_id: id,
      parent_item_id: 1,
      sku,
      qty_ordered: 2,
      price: 0,
      ...more,
    })
    const order = (items: MagentoOrder['items']): MagentoOrder => ({ ...shopOrder, items })
    const inErp = (amount: number) => ({
      ...erpOrder,
      discountTotal: 0,
      taxTotal: 0,
      shippingCost: 0,
      ...line({ quantity: 2, amount }),
    })
    const dynamic = order([
      { ...bundle, price: 15, row_total: 30 },
      part(2, 'V-1', { price: 10, row_total: 20 }),
      part(3, 'X-1', { price: 5, row_total: 10 }),
    ])
    expect(compare([dynamic], [inErp(20)])).toEqual([])
    expect(compare([dynamic], [inErp(15)])).toHaveLength(1)
    const fixed = order([{ ...bundle, price: 10, row_total: 20 }, part(2, 'V-1', {}), part(3, 'X-1', {})])
    expect(compare([fixed], [inErp(10)])).toEqual([])
    expect(compare([fixed], [inErp(20)])).toHaveLength(1)
  })

  it('expects the product’s own SKU of a row with options', () => {
    const options = { product_option: { extension_attributes: { custom_options: [{}] } } }
    const item = {
      ...shopOrder.items[0],
      item_id: 1,
      product_id: 7,
      sku: 'V-1-red',
      ...options,
    } as MagentoOrder['items'][number]
    const shop = magentoOrders([{ ...shopOrder, items: [item] }], [{ id: 7, sku: 'V-1', name: '' }])
    const ends = { shop, erp: netsuiteOrders([erpOrder]), connection: 'c', vendor: /^V-/, erpName: 'NetSuite' }
    expect(compareOrders(ends)).toEqual([])
  })

  it('finds each of two orders of one number, whichever of them has it', () => {
    const two = { ...erpOrder, ...line({ quantity: 2, amount: 20 }), externalId: 'c-1~8' }
    const items = [{ ...shopOrder.items[0], qty_ordered: 2 } as MagentoOrder['items'][number]]
    const shop = [
      { ...shopOrder, entity_id: 7 },
      { ...shopOrder, entity_id: 8, items },
    ]
    expect(compare(shop, [erpOrder, two])).toEqual([])
    expect(compare(shop, [two, { ...erpOrder, externalId: 'c-1' }, { ...erpOrder, externalId: 'c-1~9' }])).toHaveLength(
      1,
    )
    expect(compare(shop, [erpOrder]).length).toBeGreaterThan(0)
    const ended = { ...shopOrder, entity_id: 9, state: 'canceled' }
    expect(compare([ended, ...shop], [erpOrder, two])).toEqual([])
  })
})
