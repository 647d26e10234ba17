import { describe, expect, it } from 'vitest'
import { decimal8 } from '../../../../src/events/decimal.ts'
import { openPieces, shipmentParts } from '../../../../src/systems/bigcommerce/fulfilled-lines.ts'

const product = (id: number, sku: string, quantity: number, parent: number | null) => ({
  id,
  sku,
  quantity,
  quantity_shipped: 0,
  order_address_id: 9,
  parent_order_product_id: parent,
})
const products = [product(1, 'SET', 2, null), product(2, 'A', 2, 1), product(3, 'B', 4, 1), product(4, 'C', 1, null)]

/** Pieces of the order's lines, by id, when a vendor ships so many of some. */
function shipped(pieces: Readonly<Record<string, string>>) {
  const lines = Object.entries(pieces).map(([lineId, quantity]) => ({
    sku: `sku of ${lineId}`,
    lineId,
    quantity: decimal8(quantity, 'quantity'),
    location: null,
    reason: null,
  }))
  const parts = shipmentParts(lines, products, openPieces, null)
  return parts.flatMap(({ items }) => items.map((item) => [item.order_product_id, item.quantity]))
}

describe('a shipment of what was picked', () => {
  it('is one of the bundles that are whole', () => {
    expect(shipped({ 2: '2', 3: '4', 4: '1' })).toEqual([
      [1, 2],
      [4, 1],
    ])
    expect(shipped({ 2: '1', 3: '2' })).toEqual([[1, 1]])
    expect(shipped({ 1: '2' })).toEqual([[1, 2]])
  })

  it('is one of the parts where they make no whole bundle', () => {
    expect(shipped({ 2: '2' })).toEqual([[2, 2]])
    expect(shipped({ 2: '2', 3: '2' })).toEqual([
      [2, 2],
      [3, 2],
    ])
  })
})
