import { describe, expect, it } from 'vitest'
import { compareShipments } from '../../../demo/compare-shipments.ts'
import { type MagentoOrder, type MagentoState, magentoOrders } from '../../../demo/ends/magento.ts'
import { type NetSuiteOrder, netsuiteOrders } from '../../../demo/ends/netsuite.ts'

/** A jacket in a size, a bundle of two shirts and one belt each, and a voucher. */
const order: MagentoOrder = {
  entity_id: 9,
  increment_id: '1',
  state: 'processing',
  items: [
    { item_id: 1, product_type: 'configurable', sku: 'V-1-S', price: 10, qty_ordered: 3 },
    { item_id: 2, product_type: 'simple', sku: 'V-1-S', parent_item_id: 1, price: 0, qty_ordered: 3 },
    { item_id: 3, product_type: 'bundle', sku: 'V-SET', price: 0, qty_ordered: 2 },
    { item_id: 4, product_type: 'simple', sku: 'V-2', parent_item_id: 3, price: 5, row_total: 20, qty_ordered: 4 },
    { item_id: 5, product_type: 'simple', sku: 'V-3', parent_item_id: 3, price: 5, row_total: 10, qty_ordered: 2 },
    { item_id: 6, product_type: 'virtual', sku: 'V-4', price: 5, qty_ordered: 1 },
  ],
}

const line = (custcol_waldstream_line: string, quantity: number, quantityFulfilled: number) => {
  return { item: { refName: 'V' }, quantity, amount: 1, custcol_waldstream_line, quantityFulfilled }
}
const shipped: NetSuiteOrder = {
  externalId: 'c-1',
  item: { items: [line('1', 3, 2), line('4', 4, 4), line('5', 2, 2), line('6', 1, 1)] },
}
type Shipments = NonNullable<MagentoState['shipments']>
const shipment = (track: string, items: Shipments[number]['items']): Shipments[number] => {
  return { order_id: 9, items, tracks: [{ track_number: track }] }
}
const jackets = { order_item_id: 1, qty: 2 }
const sets = { order_item_id: 3, qty: 2 }

function compare(shipments: Shipments, erp: readonly NetSuiteOrder[] = [shipped]): readonly string[] {
  return compareShipments('c', magentoOrders([order], [], shipments), netsuiteOrders(erp))
}

describe('compareShipments', () => {
  it('finds nothing where the shop has what the vendor shipped: bundles whole, nothing of what is virtual', () => {
    expect(compare([shipment('T-c-1', [jackets, sets])])).toEqual([])
    expect(compare([shipment('T-c-1', [sets]), shipment('T-c-1', [jackets])])).toEqual([])
  })

  it('leaves alone what others shipped', () => {
    const others = [shipment('UPS 1', [{ order_item_id: 1, qty: 1 }]), shipment('T-d-1', [sets])]
    expect(compare([shipment('T-c-1', [jackets, sets]), ...others])).toEqual([])
  })

  it.each([
    ['a shipment that did not arrive', [], ['the shop has no shipment T-c-1: row 1 × 2, row 3 × 2']],
    [
      'one that arrived twice',
      [shipment('T-c-1', [jackets, sets]), shipment('T-c-1', [jackets, sets])],
      [
        'the shop has no shipment T-c-1: row 1 × 2, row 3 × 2',
        'the vendor has not shipped T-c-1: row 1 × 4, row 3 × 4',
      ],
    ],
    [
      'one without its number',
      [shipment('?', [jackets, sets])],
      ['the shop has no shipment T-c-1: row 1 × 2, row 3 × 2'],
    ],
  ] as const)('finds %s', (_what, shipments, found) => {
    expect(compare(shipments)).toEqual(found.map((one) => `c: ${one}`))
  })

  it('finds what the vendor has not shipped', () => {
    const idle = { ...shipped, item: { items: [line('1', 3, 0)] } }
    expect(compare([shipment('T-c-1', [jackets])], [idle])).toEqual(['c: the vendor has not shipped T-c-1: row 1 × 2'])
  })
})
